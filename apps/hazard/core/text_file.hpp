#pragma once

#include <string>

namespace hazard {

/// All of a file. Throws InputError that says why it cannot be read.
std::string text_of_file(std::string const& path);

/// `other`, as a path that was written in the file `path` is meant: relative to its folder.
std::string beside(std::string const& path, std::string const& other);

} // namespace hazard
