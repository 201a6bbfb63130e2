#include "roles/replay.hpp"

#include "base/log.hpp"
#include "roles/replayed_task.hpp"
#include "transport/waitable.hpp"

#include <starmap/detail/grown_items.hpp>
#include <starmap/error.hpp>
#include <starmap/humansize.hpp>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <span>
#include <utility>

namespace starmap::roles {

namespace {

constexpr int exit_failure = 1;
constexpr double look_every = 10e-3; ///< at an input that has nothing now

/// At once, as the task may end the process.
void say(std::string const& text)
{
    fmt::print(stderr, "replay: {}\n", text);
    std::fflush(stderr);
}

std::string plural(std::uint64_t count, char const* what)
{
    return fmt::format("{} {}{}", count, what, count == 1 ? "" : "s");
}

} // namespace

Replay::Replay(report::ReplayTarget target, std::uint64_t seed, std::string command,
               std::uint32_t workers)
    : target_(std::move(target)),
      seed_(seed),
      command_(report::bare_command(command)),
      workers_(target_.workers != 0 ? target_.workers : workers)
{
    auto const recorded = report::bare_command(target_.command_line);
    if (!recorded.empty() && recorded != command_)
        base::log_warning("{} was written by another command ({}) than this one ({}): the task may "
                          "not be the same",
                          target_.record, recorded, command_);
}

bool Replay::concerns(OpenStarmap const& starmap) const
{
    if (target_.starmap) return starmap.number() == *target_.starmap;
    return starmap.spec().name == target_.name || starmap.recorded_name() == target_.name;
}

void Replay::refuse_changed(std::string const& why) const
{
    throw UsageError(fmt::format(
        "Task {} of {} cannot be replayed ({}). Run the command that wrote {} ({}), with the same "
        "input",
        target_.task_no, target_.record, why, target_.record,
        report::bare_command(target_.command_line)));
}

void Replay::check_name(OpenStarmap const& starmap) const
{
    if (!target_.record.empty() && starmap.recorded_name() != target_.name)
        refuse_changed(fmt::format("Starmap {} of this run is {}, and was {}", starmap.number(),
                                   starmap.recorded_name(), target_.name));
}

/// By another task: it is met when that one has been run.
bool Replay::is_submitted() const noexcept { return target_.task_no > detail::first_submitted; }

std::vector<detail::Window> Replay::begin(OpenStarmap& starmap)
{
    met_.push_back(starmap.spec().name);
    auto& job = *starmap.job();
    std::vector<detail::Window> windows;
    auto const here = concerns(starmap);
    if (here) check_name(starmap);
    if (!here || is_submitted()) {
        if (auto window = job.pull()) windows.push_back(std::move(*window));
        return windows;
    }
    auto const& spec = job.spec();
    std::uint64_t positions = 0;
    std::uint64_t items = 0;
    std::optional<std::uint64_t> found;
    // No task has a number above that of the items before and in it.
    while (!found || positions < *found + positions_of(starmap)) {
        if (!found && items >= target_.task_no && !spec.growing) break;
        auto window = job.pull();
        if (!window) break;
        if (window->count == 0) {
            auto const input = job.wait_fd();
            transport::wait_for_input(std::span(&input, 1), look_every);
            continue;
        }
        auto const first = std::exchange(positions, positions + window->count);
        items += window->items;
        for (auto at = first; at < positions && !found; ++at)
            if (job.head_of(at).task_no == target_.task_no) found = at;
        windows.push_back(std::move(*window));
    }
    if (found && positions >= *found + positions_of(starmap)) run(starmap, *found);
    if (spec.growing) return windows; // more may be submitted while results come
    auto const tasks = spec.splitting == detail::Splitting::each
                           ? fmt::format("{} of ", plural(positions, "task"))
                           : std::string();
    auto const has = fmt::format("{} has {}{}", spec.name, tasks, plural(items, "item"));
    if (!target_.record.empty() && items != target_.items)
        refuse_changed(fmt::format("{} now, and had {}", has, target_.items));
    throw UsageError(fmt::format("There is no task {} to replay ({}). Name another one, and the "
                                 "Starmap by its number if there are several of this name",
                                 target_.task_no, has));
}

void Replay::look(OpenStarmap& starmap, std::uint64_t first, std::uint64_t count)
{
    if (!concerns(starmap)) return;
    for (auto at = first; at < first + count; ++at)
        if (starmap.job()->head_of(at).task_no == target_.task_no) run(starmap, at);
}

/// The record's row of a `map`, or of guided chunks, is one of several items.
std::uint32_t Replay::positions_of(OpenStarmap const& starmap) const
{
    if (starmap.spec().splitting == detail::Splitting::each || !target_.row) return 1;
    return std::max(1U, target_.row->items);
}

void Replay::check(detail::UnitHead const& head, std::uint64_t bytes,
                   detail::JobSpec const& spec) const
{
    if (!target_.row) return;
    auto const& row = *target_.row;
    // Of a process that died, rank 0 knows what it had sent, not what of it was done.
    auto const by_worker = row.sent != 0;
    if (by_worker && head.items != row.items)
        refuse_changed(
            fmt::format("it has {} now, and had {}", plural(head.items, "item"), row.items));
    auto const near = std::abs(head.weight - row.weight) <= 1e-9 * std::abs(row.weight);
    if (!near && (by_worker || row.items == 1))
        refuse_changed(fmt::format("its weight is {} now, and was {}", head.weight, row.weight));
    // A chunk of which a part was given back, or never begun, was larger when it was sent.
    auto const sent = static_cast<std::int64_t>(bytes);
    if (by_worker && (spec.items_are_tasks ? sent > row.sent : sent != row.sent))
        refuse_changed(fmt::format("its arguments have {} bytes now, and had {}", sent, row.sent));
}

void Replay::run(OpenStarmap& starmap, std::uint64_t position)
{
    auto const& spec = starmap.spec();
    auto const is_chunk = spec.splitting == detail::Splitting::guided && !spec.items_are_tasks;
    if (is_chunk && !target_.row)
        throw UsageError(fmt::format(
            "Task {} of {} cannot be replayed (the run has set the bounds of its chunks, and no "
            "row of a record tells them). Name a record in which it has a row: "
            "task_info.h5#{}",
            target_.task_no, spec.name, target_.task_no));
    ReplayedTask task(*starmap.job(), starmap.number(), position, positions_of(starmap));
    auto const& head = task.head();
    if ((head.flags & detail::unit_is_refused) == 0) check(head, task.bytes(), spec);
    say(fmt::format("task {} of {} (Starmap {}): {}, the first is {}, weight {}, arguments {}, "
                    "seed {}",
                    head.task_no, spec.name, starmap.number(), plural(head.items, "item"),
                    head.index, head.weight, humansize(task.bytes()), seed_));
    if (target_.row)
        say(fmt::format("recorded: {}{} at attempt {} on rank {}, after {:.6g} s",
                        to_string(target_.row->status),
                        target_.row->exit_code != 0
                            ? fmt::format(" (exit code {})", target_.row->exit_code)
                            : "",
                        target_.row->attempt, target_.row->rank, target_.row->duration));
    auto const outcome = task.run(seed_);
    exit_code_ = outcome.failure ? exit_failure : 0;
    if (auto const& failure = outcome.failure) {
        say(fmt::format("{} after {:.6g} s at task {} (item {}): {}{}{}",
                        to_string(failure->status), outcome.seconds, failure->task_no,
                        failure->item, failure->type, failure->type.empty() ? "" : ": ",
                        failure->text));
        if (outcome.failures > 1) say(fmt::format("{} failed in all", outcome.failures));
    } else {
        say(fmt::format("ok after {:.6g} s, result {} bytes, hash {:016x}{}", outcome.seconds,
                        outcome.received, outcome.hash,
                        outcome.submitted == 0
                            ? ""
                            : fmt::format(", {} submitted", plural(outcome.submitted, "task"))));
    }
    refuse_after_end();
    throw ProtocolError("A replay has no end."); // exit_code_ was set above
}

void Replay::refuse_after_end() const
{
    if (exit_code_) throw Replayed{*exit_code_};
}

int Replay::end_of_main() const
{
    if (exit_code_) return *exit_code_;
    auto met = met_;
    std::sort(met.begin(), met.end());
    met.erase(std::unique(met.begin(), met.end()), met.end());
    say(fmt::format("nothing was replayed: {} was not met by the end of main ({})", target_.setting,
                    met.empty() ? "it has opened no Starmap"
                                : fmt::format("its Starmaps: {}", fmt::join(met, ", "))));
    return exit_failure;
}

} // namespace starmap::roles
