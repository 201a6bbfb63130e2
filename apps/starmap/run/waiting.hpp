#pragma once

#include "run/family.hpp"
#include "run/output.hpp"

#include <cstddef>
#include <cstdint>
#include <functional>

namespace starmap::farm {

/// What a command is held to.
struct Limits {
    double timeout = 0;       ///< [s]; 0: any
    std::uint64_t memory = 0; ///< [bytes]; 0: any
    double grace = 0;         ///< between SIGTERM and SIGKILL [s]
    /// When it is to have ended, in seconds since 1970, infinite for never; may come nearer.
    std::function<double()> deadline;
};

/// What brought a command's leader to its end.
enum class EndedBy : std::uint8_t { itself, timeout, memory, deadline };

struct End {
    EndedBy by = EndedBy::itself;
    int status = 0;           ///< as wait() tells it
    std::size_t resident = 0; ///< where it was by memory: what it had [bytes]
};

/// Waits for the end of a command's leader, taking in its output, and ends the command at its
/// limits: at the timeout, and `grace` before the deadline, by SIGTERM, and by SIGKILL when the
/// grace is over; at once where it uses too much memory. `pidfd` may be -1. A command without
/// limits costs next to no time: the deadline is looked at a few times a second.
End wait_for_end(Family& family, int pidfd, CommandOutput& output, Limits const& limits);

} // namespace starmap::farm
