#include "info.hpp"

#include "report/task_info_schema.hpp"

#include <cmath>
#include <optional>

namespace starmap::command {

namespace {

using nlohmann::json;

/// What JSON cannot express, or is not known, is null.
json number(std::optional<double> value)
{
    return value && std::isfinite(*value) ? json(*value) : json(nullptr);
}

json to_json(report::NameSummary const& name)
{
    auto const& durations = name.durations;
    auto const known = [&](double value) {
        return durations.count() > 0 ? number(value) : json(nullptr);
    };
    return {{"name", name.name},
            {"tasks", durations.count()},
            {"items", name.items},
            {"not_ok", name.not_ok},
            {"total", durations.sum()},
            {"cpu", name.cpu},
            {"packing", name.packing},
            {"sent", name.sent},
            {"received", name.received},
            {"mem_gb", number(name.mem_gb)},
            {"mean", known(durations.mean())},
            {"stddev", known(durations.stddev())},
            {"min", known(durations.min())},
            {"max", known(durations.max())},
            {"slowfac", number(name.slowfac())},
            {"seconds_per_weight", number(durations.slope_through_origin())},
            {"all_weights_equal", durations.all_x_equal()},
            {"r_squared", number(durations.r_squared())}};
}

json to_json(report::WorkerLoad const& load, double span)
{
    return {{"worker", load.worker},
            {"rank", load.rank},
            {"hostname", load.hostname},
            {"tasks", load.tasks},
            {"computing", load.computing},
            {"packing", load.packing},
            {"busy_share", span > 0 ? number(load.busy() / span) : json(nullptr)}};
}

json to_json(report::NotedTask const& task)
{
    return {{"name", task.name},
            {"task_no", task.record.task_no},
            {"starmap", task.record.starmap},
            {"first_item", task.record.task_no - 1},
            {"items", task.record.items},
            {"duration", number(task.record.duration)},
            {"weight", number(task.record.weight)},
            {"rank", task.record.rank},
            {"hostname", task.hostname}};
}

json to_json(report::Outlier const& outlier)
{
    auto task = to_json(outlier.task);
    task["expected"] = number(outlier.expected);
    return task;
}

json to_json(report::TimeUse const& use)
{
    auto const share = [&](double part) {
        return use.total() > 0 ? number(part / use.total()) : json(nullptr);
    };
    return {{"useful", share(use.useful)},          {"failed", share(use.failed)},
            {"imbalance", share(use.tail)},         {"dispatch", share(use.dispatch)},
            {"manager", share(use.manager)},        {"startup", share(use.startup)},
            {"worker_seconds", number(use.total())}};
}

json to_json(report::Advice const& advice)
{
    return {{"topic", advice.topic}, {"text", advice.text}};
}

json to_json(TaskFailure const& failure)
{
    return {{"name", failure.name},
            {"task_no", failure.task_no},
            {"starmap", failure.starmap},
            {"rank", failure.rank},
            {"hostname", failure.host},
            {"attempt", failure.attempt},
            {"item", failure.first_item},
            {"error", failure.text},
            {"status", to_string(failure.status)},
            {"exit_code", failure.exit_code}};
}

json to_json(report::StarmapInfo const& starmap)
{
    return {{"starmap", starmap.starmap},     {"name", starmap.name},
            {"tasks", starmap.tasks},         {"items", starmap.items},
            {"start", number(starmap.start)}, {"end", number(starmap.end)},
            {"sent", starmap.sent},           {"received", starmap.received},
            {"policy", starmap.policy},       {"failures", starmap.failures}};
}

json to_json(report::OperationSummary const& operation)
{
    return {{"operation", operation.operation},
            {"time_sec", number(operation.time_sec)},
            {"memory_mb", number(operation.memory_mb)},
            {"counts", operation.counts}};
}

template <class Values, class... More>
json list(Values const& values, More... more)
{
    json all = json::array();
    for (auto const& value : values) all.push_back(to_json(value, more...));
    return all;
}

/// Each name with its outliers.
json names_of(report::Figures const& info)
{
    json all = json::array();
    for (std::size_t i = 0; i < info.summary.names.size(); ++i) {
        auto name = to_json(info.summary.names[i]);
        name["outliers"] = list(info.outliers[i]);
        all.push_back(std::move(name));
    }
    return all;
}

json count_by_status(report::Summary const& summary)
{
    json counts;
    for (std::size_t status = 0; status < summary.by_status.size(); ++status)
        counts[to_string(static_cast<TaskStatus>(status))] = summary.by_status[status];
    return counts;
}

} // namespace

json to_json(report::Figures const& info)
{
    auto const& summary = info.summary;
    return {{"file", info.file},
            {"state", to_string(info.state)},
            {"complete", info.state == report::RecordState::complete},
            {"starmap_version", info.starmap_version},
            {"command_line", info.run.command_line},
            {"start_time", info.run.start_time},
            {"mpi_library", info.run.mpi_library},
            {"slurm_job_id", info.run.slurm_job_id},
            {"distribute", info.run.distribute},
            {"num_workers", info.run.num_workers},
            {"seed", info.run.seed},
            {"attempts", summary.attempts()},
            {"by_status", count_by_status(summary)},
            {"span", number(summary.span)},
            {"imbalance", number(summary.imbalance())},
            {"sent", summary.sent},
            {"received", summary.received},
            {"received_max", summary.received_max},
            {"time_use", to_json(summary.time_use)},
            {"names", names_of(info)},
            {"starmaps", list(info.starmaps)},
            {"workers", list(summary.workers, summary.span)},
            {"slowest", list(summary.slowest)},
            {"failures", list(info.failures)},
            {"failed", summary.failures()},
            {"advice", list(info.advice)},
            {"performance_data", list(summary.operations)}};
}

json task_columns(report::TaskInfoReader const& reader, std::string const& wanted)
{
    json columns;
    for (auto const& field : report::table_of<report::TaskRow>().fields)
        columns[field.name] = json::array();
    reader.for_each_task([&](TaskRecord const& row, std::string_view name) {
        if (!wanted.empty() && name != wanted) return;
        columns["taskname"].push_back(name);
        columns["task_no"].push_back(row.task_no);
        columns["weight"].push_back(number(row.weight));
        columns["duration"].push_back(number(row.duration));
        columns["received"].push_back(row.received);
        columns["mem_gb"].push_back(number(row.mem_gb));
        columns["starmap"].push_back(row.starmap);
        columns["items"].push_back(row.items);
        columns["start"].push_back(number(row.start));
        columns["wait"].push_back(number(row.wait));
        columns["cpu"].push_back(number(row.cpu));
        columns["sent"].push_back(row.sent);
        columns["unpack"].push_back(number(row.unpack));
        columns["pack"].push_back(number(row.pack));
        columns["rank"].push_back(row.rank);
        columns["worker"].push_back(row.worker);
        columns["attempt"].push_back(row.attempt);
        columns["status"].push_back(to_string(row.status));
        columns["exit_code"].push_back(row.exit_code);
        columns["session"].push_back(row.session);
        columns["cores"].push_back(row.cores);
    });
    return columns;
}

} // namespace starmap::command
