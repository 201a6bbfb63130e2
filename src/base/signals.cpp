#include "base/signals.hpp"

#include <time.h>

#include <atomic>
#include <cerrno>
#include <cstdint>
#include <limits>

namespace starmap::base {

namespace {

constexpr std::array watched{SIGUSR1, SIGTERM};
constexpr std::int64_t second = 1'000'000'000;
constexpr std::int64_t same_signal = 2 * second;

// Nanoseconds since 1970 of the first of each; 0: not yet. A handler has no other way to speak.
std::array<std::atomic<std::int64_t>, watched.size()> first_times{};
static_assert(std::atomic<std::int64_t>::is_always_lock_free);

} // namespace

extern "C" {
static void note_signal(int signal)
{
    auto const saved = errno;
    timespec time{};
    ::clock_gettime(CLOCK_REALTIME, &time);
    auto const now = std::int64_t{time.tv_sec} * second + time.tv_nsec;
    std::int64_t first = 0;
    auto const is_first =
        first_times[signal == SIGTERM ? 1 : 0].compare_exchange_strong(first, now);
    if (!is_first && signal == SIGTERM && now - first >= same_signal) {
        ::signal(SIGTERM, SIG_DFL); // it takes effect when this handler returns
        ::raise(SIGTERM);
    }
    errno = saved;
}
}

SignalWatch::SignalWatch()
{
    for (std::size_t i = 0; i < watched.size(); ++i) {
        first_times[i] = 0;
        struct sigaction present {};
        if (::sigaction(watched[i], nullptr, &present) != 0 || present.sa_handler != SIG_DFL)
            continue;
        struct sigaction ours {};
        ours.sa_handler = note_signal;
        ours.sa_flags = SA_RESTART;
        ::sigemptyset(&ours.sa_mask);
        taken_[i] = ::sigaction(watched[i], &ours, nullptr) == 0;
    }
}

SignalWatch::~SignalWatch()
{
    for (std::size_t i = 0; i < watched.size(); ++i) {
        struct sigaction present {};
        if (taken_[i] && ::sigaction(watched[i], nullptr, &present) == 0 &&
            present.sa_handler == note_signal)
            ::signal(watched[i], SIG_DFL);
    }
}

Signals SignalWatch::heard() noexcept
{
    auto const when = [](std::int64_t first) {
        return first == 0 ? std::numeric_limits<double>::infinity()
                          : static_cast<double>(first) / static_cast<double>(second);
    };
    return {.warned = when(first_times[0]), .terminated = when(first_times[1])};
}

} // namespace starmap::base
