#pragma once

#include "core/work.hpp"

#include <vector>

namespace hazard {

/// Cuts a source into pieces of at most about 10 ms, by what it is and where the sites are, so
/// always in the same way. Pieces that no site is near to are left out. `area_spacing` [km] is that
/// of area sources which say nothing of it themselves. Throws InputError where a source cannot be
/// cut into a grid.
std::vector<Work> split(Source const& source, Sites const& sites, Calculation const& calculation,
                        double area_spacing);

} // namespace hazard
