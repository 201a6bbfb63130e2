#pragma once

#include "roles/deadline.hpp"

#include <starmap/settings.hpp>

#include <optional>
#include <string>

namespace starmap::detail {

/// One line on stderr.
void print_error(std::string const& text);

/// Settings from environment and arguments. Empty: go on; else the exit code to end with.
std::optional<int> read_settings(Settings& settings, int& argc, char** argv, bool speaks);

/// Until when the work may go on. Asks Slurm, and so comes before MPI.
roles::Deadline::Rules time_rules(Settings const& settings);

} // namespace starmap::detail
