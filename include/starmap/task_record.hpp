#pragma once

#include <starmap/types.hpp>

#include <cstdint>
#include <string>

namespace starmap {

/// One attempt of a task, as it becomes a row of /task_info (docs/task_info.md has the meanings).
/// All times are seconds, all sizes bytes unless said otherwise.
struct TaskRecord {
    std::uint64_t task_no = 0; ///< from 1 within its Starmap; for map the chunk's first item
    double weight = 0;         ///< sum of the weights of its items
    double duration = 0;       ///< wall time of the callable
    std::int64_t received = 0; ///< bytes of its result on the wire
    double mem_gb = 0;         ///< peak resident memory of the process that ran it [GiB]
    std::uint32_t starmap = 0; ///< number of its Starmap in the session, from 1
    std::uint32_t items = 0;   ///< number of its items
    double start = 0;          ///< when the callable was entered, since the start of the run
    double wait = 0;           ///< between its arrival at the worker and its start
    double cpu = 0;            ///< user + system time of the callable
    std::int64_t sent = 0;     ///< bytes of its arguments on the wire
    double unpack = 0;         ///< wall time of decoding its arguments
    double pack = 0;           ///< wall time of encoding its result
    std::int32_t rank = 0;     ///< MPI rank it ran on
    std::uint32_t worker = 0;  ///< number of the worker it ran on
    std::uint16_t attempt = 1; ///< from 1
    TaskStatus status = TaskStatus::ok;
    std::int32_t exit_code = 0; ///< if its process died: exit code, or minus the signal
    std::uint16_t session = 1;  ///< run with the same checkpoint, from 1
    std::uint32_t cores = 1;    ///< workers of its node that it held while it ran, its own included
};

/// One timed operation inside a task (Monitor's timers), a row of /performance_data.
struct OperationRecord {
    std::string operation;     ///< "reading", nested ones as "reading/parsing"
    double seconds = 0;        ///< sum of the wall times of its scopes
    double memory_mb = 0;      ///< sum of the growth of resident memory [MiB], may be negative
    std::int64_t counts = 0;   ///< how often the scope was entered
    std::uint64_t task_no = 0; ///< the task it belongs to
};

} // namespace starmap
