#pragma once

#include "report/hdf5_handle.hpp"
#include "report/task_info_schema.hpp"

namespace starmap::report::hdf5 {

/// Whether a type describes bytes in the file (little-endian on every machine) or in memory.
enum class Place { file, memory };

/// The compound type of the rows of a table.
Handle row_type(Table const& table, Place place);

/// The type of a text of that many bytes: null-padded UTF-8.
Handle text_type(std::size_t size);

/// The type of a single number; not for texts.
Handle number_type(Kind kind, Place place);

} // namespace starmap::report::hdf5
