#pragma once

#include "report/recorded_work.hpp"
#include "scheduling/simulator.hpp"

#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

namespace starmap::report {

/// How a recorded run is to be done again.
struct PlanOptions {
    /// Empty: as it was recorded. Blocks then are those of the record, else 5 a worker.
    std::optional<scheduling::Policy> policy = {};
    double message = 10e-6; ///< what rank 0 does for each message [s]
    double latency = 5e-6;  ///< of a message, at least; at most twice that [s]
    double bandwidth = 1e9; ///< at which rank 0 sends and takes in what tasks move [bytes / s]
};

/// A recorded run on another number of workers, in virtual time.
struct PlannedRun {
    std::size_t workers = 0;
    double seconds = 0;     ///< from its start to the end of its last Starmap
    double useful = 0;      ///< inside tasks, of all workers, those they held included [s]
    double busy_share = 0;  ///< useful / (workers * seconds): the efficiency
    std::string limit = {}; ///< what keeps it from being shorter, in words
};

/// Runs the production scheduler on the recorded durations. Starmaps are taken one after another,
/// also those that were open at once; the time in which rank 0 was alone at work is added as it
/// was. Of a chunk of several items each takes its part of the duration. More than a million units
/// of a Starmap are taken several at a time. All workers are on one node; a task that held more
/// cores than there are workers holds all of them.
class Planner {
public:
    /// Throws UsageError if no task of the run ended ok.
    Planner(RecordedRun const& run, PlanOptions const& options);

    /// Throws UsageError for no workers.
    PlannedRun plan(std::size_t workers) const;

private:
    struct Units {
        std::uint32_t starmap = 0;
        std::string name;
        scheduling::Policy policy = scheduling::Policy::guided;
        std::vector<double> seconds = {};
        std::vector<double> weights = {};
        std::vector<std::uint32_t> cores = {}; ///< empty: all 1
        double beside = 0;  ///< what a worker needs besides each task, which is in `seconds` but
                            ///< for guided chunks [s]
        double message = 0; ///< of rank 0 for each message [s]
        double longest = 0; ///< seconds of the longest unit
        std::string longest_name = {};
    };
    static std::string limit_of(Units const& units, scheduling::SimulatedRun const& run,
                                std::size_t workers);
    Units units_of(RecordedStarmap const& starmap, double gap) const;

    PlanOptions options_;
    double serial_;
    double useful_ = 0;
    std::vector<Units> starmaps_;
};

/// The least number of workers, of 1, 2, 3, 4, 6, 8, 12 and so on up to `most`, from which twice as
/// many save less than 5 % of the time; nothing if there is none.
std::optional<std::size_t> knee(std::function<double(std::size_t workers)> const& seconds,
                                std::size_t most);

} // namespace starmap::report
