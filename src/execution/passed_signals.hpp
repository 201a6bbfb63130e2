#pragma once

#include <cstdint>

namespace starmap::execution {

/// How often this process, or its zygote before it was forked, has got one of base::job_signals,
/// and left it to rank 0; 0 for others, and in processes that were not forked to run tasks. It
/// tells whether what ended a program that the task runs was sent to all of the job.
std::uint64_t signals_passed(int signal) noexcept;
/// Counts one; may be called by a signal handler.
void note_passed_signal(int signal) noexcept;

} // namespace starmap::execution
