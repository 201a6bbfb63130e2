#pragma once

#include "report/hdf5_handle.hpp"
#include "report/task_info_schema.hpp"

namespace starmap::report::hdf5 {

/// Whether a type describes bytes in the file (little-endian on every machine) or in memory.
enum class Place { file, memory };

/// The compound type of the rows of a table.
Handle row_type(Table const& table, Place place);

/// The same in memory, of those columns only that `stored` has too.
Handle common_row_type(Table const& table, Handle const& stored);

/// Why rows of the type that a file has cannot be read as those of the table; empty if they can.
/// Columns that come later may lack. HDF5 itself trusts the file, and reads out of bounds if that
/// is damaged.
std::string why_unreadable(Table const& table, Handle const& stored);

/// The type of a text of that many bytes: null-padded UTF-8.
Handle text_type(std::size_t size);

/// The type of a single number; not for texts.
Handle number_type(Kind kind, Place place);

} // namespace starmap::report::hdf5
