#pragma once

#include "report/observer.hpp"

#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace starmap::report {

/// A string of fixed length, null-padded, UTF-8, cut between characters where it is too long.
template <std::size_t N>
using Text = std::array<char, N>;

/// How many leading bytes of `text` fit into `size` without cutting a UTF-8 character in two.
std::size_t fitting_utf8(std::string_view text, std::size_t size) noexcept;

/// The text in its fixed-length form.
template <std::size_t N>
Text<N> to_text(std::string_view text) noexcept
{
    Text<N> fixed{};
    text.copy(fixed.data(), fitting_utf8(text, N));
    return fixed;
}

/// The text without its padding.
template <std::size_t N>
std::string from_text(Text<N> const& fixed)
{
    std::string_view text(fixed.data(), N);
    return std::string(text.substr(0, text.find_last_not_of('\0') + 1));
}

// Rows as they lie in memory and in the file, without padding, so that a batch is written as it
// is. docs/task_info.md has the meaning and unit of each member.
#pragma pack(push, 1)

/// A row of /task_info.
struct TaskRow {
    Text<64> taskname;
    std::uint64_t task_no;
    double weight;
    double duration;
    std::int64_t received;
    double mem_gb;
    std::uint32_t starmap;
    std::uint32_t items;
    double start;
    double wait;
    double cpu;
    std::int64_t sent;
    double unpack;
    double pack;
    std::int32_t rank;
    std::uint32_t worker;
    std::uint16_t attempt;
    TaskStatus status;
    std::int32_t exit_code;
    std::uint16_t session;
    std::uint32_t cores;
};

/// A row of /starmaps.
struct StarmapRow {
    std::uint32_t starmap;
    Text<64> name;
    std::uint64_t tasks;
    std::uint64_t items;
    double start;
    double end;
    std::int64_t sent;
    std::int64_t received;
    Text<16> policy;
    std::uint64_t failures;
    std::uint32_t moves;
    std::uint64_t moved_items;
};

/// A row of /workers.
struct WorkerRow {
    std::uint32_t worker;
    std::int32_t rank;
    Text<64> hostname;
    std::int64_t pid;
    std::uint32_t cores;
    std::uint64_t tasks;
    double busy;
    double first;
    double last;
};

/// A row of /performance_data.
struct OperationRow {
    Text<64> operation;
    double time_sec;
    double memory_mb;
    std::int64_t counts;
    std::uint64_t task_no;
};

/// A row of /failures.
struct FailureRow {
    std::uint64_t task_no;
    std::uint32_t starmap;
    std::int32_t rank;
    std::uint16_t attempt;
    std::uint64_t item;
    Text<512> error;
};

/// A row of /costs.
struct CostRow {
    std::uint32_t starmap;
    Text<64> name;
    Text<64> key;
    double seconds;
    double weight;
    double units;
    double per_weight;
    double per_unit;
};

#pragma pack(pop)

TaskRow to_row(TaskRecord const& record, Text<64> const& name) noexcept;
StarmapRow to_row(StarmapInfo const& info) noexcept;
WorkerRow to_row(WorkerInfo const& info) noexcept;
OperationRow to_row(OperationRecord const& record) noexcept;
FailureRow to_row(TaskFailure const& failure);
CostRow to_row(CostInfo const& cost, StarmapInfo const& starmap);

TaskRecord from_row(TaskRow const& row) noexcept;
StarmapInfo from_row(StarmapRow const& row);
WorkerInfo from_row(WorkerRow const& row);
OperationRecord from_row(OperationRow const& row);
/// The text holds the type as well.
TaskFailure from_row(FailureRow const& row);

/// Whether the row was ever written. After a kill, HDF5 may show rows of zeros behind the last
/// flushed row: their place was made, their content had not yet come.
bool is_written(TaskRow const& row) noexcept;
bool is_written(StarmapRow const& row) noexcept;
bool is_written(WorkerRow const& row) noexcept;
bool is_written(OperationRow const& row) noexcept;
bool is_written(FailureRow const& row) noexcept;
bool is_written(CostRow const& row) noexcept;

/// A key as the record has it: one that is too long keeps its beginning, and a hash of it all tells
/// it from others with that beginning.
std::string recorded_key(std::string const& key);

} // namespace starmap::report
