#pragma once

#include <starmap/types.hpp>

#include <cstdint>
#include <stdexcept>
#include <string>

namespace starmap {

/// Base of all errors that Starmap throws. Texts follow "PROBLEM (WHY) SUGGESTION".
class Error : public std::runtime_error {
public:
    using std::runtime_error::runtime_error;
};

/// A wrong argument, option, setting or input: the caller can act on it.
class UsageError : public Error {
public:
    using Error::Error;
};

/// A file or directory that cannot be read or written.
class IoError : public Error {
public:
    using Error::Error;
};

/// A message between ranks that breaks the protocol: a bug in Starmap, or mixed builds.
class ProtocolError : public Error {
public:
    using Error::Error;
};

/// The work was stopped before its end, by SIGTERM, SIGUSR1 or a deadline: thrown out of reduce(),
/// iteration and the like on rank 0. The exit code is then 75, run again, also where main catches
/// it and ends well; a main that returns another code than 0 is believed. A task may throw it when
/// its Monitor::deadline() has come; then it counts as not run.
class Interrupted : public Error {
public:
    using Error::Error;
};

/// What is known of one failed attempt of a task.
struct TaskFailure {
    std::string type;             ///< type of the exception, demangled; empty if there was none
    std::string text;             ///< its what(), or the cause in words
    std::string name;             ///< name of the Starmap
    std::string host;             ///< host of the worker
    std::uint64_t task_no = 0;    ///< from 1 within its Starmap
    std::uint64_t first_item = 0; ///< index, in the input, of the item that failed; for apply the
                                  ///< chunk's first
    std::uint32_t starmap = 0;    ///< number of the Starmap within the session, from 1
    std::uint32_t worker = 0;     ///< number of the worker
    int rank = 0;                 ///< MPI rank of the worker
    int exit_code = 0;            ///< if its process died: its exit code, or minus the signal
    std::uint16_t attempt = 1;    ///< from 1
    TaskStatus status = TaskStatus::failed; ///< how the attempt ended
};

/// A task that failed, thrown out of reduce(), iteration and the like on rank 0.
class TaskError : public Error, public TaskFailure {
public:
    /// Composes the message from the failure's data.
    explicit TaskError(TaskFailure failure);
};

/// One line: task, name, rank, host, item and cause.
std::string describe(TaskFailure const& failure);

} // namespace starmap
