#pragma once

#include "report/figures.hpp"

#include <string>

namespace starmap::command {

/// Shows the record of a run that goes on, once a second, until it ends; then its figures. On a
/// terminal in its place, else a line each time.
void follow(std::string const& file, report::FiguresWanted const& wanted);

} // namespace starmap::command
