#include "report/progress_text.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

namespace starmap::report {

namespace {

std::string failed_text(StarmapInfo const& info)
{
    return info.failures == 0 ? std::string{} : fmt::format(", {} failed", info.failures);
}

} // namespace

double fraction_done(StarmapInfo const& info, std::uint64_t items_done, double done_weight)
{
    if (!info.total_known) return 0;
    auto const share = [](auto done, auto total) {
        return std::clamp(static_cast<double>(done) / static_cast<double>(total), 0.0, 1.0);
    };
    if (info.weight_total > 0) return share(done_weight, info.weight_total);
    if (info.tasks_total > 0) return share(info.tasks, info.tasks_total);
    return info.items > 0 ? share(items_done, info.items) : 0;
}

int percent_done(double fraction)
{
    // The same weights added in another order may miss the total by some last bits.
    constexpr double slack = 1e-7;
    return static_cast<int>(std::min(100.0, 100 * fraction + slack));
}

std::string opening_text(StarmapInfo const& info)
{
    if (info.total_known && info.tasks_total > 0)
        return fmt::format("Submitting {} \"{}\" tasks", info.tasks_total, info.name);
    if (info.total_known && info.items > 0)
        return fmt::format("Submitting {} items in \"{}\" tasks", info.items, info.name);
    return fmt::format("Submitting \"{}\" tasks", info.name);
}

std::string percent_text(StarmapInfo const& info, double fraction, double elapsed)
{
    auto const percent = percent_done(fraction);
    auto const has_eta = percent < 100 && fraction > 0 && elapsed > 0;
    auto const eta =
        has_eta ? ", ETA " + eta_text(elapsed * (1 - fraction) / fraction) : std::string{};
    return fmt::format("{} {:3d}%{}{}", info.name, percent, eta, failed_text(info));
}

std::string count_text(StarmapInfo const& info)
{
    return fmt::format("{}: {} tasks done{}", info.name, info.tasks, failed_text(info));
}

std::string eta_text(double seconds)
{
    // Beyond this an estimate says nothing, and its conversion would overflow.
    constexpr double longest = 1e9;
    auto const whole = static_cast<long>(std::ceil(std::clamp(seconds, 0.0, longest)));
    if (whole < 60) return fmt::format("{} s", whole);
    auto const minutes = (whole + 59) / 60;
    if (minutes < 60) return fmt::format("{} min", minutes);
    return fmt::format("{} h {} min", minutes / 60, minutes % 60);
}

std::string fitted(std::string text, std::size_t columns)
{
    std::size_t characters = 0;
    for (std::size_t i = 0; i < text.size(); ++i) {
        auto const begins_one = (static_cast<unsigned char>(text[i]) & 0xC0U) != 0x80U;
        if (begins_one && ++characters > columns) {
            text.resize(i);
            break;
        }
    }
    return text;
}

} // namespace starmap::report
