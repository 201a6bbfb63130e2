#include "run/waiting.hpp"

#include "base/clock.hpp"

#include <poll.h>
#include <signal.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>

namespace starmap::farm {

namespace {

constexpr double ask_every = 0.25; // at the deadline, and for orphans that have ended
constexpr double memory_every = 0.1;
constexpr double first_memory = 5e-3; // most commands that eat memory do so at once
// Without a pidfd an end is looked for, ever less often.
constexpr double shortest_nap = 0.2e-3;
constexpr double longest_nap = 10e-3;
constexpr double never = std::numeric_limits<double>::infinity();

class Waiting {
public:
    Waiting(Family& family, int pidfd, CommandOutput& output, Limits const& limits)
        : family_(family),
          pidfd_(pidfd),
          output_(output),
          limits_(limits),
          begun_(base::now()),
          next_look_(begun_ + ask_every),
          next_memory_(limits.memory != 0 ? begun_ + first_memory : never)
    {
        look_at_deadline(begun_);
    }

    End wait()
    {
        for (;;) {
            auto const ended = wait_a_while();
            if (ended && family_.reap_leader(end_.status)) return end_;
            hold_to_limits(base::now());
        }
    }

private:
    /// True if the leader may have ended.
    bool wait_a_while()
    {
        auto const& pipes = output_.pipes();
        std::array<pollfd, 3> waits{
            {{pidfd_, POLLIN, 0}, {pipes[0], POLLIN, 0}, {pipes[1], POLLIN, 0}}};
        auto until = std::min({term_at(), kill_at_, next_look_, next_memory_}) - base::now();
        if (pidfd_ < 0) {
            nap_ = std::clamp(nap_ * 1.25, shortest_nap, longest_nap);
            until = std::min(until, nap_);
        }
        timespec const patience = timespec_of(std::max(0.0, until));
        if (::ppoll(waits.data(), waits.size(), &patience, nullptr) <= 0) return pidfd_ < 0;
        for (std::size_t pipe = 0; pipe < pipes.size(); ++pipe)
            if (waits[pipe + 1].revents != 0) output_.read(pipe);
        return pidfd_ < 0 || waits[0].revents != 0;
    }

    static timespec timespec_of(double seconds)
    {
        auto const whole = std::floor(seconds);
        return {.tv_sec = static_cast<time_t>(whole),
                .tv_nsec = static_cast<long>((seconds - whole) * 1e9)};
    }

    /// When SIGTERM is due.
    double term_at() const
    {
        if (end_.by != EndedBy::itself) return never;
        auto const timeout = limits_.timeout > 0 ? begun_ + limits_.timeout : never;
        return std::min(timeout, deadline_ - limits_.grace);
    }

    void hold_to_limits(double now)
    {
        if (now >= next_look_) {
            next_look_ = now + ask_every;
            look_at_deadline(now);
            family_.reap_orphans();
        }
        if (now >= next_memory_) {
            next_memory_ = now + memory_every;
            look_at_memory();
        }
        if (now >= term_at()) {
            auto const by_deadline = now >= deadline_ - limits_.grace;
            end_.by = by_deadline ? EndedBy::deadline : EndedBy::timeout;
            kill_at_ =
                by_deadline ? std::clamp(deadline_, now, now + limits_.grace) : now + limits_.grace;
            if (kill_at_ > now) family_.signal(SIGTERM);
        }
        if (now >= kill_at_) {
            kill_at_ = now + ask_every; // what it has started meanwhile too
            family_.signal(SIGKILL);
        }
    }

    void look_at_deadline(double now)
    {
        auto const at = limits_.deadline ? limits_.deadline() : never;
        deadline_ = now + (at - base::wall_now());
    }

    void look_at_memory()
    {
        auto const resident = family_.resident_bytes();
        if (end_.by != EndedBy::itself || resident <= limits_.memory) return;
        end_.by = EndedBy::memory;
        end_.resident = resident;
        kill_at_ = 0;
        next_memory_ = never;
    }

    Family& family_;
    int pidfd_;
    CommandOutput& output_;
    Limits const& limits_;
    double begun_;
    double next_look_;
    double next_memory_;
    double deadline_ = never; ///< by base::now()
    double kill_at_ = never;
    double nap_ = 0;
    End end_;
};

} // namespace

End wait_for_end(Family& family, int pidfd, CommandOutput& output, Limits const& limits)
{
    return Waiting(family, pidfd, output, limits).wait();
}

} // namespace starmap::farm
