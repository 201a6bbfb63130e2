#pragma once

#include "report/hdf5_dataset.hpp"
#include "report/hdf5_handle.hpp"

#include <cstdint>
#include <string>

namespace starmap::report::hdf5 {

/// How an existing file is opened.
enum class Access {
    plain, ///< as any reader does: refuses a file that was never closed
    live   ///< beside its writer, or after that was killed (SWMR)
};

/// An HDF5 file of fixed-length datasets and root attributes. Members throw IoError.
class File {
public:
    /// Makes a new file in the format that a killed writer leaves readable.
    static File create(std::string const& path);
    static File open(std::string const& path, Access access);

    std::string const& path() const noexcept { return path_; }

    void add_text(char const* name, std::string const& value);
    void add_number(char const* name, Kind kind, std::uint64_t value);
    /// Overwrites an existing attribute.
    void set_number(char const* name, std::uint64_t value);
    bool has_attribute(char const* name) const;
    std::string text(char const* name) const;
    std::uint64_t number(char const* name) const;

    Dataset add_dataset(Table const& table);
    /// The dataset of that name, to be read; throws where it is missing or lacks a column that all
    /// versions have.
    Dataset dataset(Table const& table) const;
    bool has_dataset(char const* name) const;

    /// From here on the file can be read at any moment; nothing can be added to it but rows.
    void start_live_writing();
    /// Hands all rows written so far to the operating system, in an order that a kill at any
    /// moment leaves consistent.
    void flush();
    /// Closes it; datasets have to be closed before.
    void close();
    /// Keeps anything more from reaching the file on disk: what HDF5 still has to write goes to
    /// memory, so that after a full disk closing succeeds, and the file stays as if killed.
    void divert() noexcept;

private:
    File(Handle file, std::string path, Access access = Access::plain)
        : file_(std::move(file)),
          path_(std::move(path)),
          access_(access)
    {
    }

    /// One that is a single value.
    Handle attribute(char const* name) const;

    Handle file_;
    std::string path_;
    Access access_;
};

} // namespace starmap::report::hdf5
