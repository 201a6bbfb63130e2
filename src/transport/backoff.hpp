#pragma once

#include "base/clock.hpp"

#include <sched.h>
#include <time.h>

#include <algorithm>

namespace starmap::transport {

/// How a rank waits for traffic: a short spin, in which a reply that is under way is met at once,
/// then naps that grow to a millisecond, in which a core is left to others.
class Backoff {
public:
    /// Something happened: be wide awake again.
    void reset() noexcept { idle_since_ = 0; }

    /// Nothing happened: spin or nap once.
    void pause() noexcept
    {
        auto const now = base::now();
        if (idle_since_ == 0) {
            idle_since_ = now;
            nap_ns_ = shortest_nap;
        }
        if (now - idle_since_ < spin) {
            // On a machine with more ranks than cores the one we wait for may need this core.
            ::sched_yield();
            return;
        }
        timespec const nap{0, nap_ns_};
        ::nanosleep(&nap, nullptr);
        nap_ns_ = std::min(nap_ns_ + nap_ns_ / 4 + 1, longest_nap);
    }

private:
    static constexpr double spin = 50e-6;
    static constexpr long shortest_nap = 5'000;
    static constexpr long longest_nap = 1'000'000;

    double idle_since_ = 0;
    long nap_ns_ = shortest_nap;
};

} // namespace starmap::transport
