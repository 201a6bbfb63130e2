#pragma once

#include "wire/frame.hpp"

#include <starmap/detail/chunk_run.hpp>

namespace starmap::roles {

/// What is told of units that no worker can tell of: one failure and one row for all. `head` is
/// that of the first; the failure brings count, weight and cause.
wire::Result lost_units(detail::UnitHead const& head, detail::UnitFailure failure, double start,
                        double duration);

} // namespace starmap::roles
