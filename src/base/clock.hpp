#pragma once

#include <chrono>

namespace starmap::base {

/// Seconds of the monotonic clock, from an origin that is fixed on one host.
inline double now() noexcept
{
    return std::chrono::duration<double>(std::chrono::steady_clock::now().time_since_epoch())
        .count();
}

/// Seconds since 1970 of the wall clock: the only one that hosts have in common.
inline double wall_now() noexcept
{
    return std::chrono::duration<double>(std::chrono::system_clock::now().time_since_epoch())
        .count();
}

} // namespace starmap::base
