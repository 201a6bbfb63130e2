#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <vector>

namespace starmap::report {

/// Where the time of the workers went, in seconds of worker time. The parts add up to the number of
/// workers times the length of the run, as far as the clocks of all nodes agree.
struct TimeUse {
    double useful = 0;   ///< inside attempts that ended ok
    double failed = 0;   ///< inside attempts that ended otherwise
    double tail = 0;     ///< without work while others still had some, to the end of a phase
    double dispatch = 0; ///< between tasks: waiting for work, unpacking and packing
    double manager = 0;  ///< rank 0 alone at work: between Starmaps, before and after their tasks
    double startup = 0;  ///< before the first task of the run

    double total() const noexcept { return useful + failed + tail + dispatch + manager + startup; }
};

/// Draws up the time use of a run from its tasks, in any order. A phase is a time in which Starmaps
/// are under way, each from the start of its first task to the end of its last one; those that
/// overlap are one phase. Memory is O(Starmaps * workers).
class TimeLedger {
public:
    /// An attempt of a task of that Starmap on that worker (counted from 0), unpacking and packing
    /// within [begin, end); `inside` [s] of it in the task itself. It held so many workers: its own
    /// and others, for which those are taken that were idle and had ended last. Those of several
    /// are to be added after what ended before they began.
    void add(std::uint32_t starmap, std::size_t worker, double begin, double end, double inside,
             bool ok, std::uint32_t cores = 1);

    /// Of a run that began at 0 and ended at `end`, or with its last task if that was later.
    TimeUse use(std::size_t workers, double end) const;

private:
    struct Window {
        double begin = 0;
        double end = 0;
        std::vector<double> last; ///< end of each worker's last task; before `begin` if it had none
    };
    static void hold(Window& window, std::size_t worker, double begin, double end,
                     std::size_t others);

    std::vector<Window> windows_;
    std::map<std::uint32_t, std::size_t> places_; ///< in windows_, by Starmap
    std::size_t latest_ = 0; ///< of latest_starmap_: rows of one Starmap come one after another
    std::uint32_t latest_starmap_ = 0;
    double useful_ = 0;
    double failed_ = 0;
};

} // namespace starmap::report
