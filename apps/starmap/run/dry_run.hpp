#pragma once

#include "run/farm_request.hpp"

namespace starmap::farm {

/// Prints what a farm would run, in the order in which it would hand it out, as a list that can be
/// run; at the end how many commands these are. Changes nothing and starts no ranks. Throws
/// UsageError and IoError.
void dry_run(FarmRequest const& request);

} // namespace starmap::farm
