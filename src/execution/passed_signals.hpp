#pragma once

#include <cstdint>

namespace starmap::execution {

/// How often this process has got a signal that is left to rank 0 (SIGINT, SIGTERM, SIGHUP,
/// SIGUSR1, SIGUSR2, SIGQUIT), or its zygote before it was forked; 0 for others, and in processes
/// that run no tasks by themselves. It tells whether what ended a program that the task runs was
/// sent to all of the job.
std::uint64_t signals_passed(int signal) noexcept;
/// Counts one; may be called by a signal handler.
void note_passed_signal(int signal) noexcept;

} // namespace starmap::execution
