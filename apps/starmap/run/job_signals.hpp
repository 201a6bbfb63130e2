#pragma once

#include "base/signals.hpp"

#include <array>
#include <cstdint>

namespace starmap::farm {

/// True where who runs the job sends its warnings to all processes of a node, commands too: in a
/// job step of Slurm's. SIGUSR1 asks for nothing more to be begun; what runs may end.
bool warnings_reach_commands() noexcept;

/// The signals that this process gets while a command runs. A batch system that ends a job sends
/// SIGTERM to all of its processes, so commands die before rank 0 has said a word; these have not
/// failed.
class JobSignals {
public:
    JobSignals() noexcept;
    /// True if a program that ended so (a status of wait()) was ended by a signal, or reports such
    /// an end of another as shells do, and this process got the same one meanwhile. Waits half a
    /// second for that to come, where there may be such a signal.
    bool have_ended(int status) const;

private:
    std::array<std::uint64_t, base::job_signals.size()> before_{};
};

} // namespace starmap::farm
