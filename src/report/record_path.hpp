#pragma once

#include <filesystem>

namespace starmap::report {

/// Throws IoError with the reason if no record can be made at `path`: its directory is missing, is
/// none or takes no new file, or something that is no ordinary file is in the way. Leaves no trace.
void check_writable(std::filesystem::path const& path);

/// A name in the same directory, of this process alone, for a file that is not ready to be seen.
std::filesystem::path hidden_name(std::filesystem::path const& path);

/// The n-th older record: task_info.h5 gives task_info.1.h5, task_info.2.h5 and so on.
std::filesystem::path older_name(std::filesystem::path const& path, unsigned n);

/// Gives the file `hidden` its name `path`; what was there before is moved to the first older
/// name that is free. No file is overwritten, even if two programs do this at once. Throws IoError.
void publish(std::filesystem::path const& hidden, std::filesystem::path const& path);

} // namespace starmap::report
