#pragma once

#include <cstdint>

namespace starmap {

/// How one attempt of a task ended; the numbers are those of the enum in task_info.h5.
enum class TaskStatus : std::uint8_t {
    ok = 0,        ///< a result came back
    failed = 1,    ///< the callable threw, or its data could not be packed or unpacked
    crashed = 2,   ///< its process died
    timeout = 3,   ///< it ran longer than allowed
    memory = 4,    ///< it was refused or ended for want of memory
    cancelled = 5, ///< handed out, but given back before it was run
};

/// In which order results are combined or delivered.
enum class Order : std::uint8_t {
    canonical, ///< fixed by the input alone: heaviest first, equal weights in input order
    arrival,   ///< as the results come in; cheaper in memory, differs from run to run
};

/// What the first failure of a task does to its Starmap.
enum class OnFailure : std::uint8_t {
    raise,   ///< nothing more is sent, what runs is drained, TaskError is thrown on rank 0
    collect, ///< all other tasks are finished; Starmap::failures() lists what failed
};

/// The lower-case name used in records, settings and messages.
char const* to_string(TaskStatus status) noexcept;
char const* to_string(Order order) noexcept;
char const* to_string(OnFailure on_failure) noexcept;

} // namespace starmap
