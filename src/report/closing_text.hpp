#pragma once

#include "report/observer.hpp"
#include "report/time_use.hpp"

#include <cstdint>
#include <string>

namespace starmap::report {

/// The figures of a run that tell whether rank 0 or the size of its tasks holds it up. Private
/// Starmaps are left out, as in the record.
struct Closing {
    std::uint64_t tasks = 0;  ///< attempts that came back
    std::uint64_t failed = 0; ///< of them
    std::uint64_t chunks = 0; ///< in which they travelled
    std::uint32_t workers = 0;
    double seconds = 0;  ///< from the start of the run to its end
    double inside = 0;   ///< seconds in tasks
    double packing = 0;  ///< seconds of unpacking arguments and packing results
    TimeUse use;         ///< of the workers, to the end of the run
    ManagerTime manager; ///< of rank 0
    std::string longest; ///< name of the task that cost the others the most waiting, if any
    double longest_seconds = 0;
    double longest_lost = 0; ///< seconds of worker time that it cost
    bool in_blocks = false;  ///< most of the work was in blocks of fixed size
};

/// `Starmap: 12,345 tasks in 63.2 s on 8 workers: 94% busy; rank 0 3% (0.2 s combining results);
/// mean task 40 ms, chunk 0.9 s; tail 1.2 s`, and where a tenth of the workers' time or more went
/// astray in one way, ` - `, how much, and what would help. Empty if no task came back.
std::string closing_text(Closing const& closing);

/// `40 ms`, `1.2 s`: three digits at the most.
std::string time_text(double seconds);

} // namespace starmap::report
