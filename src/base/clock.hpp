#pragma once

#include <chrono>

namespace starmap::base {

/// A clock that moves only when it is told to. While one lives it stands in for both clocks below,
/// so that a simulation in one thread goes by its seed alone. There is one at a time.
class VirtualClock {
public:
    VirtualClock() noexcept { reading_ = &seconds_; }
    VirtualClock(VirtualClock const&) = delete;
    VirtualClock& operator=(VirtualClock const&) = delete;
    ~VirtualClock() { reading_ = nullptr; }

    double now() const noexcept { return seconds_; }
    void advance(double seconds) noexcept { seconds_ += seconds; }
    /// What the living one shows; null if there is none.
    static double const* reading() noexcept { return reading_; }

private:
    inline static double const* reading_ = nullptr;
    double seconds_ = 1e9; ///< some day, as seconds since 1970
};

/// Seconds of the monotonic clock, from an origin that is fixed on one host.
inline double now() noexcept
{
    if (auto const* const reading = VirtualClock::reading()) [[unlikely]]
        return *reading;
    return std::chrono::duration<double>(std::chrono::steady_clock::now().time_since_epoch())
        .count();
}

/// Seconds since 1970 of the wall clock: the only one that hosts have in common.
inline double wall_now() noexcept
{
    if (auto const* const reading = VirtualClock::reading()) [[unlikely]]
        return *reading;
    return std::chrono::duration<double>(std::chrono::system_clock::now().time_since_epoch())
        .count();
}

} // namespace starmap::base
