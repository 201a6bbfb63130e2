#pragma once

#include "report/closing_text.hpp"
#include "report/observer.hpp"
#include "report/time_use.hpp"

#include <cstdint>
#include <map>
#include <span>
#include <string>

namespace starmap::report {

/// Gathers the figures of a run for its closing line, while it goes on. Memory is O(workers + open
/// Starmaps). Unlike TimeLedger's user for a record it takes all Starmaps that are open at once for
/// one phase.
class ClosingFigures {
public:
    void run_started(RunInfo const& run) noexcept { workers_ = run.num_workers; }
    void starmap_opened(StarmapInfo const& info);
    void tasks_done(StarmapInfo const& info, std::span<TaskRecord const> tasks);
    void starmap_closed(StarmapInfo const& info);
    void pulse(Pulse const& pulse) { last_ = pulse; }

    /// Of the run so far, the time since its start being that of the last pulse.
    Closing figures() const;

private:
    struct Open {
        double seconds = 0;
        double longest = 0; ///< of those that cannot be divided
    };
    void end_phase();

    std::uint32_t workers_ = 0;
    Closing sums_;
    double in_blocks_ = 0; ///< seconds of work
    std::map<std::uint32_t, Open> open_;
    TimeLedger phase_;
    bool any_in_phase_ = false;
    double busy_until_ = 0; ///< end of the last phase
    bool any_phase_ = false;
    Pulse last_;
};

} // namespace starmap::report
