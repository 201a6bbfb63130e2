#pragma once

#include <sys/types.h>

namespace starmap::farm {

/// What a process is started with. All of it must live until start_process() returns.
struct Start {
    char const* path = nullptr;
    char* const* arguments = nullptr;   ///< with a null at the end
    char* const* environment = nullptr; ///< likewise
    int in = -1;                        ///< its stdin, stdout and stderr; above 2
    int out = -1;
    int err = -1;
    /// SIGUSR1 and SIGUSR2 do nothing to it, unless it handles them.
    bool ignores_warnings = false;
};

/// A process that runs a program; or, if `error` is set, none.
struct Started {
    pid_t pid = 0;
    int pidfd = -1;             ///< -1: this kernel has none (before 5.3)
    int error = 0;              ///< errno
    bool is_of_program = false; ///< the error is execve()'s
};

/// Starts a process in a session of its own, with the usual reaction to signals and no file but
/// the three, which is killed when the calling thread ends. Memory is not copied, as the caller
/// stands still until the program has been executed, or refused. Of any thread.
Started start_process(Start const& start);

} // namespace starmap::farm
