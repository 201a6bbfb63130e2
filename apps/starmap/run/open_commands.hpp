#pragma once

#include "run/command_source.hpp"
#include "run/farm_request.hpp"

#include <memory>

namespace starmap::farm {

/// The commands that a request names, from their beginning; of standard input and pipes what is
/// still to come. `defaults` holds for those that say nothing else. Throws UsageError and IoError.
std::unique_ptr<CommandSource> open_commands(FarmRequest const& request, Directive const& defaults);

} // namespace starmap::farm
