#include "follow.hpp"

#include "info.hpp"

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <thread>

#include <fmt/format.h>

#include <unistd.h>

namespace starmap::command {

namespace {

constexpr std::chrono::seconds pause{1};
/// Clears the screen and begins at its top.
constexpr auto from_the_top = "\033[H\033[2J";
constexpr std::size_t slowest_shown = 3;

std::string line_of(report::Figures const& figures)
{
    auto const& summary = figures.summary;
    std::uint64_t items = 0;
    for (auto const& name : summary.names) items += name.items;
    return fmt::format("{:.1f} s: {} attempts, {} items done, {} failed, {} Starmap(s)\n",
                       summary.span, summary.attempts(), items, summary.failures(),
                       figures.starmaps.size());
}

} // namespace

void follow(std::string const& file, report::FiguresWanted const& wanted)
{
    bool const on_terminal = ::isatty(STDOUT_FILENO) == 1;
    auto while_running = wanted;
    while_running.outliers = 0; // they cost a pass over all rows
    while_running.slowest = std::min(wanted.slowest, slowest_shown);
    report::FiguresReader reader(file, while_running);
    // Ends when the writer has closed the record or no longer lives.
    while (true) {
        auto const figures = reader.read();
        if (figures.state != report::RecordState::writing) break;
        if (on_terminal)
            fmt::print("{}{}", from_the_top, to_text(figures));
        else
            fmt::print("{}", line_of(figures));
        if (std::fflush(stdout) != 0) return; // nobody reads it any more
        std::this_thread::sleep_for(pause);
    }
    auto const figures = report::read_figures(file, wanted);
    fmt::print("{}{}", on_terminal ? from_the_top : "",
               wanted.name.empty() ? to_text(figures) : name_to_text(figures));
}

} // namespace starmap::command
