#include "execution/passed_signals.hpp"

#include <array>
#include <atomic>
#include <cstddef>

namespace starmap::execution {

namespace {

std::array<std::atomic<std::uint64_t>, 65> counts{};
static_assert(std::atomic<std::uint64_t>::is_always_lock_free, "a signal handler counts");

bool is_counted(int signal) noexcept
{
    return signal > 0 && static_cast<std::size_t>(signal) < counts.size();
}

} // namespace

std::uint64_t signals_passed(int signal) noexcept
{
    return is_counted(signal) ? counts[static_cast<std::size_t>(signal)].load() : 0;
}

void note_passed_signal(int signal) noexcept
{
    if (is_counted(signal)) ++counts[static_cast<std::size_t>(signal)];
}

} // namespace starmap::execution
