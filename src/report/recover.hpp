#pragma once

#include <cstdint>
#include <string>

namespace starmap::report {

/// What recover() found and did.
struct Recovery {
    bool was_needed = false;     ///< false: the file was closed already and is left as it is
    std::uint64_t task_rows = 0; ///< rows of /task_info in it
};

/// Makes the record of a killed run an ordinary file that every HDF5 reader opens. It is copied
/// beside itself and replaced in one step, so that it is never worse than before. Throws UsageError
/// if its run still goes on, IoError if it cannot be read or the copy cannot be written.
Recovery recover(std::string const& path);

} // namespace starmap::report
