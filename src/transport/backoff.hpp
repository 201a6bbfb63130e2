#pragma once

#include "base/clock.hpp"
#include "transport/waitable.hpp"

#include <sched.h>

#include <algorithm>
#include <span>

namespace starmap::transport {

/// How a process waits for traffic: a short spin, in which a reply that is under way is met at
/// once, then naps, in which the core is left to others. Where a bell tells of all that comes, they
/// end by it. Elsewhere a nap is a small share of the time waited so far, so it adds little to any
/// wait, and a long wait costs next to nothing (a wake-up takes some 20 us of CPU).
class Backoff {
public:
    Backoff() { end_waits_in_time(); }

    /// Something happened: be wide awake again.
    void reset() noexcept { idle_since_ = 0; }

    /// Nothing happened: spin or nap once. Input of one of the other descriptors ends a nap too.
    void pause(Waitable& line, std::span<int const> others = {})
    {
        auto const now = base::now();
        if (idle_since_ == 0) idle_since_ = now;
        auto const waited = now - idle_since_;
        if (waited < spin) {
            // On a machine with more ranks than cores the one we wait for may need this core.
            // In virtual time nobody waits for it.
            if (base::VirtualClock::reading() == nullptr) ::sched_yield();
        } else {
            line.wait(nap(line, waited), others);
        }
    }

private:
    static double nap(Waitable const& line, double waited) noexcept
    {
        if (line.unsent() == 0 && line.bell_tells_all()) return longest_nap;
        auto const longest = line.unsent() == 0 ? longest_nap : longest_unsent;
        return std::clamp(waited / 8, shortest_nap, longest);
    }

    static constexpr double spin = 50e-6;
    static constexpr double shortest_nap = 5e-6;
    static constexpr double longest_nap = 4e-3;
    static constexpr double longest_unsent = 0.1e-3; ///< MPI moves on only while it is asked to

    double idle_since_ = 0;
};

} // namespace starmap::transport
