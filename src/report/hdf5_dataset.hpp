#pragma once

#include "report/hdf5_handle.hpp"
#include "report/task_info_schema.hpp"

#include <algorithm>
#include <cstdint>
#include <string>

namespace starmap::report::hdf5 {

/// An extendable table of fixed-length rows. Members throw IoError.
class Dataset {
public:
    Dataset() = default;
    /// `memory_type` is the type of the rows that are handed over.
    Dataset(Handle dataset, Handle memory_type, std::string path);

    std::uint64_t size() const noexcept { return size_; }
    /// Counts only the first `rows` rows as there.
    void cut(std::uint64_t rows) noexcept { size_ = std::min(size_, rows); }
    /// Puts `count` rows behind the last one.
    void append(void const* rows, std::uint64_t count);
    /// Puts one row in the place of the row with that index.
    void replace(std::uint64_t index, void const* row);
    /// Reads `count` rows from `first` on; they have to exist. Columns that the file lacks are left
    /// as they are.
    void read(std::uint64_t first, std::uint64_t count, void* rows) const;

private:
    Handle select(Handle const& space, std::uint64_t first, std::uint64_t count) const;
    void write(std::uint64_t first, std::uint64_t count, void const* rows);

    Handle dataset_;
    Handle memory_type_;
    std::string path_;
    std::uint64_t size_ = 0;
};

} // namespace starmap::report::hdf5
