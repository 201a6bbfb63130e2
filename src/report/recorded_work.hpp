#pragma once

#include "report/summary.hpp"
#include "report/task_info_reader.hpp"
#include "scheduling/chunk.hpp"

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

namespace starmap::report {

/// What one Starmap had to do, as far as its record tells: by task that ended ok.
struct RecordedStarmap {
    struct Task {
        std::uint64_t task_no = 0;
        double weight = 0;
        double seconds = 0; ///< in the task, and what each unit needs of its worker besides
        std::uint32_t items = 1;
        std::uint32_t cores = 1; ///< that it held
    };

    std::uint32_t starmap = 0;
    std::string name;
    scheduling::Policy policy = scheduling::Policy::guided;
    std::vector<Task> tasks; ///< heaviest items first, as they are handed out
    double useful = 0;       ///< sum of the durations alone, each times its cores [s]
    double packing = 0;      ///< of all tasks [s]
    double bytes = 0;        ///< of arguments and results of all tasks
};

/// The work of a run, and what of its time does not depend on the number of workers.
struct RecordedRun {
    RecordState state = RecordState::complete;
    std::vector<RecordedStarmap> starmaps; ///< by number
    std::uint32_t workers = 0;             ///< that it was done by
    bool rank_0_works = false;             ///< one of them is rank 0, or all are at its side
    double seconds = 0; ///< that it took, from its start to the end of its last Starmap
    double serial = 0;  ///< of these, in which rank 0 was alone at work
    double gap = 0;     ///< that a worker waited between two tasks on the average [s]
};

/// Reads what a run has done, in memory of some 70 bytes a task, plans included. Throws IoError as
/// TaskInfoReader does.
RecordedRun read_recorded_run(std::string const& path);

} // namespace starmap::report
