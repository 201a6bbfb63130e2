#pragma once

#include <CLI/CLI.hpp>

#include <string>

namespace starmap::command {

/// Adds a required argument that names a file to be read. HDF5 does not promise to withstand every
/// damaged file: from when it is given on, a crash of this process ends it with a sentence that
/// names the file, and the exit code of a file that cannot be read.
CLI::Option* add_input_file(CLI::App& subcommand, char const* name, std::string& file,
                            char const* description);

} // namespace starmap::command
