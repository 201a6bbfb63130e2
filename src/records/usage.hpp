#pragma once

#include <cstddef>

namespace starmap::records {

/// What this process has used since it started.
struct Usage {
    double cpu_seconds = 0;         ///< user + system time of all its threads
    std::size_t peak_rss_bytes = 0; ///< largest resident memory so far
};

/// One getrusage call: about a microsecond.
Usage process_usage() noexcept;

/// User + system time of all threads of this process [s], to the clock's nanoseconds; for the
/// difference of two readings around a task.
double process_cpu_seconds() noexcept;

/// Resident memory of this process now [bytes]; 0 where /proc cannot be read. Keeps one file
/// descriptor a thread open, because opening would cost more than reading. Right after fork too.
std::size_t current_rss() noexcept;

/// The same of another process of this machine; 0 if it is gone.
std::size_t resident_bytes(long pid) noexcept;

/// User + system time of the calling thread alone [s].
double thread_cpu_seconds() noexcept;

} // namespace starmap::records
