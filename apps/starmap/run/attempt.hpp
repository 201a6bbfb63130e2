#pragma once

#include "run/command.hpp"
#include "run/environment.hpp"
#include "run/outcome.hpp"
#include "run/running.hpp"

#include <functional>

namespace starmap::farm {

/// Runs a command once: starts it, holds it to its limits and to the deadline (seconds since 1970,
/// infinite for never), takes its output, ends what it leaves behind, and says what became of it.
/// All of `place` but the mark is given. Throws Interrupted when the deadline came first.
Outcome attempt(Command const& command, Running const& how, TaskPlace place,
                std::function<double()> const& deadline);

} // namespace starmap::farm
