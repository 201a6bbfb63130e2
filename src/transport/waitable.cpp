#include "transport/waitable.hpp"

#include <poll.h>
#include <sys/prctl.h>
#include <time.h>

#include <array>
#include <cmath>
#include <vector>

namespace starmap::transport {

void Waitable::wait(double seconds, std::span<int const> others)
{
    auto const descriptor = bell();
    wait_for_input(std::span(&descriptor, 1), seconds, others);
    hush();
}

void Either::hush()
{
    first_.hush();
    second_.hush();
}

void Either::wait(double seconds, std::span<int const> others)
{
    std::array const descriptors{first_.bell(), second_.bell()};
    wait_for_input(descriptors, seconds, others);
    hush();
}

void wait_for_input(std::span<int const> descriptors, double seconds, std::span<int const> others)
{
    std::vector<pollfd> waits;
    waits.reserve(descriptors.size() + others.size());
    // poll passes over descriptors below 0.
    for (auto const some : {descriptors, others})
        for (auto const descriptor : some)
            waits.push_back({.fd = descriptor, .events = POLLIN, .revents = 0});
    auto const whole = std::floor(seconds);
    timespec const limit{static_cast<time_t>(whole), static_cast<long>((seconds - whole) * 1e9)};
    ::ppoll(waits.data(), waits.size(), &limit, nullptr);
}

void end_waits_in_time() noexcept { ::prctl(PR_SET_TIMERSLACK, 1UL); }

} // namespace starmap::transport
