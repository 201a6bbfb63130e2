#include "report/time_use.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

namespace starmap::report {

namespace {

constexpr double never = -std::numeric_limits<double>::infinity();
constexpr std::uint32_t most_held = 1U << 16U; // a record with more is damaged

/// What each of the workers waited at the end of a phase.
double tail_of(std::vector<double> const& last, std::size_t workers, double begin, double end)
{
    double tail = 0;
    for (std::size_t worker = 0; worker < workers; ++worker)
        tail += end - std::max(begin, worker < last.size() ? last[worker] : never);
    return tail;
}

} // namespace

void TimeLedger::add(std::uint32_t starmap, std::size_t worker, double begin, double end,
                     double inside, bool ok, std::uint32_t cores)
{
    bool const is_sound = std::isfinite(begin) && std::isfinite(end) && begin <= end;
    if (!is_sound || !std::isfinite(inside)) return; // of a damaged row
    cores = std::min(cores, most_held);
    (ok ? useful_ : failed_) += inside * cores;
    if (windows_.empty() || latest_starmap_ != starmap) {
        auto const [place, is_new] = places_.try_emplace(starmap, windows_.size());
        if (is_new) windows_.push_back({.begin = begin, .end = end, .last = {}});
        latest_ = place->second;
        latest_starmap_ = starmap;
    }
    auto& window = windows_[latest_];
    window.begin = std::min(window.begin, begin);
    window.end = std::max(window.end, end);
    if (worker >= window.last.size()) window.last.resize(worker + 1, never);
    window.last[worker] = std::max(window.last[worker], end);
    if (cores > 1) hold(window, worker, begin, end, cores - 1);
}

/// Nobody has noted which ones they were, and a sum over all workers does not depend on it much.
void TimeLedger::hold(Window& window, std::size_t worker, double begin, double end,
                      std::size_t others)
{
    auto& last = window.last;
    std::vector<std::size_t> idle;
    for (std::size_t other = 0; other < last.size(); ++other)
        if (other != worker && last[other] <= begin) idle.push_back(other);
    // Those that have not had a task yet.
    while (idle.size() < others) {
        idle.push_back(last.size());
        last.push_back(never);
    }
    std::partial_sort(
        idle.begin(), idle.begin() + static_cast<std::ptrdiff_t>(others), idle.end(),
        [&](auto a, auto b) { return last[a] != last[b] ? last[a] > last[b] : a < b; });
    for (std::size_t i = 0; i < others; ++i) last[idle[i]] = end;
}

TimeUse TimeLedger::use(std::size_t workers, double end) const
{
    std::vector<Window const*> windows;
    for (auto const& window : windows_) windows.push_back(&window);
    std::sort(windows.begin(), windows.end(),
              [](auto const* a, auto const* b) { return a->begin < b->begin; });

    TimeUse use{.useful = useful_, .failed = failed_};
    auto const count = static_cast<double>(workers);
    double busy_until = 0;
    double phases = 0; // seconds of worker time within them
    for (auto at = windows.begin(); at != windows.end();) {
        auto const begin = std::max(0.0, (*at)->begin);
        auto phase = (*at)->last;
        auto phase_end = (*at)->end;
        for (++at; at != windows.end() && (*at)->begin < phase_end; ++at) {
            phase_end = std::max(phase_end, (*at)->end);
            auto const& last = (*at)->last;
            if (last.size() > phase.size()) phase.resize(last.size(), never);
            for (std::size_t i = 0; i < last.size(); ++i) phase[i] = std::max(phase[i], last[i]);
        }
        auto const before = count * std::max(0.0, begin - busy_until);
        (busy_until == 0 ? use.startup : use.manager) += before;
        use.tail += tail_of(phase, workers, begin, phase_end);
        phases += count * (phase_end - begin);
        busy_until = phase_end;
    }
    use.manager += count * std::max(0.0, end - busy_until);
    // Clocks of nodes differ a little: no part may become negative by that.
    use.dispatch = std::max(0.0, phases - use.useful - use.failed - use.tail);
    return use;
}

} // namespace starmap::report
