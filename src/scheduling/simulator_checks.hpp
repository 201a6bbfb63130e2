#pragma once

#include "scheduling/simulator.hpp"

namespace starmap::scheduling {

/// Throws UsageError when the arguments of simulate() do not go together.
void check(SimulatedWork const& work, SimulatedMachine const& machine);

} // namespace starmap::scheduling
