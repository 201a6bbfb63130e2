#include "report/closing_text.hpp"

#include "report/progress_text.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <utility>
#include <vector>

namespace starmap::report {

namespace {

constexpr double worth_a_word = 0.1;  ///< a part of the workers' time that is worth a word
constexpr double shortest_told = 0.5; ///< of a shorter run there is nothing to mend [s]
constexpr double short_chunk = 10e-3;

std::string whole_percent(double share) { return fmt::format("{:.0f}%", 100 * share); }

/// What rank 0 did, what took longest first.
std::vector<std::pair<double, char const*>> parts_of(ManagerTime const& time)
{
    std::vector<std::pair<double, char const*>> parts{{time.main, "in main"},
                                                      {time.input, "reading input"},
                                                      {time.results, "combining results"},
                                                      {time.messages, "with messages"}};
    std::stable_sort(parts.begin(), parts.end(),
                     [](auto const& a, auto const& b) { return a.first > b.first; });
    return parts;
}

double busy_share(ManagerTime const& time)
{
    auto const idle = time.waiting + time.tasks;
    return time.total() > 0 ? 1 - idle / time.total() : 0;
}

std::string rank_0_text(ManagerTime const& time)
{
    auto text = "rank 0 " + whole_percent(busy_share(time));
    auto const parts = parts_of(time);
    std::string list;
    for (std::size_t i = 0; i < 2; ++i) {
        auto const& [seconds, what] = parts[i];
        // Less than that is in the percentage already.
        if (seconds < 0.01 * time.total() || seconds < 1e-3) break;
        list += fmt::format("{}{} {}", list.empty() ? "" : ", ", time_text(seconds), what);
    }
    return list.empty() ? text : fmt::format("{} ({})", text, list);
}

std::string on_tail(Closing const& closing)
{
    if (closing.longest_lost > closing.use.tail / 2)
        return fmt::format("for one task of \"{}\", of {}: split it", printable(closing.longest),
                           time_text(closing.longest_seconds));
    if (closing.in_blocks)
        return "for the last blocks: ask for more of them, or leave concurrent_tasks and "
               "max_weight out";
    return fmt::format("for the last tasks: they are too few or too long for {} workers",
                       closing.workers);
}

std::string on_dispatch(Closing const& closing)
{
    auto const& time = closing.manager;
    if (busy_share(time) > 0.5) {
        auto const [seconds, what] = parts_of(time).front();
        if (seconds == time.input) return "for rank 0, which reads the input: let tasks read it";
        if (seconds == time.results)
            return "for rank 0, which combines results: return less from each task";
        if (seconds == time.main) return "for main, between results: do less there for each";
        return "for rank 0, which is busy with messages: make tasks longer, or use map, which "
               "groups items";
    }
    if (closing.packing > closing.use.dispatch / 2)
        return "for packing: send what tasks have in common by shared(), and return less";
    if (closing.chunks > 0 && closing.inside / static_cast<double>(closing.chunks) < short_chunk)
        return "between tasks: make them longer, or use map, which groups items";
    return "between tasks: starmap info has more on it";
}

/// Where most went astray, and what would help; empty where all is well.
std::string remedy(Closing const& closing)
{
    auto const& use = closing.use;
    auto const total = use.total();
    if (total <= 0 || closing.seconds < shortest_told) return {};
    std::vector<std::pair<double, std::string>> const losses{
        {use.tail, on_tail(closing)},
        {use.dispatch, on_dispatch(closing)},
        {use.manager, "while rank 0 alone was at work: let tasks do some of that"},
        {use.startup, "before the first task: rank 0 prepared, or the run is short for its ranks"},
        {use.failed, "in attempts that failed: starmap info --failed lists them"}};
    auto const& worst =
        *std::max_element(losses.begin(), losses.end(),
                          [](auto const& a, auto const& b) { return a.first < b.first; });
    if (worst.first < worth_a_word * total) return {};
    return fmt::format(" - {} of the workers' time was lost {}", whole_percent(worst.first / total),
                       worst.second);
}

} // namespace

std::string time_text(double seconds)
{
    if (!(seconds > 0)) return "0 s";
    if (seconds < 0.9995e-3) return fmt::format("{:.3g} us", 1e6 * seconds);
    if (seconds < 0.9995) return fmt::format("{:.3g} ms", 1e3 * seconds);
    if (seconds < 99.95) return fmt::format("{:.3g} s", seconds);
    return grouped(static_cast<std::uint64_t>(std::llround(std::min(seconds, 1e15)))) + " s";
}

std::string closing_text(Closing const& closing)
{
    if (closing.tasks == 0) return {};
    auto const tasks = static_cast<double>(closing.tasks);
    auto const total = closing.use.total();
    auto const busy = total > 0 ? (closing.inside + closing.packing) / total : 0;
    auto text = fmt::format("Starmap: {} task{} in {} on {} worker{}: {} busy; {}; mean task {}",
                            grouped(closing.tasks), closing.tasks == 1 ? "" : "s",
                            time_text(closing.seconds), grouped(closing.workers),
                            closing.workers == 1 ? "" : "s", whole_percent(std::min(busy, 1.0)),
                            rank_0_text(closing.manager), time_text(closing.inside / tasks));
    if (closing.chunks != 0 && closing.chunks < closing.tasks)
        text += fmt::format(", chunk {}",
                            time_text(closing.inside / static_cast<double>(closing.chunks)));
    if (closing.workers > 1)
        text += fmt::format("; tail {}", time_text(closing.use.tail / closing.workers));
    if (closing.failed != 0) text += fmt::format("; {} failed", grouped(closing.failed));
    return text + remedy(closing);
}

} // namespace starmap::report
