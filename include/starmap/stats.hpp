#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace starmap {

/// Bytes on the wire that an argument cost.
struct ArgumentBytes {
    std::string argument; ///< "arg1", "arg2", ... (starmap), "items" (apply, map), "shared1", ...,
                          ///< "callable" for its state
    std::uint64_t bytes = 0;
};

/// What one worker did for a Starmap. Seconds.
struct WorkerLoad {
    std::uint32_t worker = 0;
    int rank = 0;
    std::uint64_t tasks = 0;
    double busy = 0; ///< in tasks, with unpacking and packing
    double idle = 0; ///< the rest of the time the Starmap was open
};

/// The bookkeeping of a Starmap.
struct Stats {
    std::uint64_t tasks = 0;          ///< attempts that came back (chunks, for map)
    std::uint64_t tasks_done = 0;     ///< tasks that succeeded (items, for map)
    std::vector<ArgumentBytes> sent;  ///< by argument
    std::uint64_t sent_total = 0;     ///< bytes
    std::uint64_t received_total = 0; ///< bytes of results
    std::uint64_t received_max = 0;   ///< bytes of the largest result
    std::vector<WorkerLoad> workers;  ///< those that ran a task
    std::uint32_t moves = 0;          ///< times that a worker gave back work that others then did
    std::uint64_t moved_items = 0;    ///< tasks (items, for map) that so changed hands
};

} // namespace starmap
