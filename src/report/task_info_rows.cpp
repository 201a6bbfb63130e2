#include "report/task_info_rows.hpp"

#include <algorithm>

#include <fmt/format.h>

namespace starmap::report {

std::size_t fitting_utf8(std::string_view text, std::size_t size) noexcept
{
    if (text.size() <= size) return text.size();
    auto const continues = [&](std::size_t at) {
        return (static_cast<unsigned char>(text[at]) & 0xC0U) == 0x80U;
    };
    // A character has at most three continuation bytes; more of them is not UTF-8 at all.
    for (std::size_t back = 0; back <= 3 && back <= size; ++back)
        if (!continues(size - back)) return size - back;
    return size;
}

TaskRow to_row(TaskRecord const& record, Text<64> const& name) noexcept
{
    return {.taskname = name,
            .task_no = record.task_no,
            .weight = record.weight,
            .duration = record.duration,
            .received = record.received,
            .mem_gb = record.mem_gb,
            .starmap = record.starmap,
            .items = record.items,
            .start = record.start,
            .wait = record.wait,
            .cpu = record.cpu,
            .sent = record.sent,
            .unpack = record.unpack,
            .pack = record.pack,
            .rank = record.rank,
            .worker = record.worker,
            .attempt = record.attempt,
            .status = record.status,
            .exit_code = record.exit_code,
            .session = record.session,
            .cores = record.cores};
}

StarmapRow to_row(StarmapInfo const& info) noexcept
{
    return {.starmap = info.starmap,
            .name = to_text<64>(info.name),
            .tasks = info.tasks,
            .items = info.items,
            .start = info.start,
            .end = info.end,
            .sent = info.sent,
            .received = info.received,
            .policy = to_text<16>(info.policy),
            .failures = info.failures,
            .moves = info.moves,
            .moved_items = info.moved_items};
}

WorkerRow to_row(WorkerInfo const& info) noexcept
{
    return {.worker = info.worker,
            .rank = info.rank,
            .hostname = to_text<64>(info.hostname),
            .pid = info.pid,
            .cores = info.cores,
            .tasks = info.tasks,
            .busy = info.busy,
            .first = info.first,
            .last = info.last};
}

OperationRow to_row(OperationRecord const& record) noexcept
{
    return {.operation = to_text<64>(record.operation),
            .time_sec = record.seconds,
            .memory_mb = record.memory_mb,
            .counts = record.counts,
            .task_no = record.task_no};
}

FailureRow to_row(TaskFailure const& failure)
{
    auto const error = failure.type.empty() ? failure.text : failure.type + ": " + failure.text;
    return {.task_no = failure.task_no,
            .starmap = failure.starmap,
            .rank = failure.rank,
            .attempt = failure.attempt,
            .item = failure.first_item,
            .error = to_text<512>(error)};
}

std::string recorded_key(std::string const& key)
{
    constexpr std::size_t longest = sizeof(CostRow::key);
    constexpr std::size_t kept = longest - 17;
    if (key.size() <= longest) return key;
    std::uint64_t hash = 0xcbf29ce484222325U; // FNV-1a
    for (auto const byte : key) hash = (hash ^ static_cast<unsigned char>(byte)) * 0x100000001b3U;
    return fmt::format("{}~{:016x}", key.substr(0, fitting_utf8(key, kept)), hash);
}

CostRow to_row(CostInfo const& cost, StarmapInfo const& starmap)
{
    auto const per = [&](double amount) { return amount > 0 ? cost.seconds / amount : 0; };
    return {.starmap = starmap.starmap,
            .name = to_text<64>(starmap.name),
            .key = to_text<64>(recorded_key(cost.key)),
            .seconds = cost.seconds,
            .weight = cost.weight,
            .units = cost.units,
            .per_weight = per(cost.weight),
            .per_unit = per(cost.units)};
}

TaskRecord from_row(TaskRow const& row) noexcept
{
    return {.task_no = row.task_no,
            .weight = row.weight,
            .duration = row.duration,
            .received = row.received,
            .mem_gb = row.mem_gb,
            .starmap = row.starmap,
            .items = row.items,
            .start = row.start,
            .wait = row.wait,
            .cpu = row.cpu,
            .sent = row.sent,
            .unpack = row.unpack,
            .pack = row.pack,
            .rank = row.rank,
            .worker = row.worker,
            .attempt = row.attempt,
            .status = row.status,
            .exit_code = row.exit_code,
            // 0: of a version that could not resume. No std::max: a packed row has no references.
            .session = row.session != 0 ? row.session : std::uint16_t{1},
            .cores = row.cores != 0 ? row.cores : 1};
}

StarmapInfo from_row(StarmapRow const& row)
{
    StarmapInfo info;
    info.starmap = row.starmap;
    info.name = from_text(row.name);
    info.tasks = row.tasks;
    info.items = row.items;
    info.start = row.start;
    info.end = row.end;
    info.sent = row.sent;
    info.received = row.received;
    info.policy = from_text(row.policy);
    info.failures = row.failures;
    info.moves = row.moves;
    info.moved_items = row.moved_items;
    return info;
}

WorkerInfo from_row(WorkerRow const& row)
{
    return {.worker = row.worker,
            .rank = row.rank,
            .hostname = from_text(row.hostname),
            .pid = row.pid,
            .cores = row.cores,
            .tasks = row.tasks,
            .busy = row.busy,
            .first = row.first,
            .last = row.last};
}

OperationRecord from_row(OperationRow const& row)
{
    return {.operation = from_text(row.operation),
            .seconds = row.time_sec,
            .memory_mb = row.memory_mb,
            .counts = row.counts,
            .task_no = row.task_no};
}

TaskFailure from_row(FailureRow const& row)
{
    TaskFailure failure;
    failure.task_no = row.task_no;
    failure.starmap = row.starmap;
    failure.rank = row.rank;
    failure.attempt = row.attempt;
    failure.first_item = row.item;
    failure.text = from_text(row.error);
    return failure;
}

// The last number that is never 0 as well: the one row on the edge may be there in part.
bool is_written(TaskRow const& row) noexcept { return row.task_no != 0 && row.attempt != 0; }
bool is_written(StarmapRow const& row) noexcept { return row.starmap != 0; }
bool is_written(WorkerRow const& row) noexcept { return row.pid != 0 || row.hostname[0] != '\0'; }
bool is_written(OperationRow const& row) noexcept { return row.operation[0] != '\0'; }
bool is_written(FailureRow const& row) noexcept { return row.task_no != 0; }
bool is_written(CostRow const& row) noexcept { return row.starmap != 0 && row.units > 0; }

} // namespace starmap::report
