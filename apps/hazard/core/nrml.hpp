#pragma once

#include "core/sources.hpp"

#include <string>
#include <vector>

namespace hazard {

/// Reads a source model in OpenQuake's NRML 0.5: source groups of pointSource, areaSource and
/// simpleFaultSource. `mfd_bin_width` is that into which truncated Gutenberg-Richter distributions
/// are cut. Throws InputError "FILE:LINE: SENTENCE" for everything it does not know, and for a
/// model without sources.
std::vector<Source> read_source_model(std::string const& path, double mfd_bin_width);

} // namespace hazard
