#pragma once

#include "base/clock.hpp"
#include "transport/transport.hpp"

#include <sched.h>

#include <algorithm>

namespace starmap::transport {

/// How a rank waits for traffic: a short spin, in which a reply that is under way is met at once,
/// then naps, in which the core is left to others. A nap is a small share of the time waited so
/// far, so it adds little to any wait, and a long wait costs next to nothing (a wake-up takes some
/// 20 us of CPU).
class Backoff {
public:
    /// Something happened: be wide awake again.
    void reset() noexcept { idle_since_ = 0; }

    /// Nothing happened: spin or nap once. A nap ends when the transport knows of input.
    void pause(Transport& transport)
    {
        if (auto const seconds = next_nap(); seconds > 0) transport.wait(seconds);
    }

private:
    /// Spins once, or tells how long to nap [s].
    double next_nap() noexcept
    {
        auto const now = base::now();
        if (idle_since_ == 0) idle_since_ = now;
        auto const waited = now - idle_since_;
        if (waited < spin) {
            // On a machine with more ranks than cores the one we wait for may need this core.
            // In virtual time nobody waits for it.
            if (base::VirtualClock::reading() == nullptr) ::sched_yield();
            return 0;
        }
        return std::clamp(waited / 32, shortest_nap, longest_nap);
    }

    static constexpr double spin = 50e-6;
    static constexpr double shortest_nap = 5e-6;
    static constexpr double longest_nap = 4e-3;

    double idle_since_ = 0;
};

} // namespace starmap::transport
