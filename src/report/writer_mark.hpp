#pragma once

#include <filesystem>

namespace starmap::report {

/// Marks a file as being written by a living process, by a lock that ends with the process however
/// that ends. It tells a run that goes on from one that was killed; where the file system knows no
/// locks, it says nothing. Neither HDF5 nor its readers are hindered by it.
class WriterMark {
public:
    WriterMark() = default;
    /// Marks an existing file.
    explicit WriterMark(std::filesystem::path const& path) noexcept;
    WriterMark(WriterMark&& other) noexcept;
    WriterMark& operator=(WriterMark&& other) noexcept;
    ~WriterMark();

private:
    int descriptor_ = -1;
};

/// Whether the file bears the mark of a living writer.
bool is_being_written(std::filesystem::path const& path) noexcept;

} // namespace starmap::report
