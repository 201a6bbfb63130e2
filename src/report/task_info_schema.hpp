#pragma once

#include "report/task_info_rows.hpp"

#include <cstddef>
#include <cstdint>
#include <span>

namespace starmap::report {

/// The type of a column: text of fixed length, a number of that many bytes, or the enum of status.
enum class Kind : std::uint8_t { text, u1, u2, u4, u8, i4, i8, f8, status };

/// A column of a table.
struct Field {
    char const* name;
    Kind kind;
    std::size_t size;   ///< [bytes]
    std::size_t offset; ///< in the row [bytes]
    bool is_later;      ///< records of earlier versions lack it, which is read as 0
};

/// A dataset of the record: its name, its columns in order, and how many rows lie together.
struct Table {
    char const* name;
    std::size_t row_size;
    std::size_t rows_per_chunk;
    std::span<Field const> fields;
};

/// The table whose rows are of this type.
template <class Row>
Table const& table_of() noexcept;
template <>
Table const& table_of<TaskRow>() noexcept;
template <>
Table const& table_of<StarmapRow>() noexcept;
template <>
Table const& table_of<WorkerRow>() noexcept;
template <>
Table const& table_of<OperationRow>() noexcept;
template <>
Table const& table_of<FailureRow>() noexcept;
template <>
Table const& table_of<CostRow>() noexcept;

/// All values of status, in the order of their numbers.
std::span<TaskStatus const> all_statuses() noexcept;

} // namespace starmap::report
