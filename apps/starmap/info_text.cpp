#include "info.hpp"
#include "info_sections.hpp"

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
constexpr std::size_t shown_outliers = 3;

/// Four digits that count, from microseconds to months.
std::string seconds(double value) { return fmt::format("{:.4g}", value); }

std::string known(std::optional<double> value, char const* unknown = "-")
{
    return value ? fmt::format("{:.3g}", *value) : unknown;
}

std::string percent(double share) { return fmt::format("{:.1f}%", 100 * share); }

void add_header(Out out, report::Figures const& info)
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

/// A task in words, by its items.
std::string what(TaskRecord const& record)
{
    return record.items == 1 ? fmt::format("item {}", record.task_no - 1)
                             : fmt::format("{} items from {} on", record.items, record.task_no - 1);
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
    if (durations.count() < 3) return slope; // any two points lie on a line
    return fmt::format("{}, R2 = {:.3f}", slope, *durations.r_squared());
}

void add_fits(Out out, report::Figures const& info)
{
    auto const& names = info.summary.names;
    auto const width = widest(names);
    fmt::format_to(out, "\nDuration against weight (R2 near 1: the weights predict the times)\n");
    for (auto const& name : names)
        fmt::format_to(out, "  {:<{}} {}\n", name.name, width, fit(name.durations));
}

/// Each task by its first item; where they can be many, the farthest only.
void add_outliers(Out out, report::Figures const& info, std::size_t most)
{
    std::vector<report::Outlier> all;
    for (auto const& of_name : info.outliers) all.insert(all.end(), of_name.begin(), of_name.end());
    std::stable_sort(all.begin(), all.end(), [](auto const& a, auto const& b) {
        return std::abs(a.task.record.duration - a.expected) >
               std::abs(b.task.record.duration - b.expected);
    });
    if (all.size() > most) all.resize(most);
    for (auto const& [task, expected] : all)
        fmt::format_to(out, "  farthest off: {} of \"{}\" took {} s, its weight says {} s\n",
                       what(task.record), task.name, seconds(task.record.duration),
                       seconds(expected));
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

/// The parts add up to 100 %.
void add_time_use(Out out, report::Summary const& summary)
{
    auto const& use = summary.time_use;
    if (!(use.total() > 0)) return;
    fmt::format_to(out, "\nWhere the time of {} worker{} went\n", summary.num_workers,
                   summary.num_workers == 1 ? "" : "s");
    auto const line = [&](double part, char const* what) {
        fmt::format_to(out, "  {:>6}  {}\n", percent(part / use.total()), what);
    };
    line(use.useful, "useful work");
    if (use.failed > 0) line(use.failed, "attempts that failed");
    line(use.tail, "imbalance: no work left while others had some");
    line(use.dispatch, "dispatch and transfer: between tasks, packing");
    line(use.manager, "manager: rank 0 alone at work");
    line(use.startup, "start-up: before the first task");
}

void add_advice(Out out, std::vector<report::Advice> const& advice)
{
    if (advice.empty()) return;
    fmt::format_to(out, "\nAdvice\n");
    for (auto const& each : advice) fmt::format_to(out, "  - {}\n", each.text);
}

void add_slowest(Out out, std::vector<report::NotedTask> const& slowest)
{
    if (slowest.empty()) return;
    fmt::format_to(out, "\nSlowest tasks\n  {:>9} {:>9} {:>11} {:>7} {:>6} {:>10} {:>8}  {}\n",
                   "seconds", "weight", "s by weight", "starmap", "rank", "first item", "items",
                   "name, host");
    for (auto const& task : slowest) {
        auto const& record = task.record;
        fmt::format_to(out, "  {:>9} {:>9} {:>11} {:>7} {:>6} {:>10} {:>8}  {}, {}\n",
                       seconds(record.duration), fmt::format("{:.4g}", record.weight),
                       record.weight > 0 ? fmt::format("{:.3g}", record.duration / record.weight)
                                         : "-",
                       record.starmap, record.rank, record.task_no - 1, record.items, task.name,
                       task.hostname.empty() ? "-" : task.hostname);
    }
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

std::string in_words(report::RecordState state)
{
    switch (state) {
    case report::RecordState::complete: return "complete";
    case report::RecordState::failed:
        return "not complete: the run ended with an error, or was killed and recovered";
    case report::RecordState::writing: return "the run goes on; this is what has come back so far";
    case report::RecordState::killed:
        return "never closed: the run was killed, or its disk was full; this is what had come back "
               "('starmap recover' makes it an ordinary file)";
    }
    return "unknown";
}

std::string to_text(report::Figures const& info)
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
    add_fits(out, info);
    add_outliers(out, info, shown_outliers);
    add_workers(out, summary);
    add_time_use(out, summary);
    fmt::format_to(out, "\nBytes: {} of arguments, {} of results, the largest {}\n",
                   humansize(summary.sent), humansize(summary.received),
                   humansize(summary.received_max));
    add_slowest(out, summary.slowest);
    add_failures(out, info, longest_list);
    add_operations(out, summary.operations);
    add_advice(out, info.advice);
    return text;
}

std::string name_to_text(report::Figures const& info)
{
    auto const& summary = info.summary;
    std::string text;
    Out const out(text);
    fmt::format_to(out, "{}: {}\n", info.file, in_words(info.state));
    if (summary.attempts() == 0) {
        fmt::format_to(out, "\nNo task of this name has come back yet.\n");
        return text;
    }
    add_names(out, summary.names);
    add_fits(out, info);
    add_outliers(out, info, longest_list);
    auto const& name = summary.names.front();
    fmt::format_to(
        out, "\n  {} of CPU time for a second, {} GiB of memory at the most\n",
        name.durations.sum() > 0 ? fmt::format("{:.2f} s", name.cpu / name.durations.sum()) : "-",
        fmt::format("{:.3g}", name.mem_gb));
    fmt::format_to(out, "  {} of arguments, {} of results, the largest {}\n", humansize(name.sent),
                   humansize(name.received), humansize(summary.received_max));
    add_slowest(out, summary.slowest);
    add_failures(out, info, longest_list);
    return text;
}

} // namespace starmap::command
