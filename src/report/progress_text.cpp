#include "report/progress_text.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <utility>
#include <vector>

namespace starmap::report {

namespace {

constexpr double least_traffic = 5e4; // bytes/s that are worth a word

std::string count_text(Progress const& progress)
{
    auto const* const unit = progress.counts_items ? "items" : "tasks";
    if (progress.total_known)
        return fmt::format("{}/{} {}", grouped(progress.done), grouped(progress.total), unit);
    return fmt::format("{} {} done", grouped(progress.done), unit);
}

std::string rate_text(Progress const& progress)
{
    return progress.bytes_per_second < least_traffic
               ? std::string()
               : fmt::format("{:.1f} MB/s", progress.bytes_per_second / 1e6);
}

/// Tasks of a total that is not known; nothing while that is not known either.
std::string speed_text(Progress const& progress)
{
    auto const speed = progress.done_per_second;
    if (progress.total_known || !(speed > 0)) return {};
    return speed < 10 ? fmt::format("{:.1f}/s", speed)
                      : grouped(static_cast<std::uint64_t>(speed)) + "/s";
}

std::string failed_text(Progress const& progress)
{
    std::string text;
    if (progress.failed != 0) text = fmt::format("{} failed", grouped(progress.failed));
    if (progress.retried != 0)
        text += fmt::format("{}{} retried", text.empty() ? "" : ", ", grouped(progress.retried));
    return text;
}

bool has_end(Progress const& progress)
{
    return progress.total_known && progress.end && percent_done(progress.fraction) < 100;
}

std::string picture(double fraction, std::size_t cells)
{
    auto const full = static_cast<std::size_t>(fraction * static_cast<double>(cells));
    return fmt::format("[{}{}]", std::string(full, '#'), std::string(cells - full, '.'));
}

/// The number of a duration and its unit, which two of them may share.
std::pair<std::string, std::string> parts_of(double seconds)
{
    auto const text = eta_text(seconds);
    auto const blank = text.find(' ');
    if (text.find(' ', blank + 1) != std::string::npos) return {text, ""}; // hours and minutes
    return {text.substr(0, blank), text.substr(blank)};
}

} // namespace

double fraction_done(StarmapInfo const& info, std::uint64_t items_done, double done_weight)
{
    if (!info.total_known) return 0;
    auto const share = [](auto done, auto total) {
        return std::clamp(static_cast<double>(done) / static_cast<double>(total), 0.0, 1.0);
    };
    if (info.weight_total > 0) return share(done_weight, info.weight_total);
    if (info.tasks_total > 0) return share(info.tasks_done, info.tasks_total);
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

std::string log_text(Progress const& progress)
{
    auto const percent = percent_done(progress.fraction);
    auto const is_done = progress.total_known && percent == 100;
    std::vector<std::string> parts;
    if (progress.total_known)
        parts.push_back(fmt::format("{} {:3d}%", progress.name, percent));
    else
        parts.push_back(fmt::format("{}: {}", progress.name, count_text(progress)));
    if (has_end(progress)) parts.push_back("ETA " + eta_text(*progress.end));
    parts.push_back(failed_text(progress));
    if (!is_done) {
        if (progress.total_known) parts.push_back(count_text(progress));
        parts.push_back(speed_text(progress));
        if (progress.workers != 0)
            parts.push_back(fmt::format("{}/{} workers busy", progress.busy, progress.workers));
        parts.push_back(rate_text(progress));
    }
    std::erase(parts, std::string());
    return fmt::format("{}", fmt::join(parts, ", "));
}

std::string bar_text(Progress const& progress, std::size_t columns, std::size_t name_columns)
{
    enum Part { name, bar, percent, end, spread, failed, count, speed, busy, rate };
    std::array<std::string, rate + 1> parts;
    parts[name] = printable(progress.name);
    if (auto const wide = columns_of(parts[name]); wide < name_columns)
        parts[name].append(name_columns - wide, ' ');
    if (progress.total_known) {
        parts[bar] = picture(progress.fraction, 20);
        parts[percent] = fmt::format("{:3d}%", percent_done(progress.fraction));
    }
    if (has_end(progress)) {
        parts[end] = "ETA " + eta_text(progress.end->likely);
        parts[spread] = "ETA " + eta_text(*progress.end);
    }
    parts[failed] = failed_text(progress);
    parts[count] = count_text(progress);
    parts[speed] = speed_text(progress);
    if (progress.workers != 0)
        parts[busy] = fmt::format("{}/{} busy", progress.busy, progress.workers);
    parts[rate] = rate_text(progress);

    auto const line = [&] {
        std::string text;
        for (std::size_t i = 0; i < parts.size(); ++i) {
            if (parts[i].empty() || (i == end && !parts[spread].empty())) continue;
            text += (text.empty() ? "" : "  ") + parts[i];
        }
        return text;
    };
    auto text = line();
    for (auto const least : {bar, rate, speed, busy, spread, count, failed, end}) {
        if (columns_of(text) <= columns) break;
        if (least == count && !progress.total_known) continue; // it is all there is
        if (least == bar && !parts[bar].empty()) {
            parts[bar] = picture(progress.fraction, 10);
            text = line();
            if (columns_of(text) <= columns) break;
        }
        parts[least].clear();
        text = line();
    }
    return fitted(std::move(text), columns);
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

std::string eta_text(EndEstimate::Interval const& end)
{
    auto const likely = eta_text(end.likely);
    if (!end.has_spread) return likely;
    auto const [low, low_unit] = parts_of(end.low);
    auto const [high, high_unit] = parts_of(end.high);
    if (low + low_unit == high + high_unit) return likely;
    if (low_unit == high_unit && !low_unit.empty())
        return fmt::format("{} ({}-{}{})", likely, low, high, high_unit);
    return fmt::format("{} ({}{} - {}{})", likely, low, low_unit, high, high_unit);
}

std::string grouped(std::uint64_t number)
{
    auto text = fmt::format("{}", number);
    for (auto at = static_cast<std::ptrdiff_t>(text.size()) - 3; at > 0; at -= 3)
        text.insert(static_cast<std::size_t>(at), 1, ',');
    return text;
}

std::string printable(std::string text)
{
    for (auto& each : text)
        if (auto const code = static_cast<unsigned char>(each); code < 0x20 || code == 0x7F)
            each = '?';
    return text;
}

std::size_t columns_of(std::string const& text)
{
    return static_cast<std::size_t>(std::count_if(text.begin(), text.end(), [](char each) {
        return (static_cast<unsigned char>(each) & 0xC0U) != 0x80U;
    }));
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
