#include "info.hpp"

#include "report/task_info_schema.hpp"

#include <cmath>
#include <concepts>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <fmt/format.h>
#include <fmt/ranges.h>

namespace starmap::command {

namespace {

/// As RFC 4180 has it.
std::string cell(std::string_view text)
{
    if (text.find_first_of(",\"\r\n") == std::string_view::npos) return std::string(text);
    std::string field = "\"";
    for (char const letter : text) {
        if (letter == '"') field += '"';
        field += letter;
    }
    return field + '"';
}

/// All digits that count; empty where there is nothing to say.
std::string cell(std::optional<double> value)
{
    return value && std::isfinite(*value) ? fmt::format("{}", *value) : "";
}

template <std::integral Number>
std::string cell(Number value)
{
    return std::to_string(value);
}

template <class... Values>
std::string line(Values const&... values)
{
    std::string text;
    ((text += cell(values) + ','), ...);
    text.back() = '\n';
    return text;
}

} // namespace

std::string names_to_csv(report::Figures const& figures)
{
    std::string table = "name,tasks,items,not_ok,total,mean,stddev,min,max,slowfac,"
                        "seconds_per_weight,r_squared,cpu,packing,sent,received,mem_gb\n";
    for (auto const& name : figures.summary.names) {
        auto const& durations = name.durations;
        auto const known = [&](double value) {
            return durations.count() > 0 ? std::optional(value) : std::nullopt;
        };
        table += line(name.name, durations.count(), name.items, name.not_ok, durations.sum(),
                      known(durations.mean()), known(durations.stddev()), known(durations.min()),
                      known(durations.max()), name.slowfac(), durations.slope_through_origin(),
                      durations.r_squared(), name.cpu, name.packing, name.sent, name.received,
                      name.mem_gb);
    }
    return table;
}

std::string slowest_to_csv(report::Figures const& figures)
{
    std::string table = "name,task_no,starmap,first_item,items,duration,weight,rank,hostname\n";
    for (auto const& [record, name, hostname] : figures.summary.slowest)
        table += line(name, record.task_no, record.starmap, record.task_no - 1, record.items,
                      record.duration, record.weight, record.rank, hostname);
    return table;
}

std::string failures_to_csv(report::Figures const& figures)
{
    std::string table = "name,task_no,starmap,attempt,item,rank,hostname,error\n";
    for (auto const& failure : figures.failures)
        table += line(failure.name, failure.task_no, failure.starmap, failure.attempt,
                      failure.first_item, failure.rank, failure.host, failure.text);
    return table;
}

void print_rows_as_csv(report::TaskInfoReader const& reader, std::string const& wanted)
{
    std::vector<std::string_view> headings;
    for (auto const& field : report::table_of<report::TaskRow>().fields)
        headings.emplace_back(field.name);
    fmt::print("{}\n", fmt::join(headings, ","));
    reader.for_each_task([&](TaskRecord const& row, std::string_view name) {
        if (!wanted.empty() && name != wanted) return;
        fmt::print("{}", line(name, row.task_no, row.weight, row.duration, row.received, row.mem_gb,
                              row.starmap, row.items, row.start, row.wait, row.cpu, row.sent,
                              row.unpack, row.pack, row.rank, row.worker, row.attempt,
                              std::string_view(to_string(row.status)), row.exit_code, row.session,
                              row.cores));
    });
}

} // namespace starmap::command
