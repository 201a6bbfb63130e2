#include "run/tally.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <numeric>

namespace starmap::farm {

namespace {

std::string counted(std::uint64_t count, char const* one)
{
    return fmt::format("{} {}{}", count, one, count == 1 ? "" : "s");
}

/// By what it was, for a user who knows no TaskStatus.
char const* cause(TaskStatus status) noexcept
{
    switch (status) {
    case TaskStatus::failed: return "by exit code";
    case TaskStatus::crashed: return "by a signal or not started";
    case TaskStatus::timeout: return "out of time";
    case TaskStatus::memory: return "out of memory";
    case TaskStatus::ok:
    case TaskStatus::cancelled: break;
    }
    return "otherwise";
}

std::string causes(Tally const& tally)
{
    std::string text;
    for (auto const& [status, count] : tally.causes())
        text += fmt::format("{}{} {}", text.empty() ? " (" : ", ", count, cause(status));
    return text.empty() ? text : text + ")";
}

std::uint64_t not_run(Ending const& ending) noexcept
{
    return ending.known - std::min(ending.known, ending.before.all() + ending.tally.ended());
}

std::string counts(Ending const& ending)
{
    auto const& tally = ending.tally;
    auto text = fmt::format("{}{}: {} succeeded, {} failed{}", ending.all_known ? "" : "at least ",
                            counted(ending.known, "command"), tally.succeeded(), tally.failed(),
                            causes(tally));
    if (ending.before.all() != 0) {
        text += fmt::format(", {} done before", ending.before.all());
        if (ending.before.failed != 0) text += fmt::format(" ({} failed)", ending.before.failed);
    }
    if (auto const left = not_run(ending); left != 0) text += fmt::format(", {} not run", left);
    return text;
}

std::string how_to_go_on(Ending const& ending)
{
    auto const failed = ending.tally.failed() + ending.before.failed != 0;
    if (not_run(ending) != 0 || !ending.all_known)
        return ending.may_go_on ? "the same command again runs what is left"
                                : "there is no journal: the same command again runs all of it";
    if (!failed) return {};
    if (ending.may_go_on) return "the same command with --retry-failed runs what has failed again";
    if (!ending.failed_list.empty())
        return fmt::format("starmap run {} runs what has failed again", ending.failed_list);
    return {};
}

} // namespace

void Tally::add(Ended const& ended)
{
    auto const& outcome = ended.outcome;
    if (outcome.status == TaskStatus::ok)
        ++succeeded_;
    else
        ++failed_[outcome.status];
    core_seconds_ += outcome.seconds * ended.cores;
    if (outcome.cut != 0) ++cut_;
    left_behind_ += outcome.left_behind;
}

std::uint64_t Tally::failed() const noexcept
{
    return std::accumulate(failed_.begin(), failed_.end(), std::uint64_t{0},
                           [](auto sum, auto const& entry) { return sum + entry.second; });
}

std::string sentence(DoneBefore const& before, std::uint64_t commands)
{
    auto text =
        fmt::format("{} of {} were done before", before.all(), counted(commands, "command"));
    if (before.failed != 0)
        text += fmt::format(" ({} failed; --retry-failed runs these again)", before.failed);
    return text;
}

std::vector<std::string> summary(Ending const& ending)
{
    std::vector<std::string> lines{counts(ending)};
    auto const& tally = ending.tally;
    if (tally.ended() != 0)
        lines.push_back(fmt::format("{:.4g} s, {:.4g} commands/s, {:.3g} core-hours", ending.wall,
                                    static_cast<double>(tally.ended()) / ending.wall,
                                    tally.core_seconds() / 3600));
    if (tally.cut() != 0)
        lines.push_back(fmt::format("{} had more output than --max-output keeps",
                                    counted(tally.cut(), "command")));
    if (tally.left_behind() != 0)
        lines.push_back(
            fmt::format("processes that went on when their commands had ended, and were "
                        "ended: {}",
                        tally.left_behind()));
    std::string places;
    auto const place = [&](char const* what, std::string const& where) {
        if (!where.empty())
            places += fmt::format("{}{}: {}", places.empty() ? "" : "; ", what, where);
    };
    place("outputs", ending.outputs);
    place("record", ending.record);
    place("journal", ending.journal);
    place("failed commands", ending.failed_list);
    if (!places.empty()) lines.push_back(places);
    if (!ending.stopped.empty()) lines.push_back("stopped: " + ending.stopped);
    if (auto const next = how_to_go_on(ending); !next.empty()) lines.push_back("to go on: " + next);
    return lines;
}

int exit_code(Ending const& ending) noexcept
{
    if (ending.trouble != 0) return ending.trouble;
    if (ending.tally.failed() + ending.before.failed != 0) return exit_failed;
    return exit_succeeded;
}

} // namespace starmap::farm
