#include "info.hpp"

#include <starmap/humansize.hpp>

#include <algorithm>
#include <cmath>
#include <iterator>
#include <map>
#include <numeric>
#include <optional>

#include <fmt/format.h>

namespace starmap::command {

namespace {

constexpr std::size_t longest_list = 10;

using Out = std::back_insert_iterator<std::string>;

/// Four digits that count, from microseconds to months.
std::string seconds(double value) { return fmt::format("{:.4g}", value); }

std::string known(std::optional<double> value, char const* unknown = "-")
{
    return value ? fmt::format("{:.3g}", *value) : unknown;
}

std::string percent(double share) { return fmt::format("{:.1f}%", 100 * share); }

std::string in_words(report::RecordState state)
{
    switch (state) {
    case report::RecordState::complete: return "complete";
    case report::RecordState::failed:
        return "not complete: the run ended with an error, or was killed and recovered";
    case report::RecordState::writing: return "the run goes on";
    case report::RecordState::killed:
        return "never closed: the run was killed, or its disk was full "
               "('starmap recover' makes it an ordinary file)";
    }
    return "unknown";
}

void add_header(Out out, Info const& info)
{
    fmt::format_to(out, "{}: {}\n", info.file, in_words(info.state));
    auto const line = [&](char const* what, std::string const& value) {
        if (!value.empty()) fmt::format_to(out, "  {:<12} {}\n", what, value);
    };
    line("command", info.run.command_line);
    line("started", info.run.start_time);
    line("distribute", info.run.distribute);
    line("workers", std::to_string(info.run.num_workers));
    line("seed", std::to_string(info.run.seed));
    line("MPI", info.run.mpi_library);
    line("Slurm job", info.run.slurm_job_id);
    line("starmap", info.starmap_version);
}

std::size_t widest(std::vector<report::NameSummary> const& names)
{
    std::size_t width = 4;
    for (auto const& name : names) width = std::max(width, name.name.size());
    return width;
}

void add_names(Out out, std::vector<report::NameSummary> const& names)
{
    auto const width = widest(names);
    fmt::format_to(out, "\nDurations [s] of the tasks that ended ok\n");
    fmt::format_to(out, "  {:<{}} {:>9} {:>11} {:>9} {:>9} {:>6} {:>9} {:>9} {:>8}\n", "name",
                   width, "tasks", "items", "mean", "stddev", "", "min", "max", "slowfac");
    for (auto const& name : names) {
        auto const& all = name.durations;
        if (all.count() == 0) {
            fmt::format_to(out, "  {:<{}} {:>9} {:>11} (none ended ok)\n", name.name, width, 0, 0);
            continue;
        }
        auto const relative =
            all.mean() > 0 ? fmt::format("{:.0f}%", 100 * all.stddev() / all.mean()) : "-";
        fmt::format_to(out, "  {:<{}} {:>9} {:>11} {:>9} {:>9} {:>6} {:>9} {:>9} {:>8}\n",
                       name.name, width, all.count(), name.items, seconds(all.mean()),
                       seconds(all.stddev()), relative, seconds(all.min()), seconds(all.max()),
                       known(name.slowfac()));
    }
}

std::string fit(report::Moments const& durations)
{
    if (durations.count() == 0) return "-";
    auto const slope =
        fmt::format("{} s per weight", known(durations.slope_through_origin(), "unknown"));
    if (durations.all_x_equal()) return slope + ", all weights equal";
    if (!durations.r_squared()) return slope + ", all durations equal";
    return fmt::format("{}, R2 = {:.3f}", slope, *durations.r_squared());
}

void add_fits(Out out, std::vector<report::NameSummary> const& names)
{
    auto const width = widest(names);
    fmt::format_to(out, "\nDuration against weight (R2 near 1: the weights predict the times)\n");
    for (auto const& name : names)
        fmt::format_to(out, "  {:<{}} {}\n", name.name, width, fit(name.durations));
}

void add_workers(Out out, report::Summary const& summary)
{
    auto const shares = summary.busy_shares();
    fmt::format_to(out, "\nWorkers: {}, over {} s\n", summary.workers.size(),
                   seconds(summary.span));
    if (!shares.empty()) {
        auto const [least, most] = std::minmax_element(shares.begin(), shares.end());
        auto const mean =
            std::accumulate(shares.begin(), shares.end(), 0.0) / static_cast<double>(shares.size());
        fmt::format_to(out, "  busy         min {}, mean {}, max {}\n", percent(*least),
                       percent(mean), percent(*most));
    }
    if (auto const imbalance = summary.imbalance())
        fmt::format_to(out, "  imbalance    {} (busiest by mean, less 1)\n", percent(*imbalance));
    std::map<std::string, unsigned> hosts;
    for (auto const& worker : summary.workers)
        if (!worker.hostname.empty()) ++hosts[worker.hostname];
    std::size_t shown = 0;
    for (auto const& [host, workers] : hosts) {
        if (shown++ == longest_list) {
            fmt::format_to(out, "  ... and {} more hosts\n", hosts.size() - longest_list);
            break;
        }
        fmt::format_to(out, "  host         {}: {} worker{}\n", host, workers,
                       workers == 1 ? "" : "s");
    }
}

void add_slowest(Out out, std::vector<report::SlowTask> const& slowest)
{
    if (slowest.empty()) return;
    fmt::format_to(out, "\nSlowest tasks\n  {:>9} {:>9} {:>7} {:>6} {:>10} {:>8}  {}\n", "seconds",
                   "weight", "starmap", "rank", "first item", "items", "name, host");
    for (auto const& task : slowest)
        fmt::format_to(out, "  {:>9} {:>9} {:>7} {:>6} {:>10} {:>8}  {}, {}\n",
                       seconds(task.record.duration), fmt::format("{:.4g}", task.record.weight),
                       task.record.starmap, task.record.rank, task.record.task_no - 1,
                       task.record.items, task.name, task.hostname.empty() ? "-" : task.hostname);
}

/// A chunk that was given back is no failure, but its row is there.
void add_failures(Out out, Info const& info)
{
    auto const& by_status = info.summary.by_status;
    auto const cancelled = by_status[static_cast<std::size_t>(TaskStatus::cancelled)];
    auto const failed = info.summary.attempts() - by_status[0] - cancelled;
    fmt::format_to(out, "\nFailures: {} of {} attempts", failed, info.summary.attempts());
    for (std::size_t status = 1; status < by_status.size(); ++status)
        if (by_status[status] > 0)
            fmt::format_to(out, ", {} {}", by_status[status],
                           to_string(static_cast<TaskStatus>(status)));
    fmt::format_to(out, "\n");
    for (std::size_t i = 0; i < std::min(info.failures.size(), longest_list); ++i) {
        auto const& failure = info.failures[i];
        fmt::format_to(out, "  task {} of \"{}\", attempt {}, rank {}, item {}: {}\n",
                       failure.task_no, failure.name, failure.attempt, failure.rank,
                       failure.first_item, failure.text);
    }
    if (info.failures.size() > longest_list)
        fmt::format_to(out, "  ... and {} more\n", info.failures.size() - longest_list);
}

void add_operations(Out out, std::vector<report::OperationSummary> const& operations)
{
    if (operations.empty()) return;
    fmt::format_to(out, "\nOperations\n  {:>11} {:>10} {:>10}  {}\n", "seconds", "max MiB",
                   "counts", "operation");
    for (std::size_t i = 0; i < std::min(operations.size(), 2 * longest_list); ++i)
        fmt::format_to(out, "  {:>11} {:>10.1f} {:>10}  {}\n", seconds(operations[i].time_sec),
                       operations[i].memory_mb, operations[i].counts, operations[i].operation);
    if (operations.size() > 2 * longest_list)
        fmt::format_to(out, "  ... and {} more\n", operations.size() - 2 * longest_list);
}

} // namespace

std::string to_text(Info const& info)
{
    auto const& summary = info.summary;
    std::string text;
    Out const out(text);
    add_header(out, info);
    if (summary.attempts() == 0) {
        fmt::format_to(out, "\nNo task has come back yet.\n");
        return text;
    }
    add_names(out, summary.names);
    add_fits(out, summary.names);
    add_workers(out, summary);
    fmt::format_to(out, "\nBytes: {} of arguments, {} of results, the largest {}\n",
                   humansize(summary.sent), humansize(summary.received),
                   humansize(summary.received_max));
    add_slowest(out, summary.slowest);
    add_failures(out, info);
    add_operations(out, summary.operations);
    return text;
}

} // namespace starmap::command
