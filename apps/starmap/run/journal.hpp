#pragma once

#include "run/command.hpp"
#include "run/outcome.hpp"

#include <array>
#include <cstdint>
#include <string>

namespace starmap::farm {

/// What a journal knows a command by: a hash of its text and of which one of its kind it is.
using CommandId = std::array<std::uint64_t, 2>;
CommandId id_of(Command const& command);

/// Notes in the journal of this node, at once, that a command has ended for good (no attempt is
/// left). Called on the worker by run_command(), so that a farm whose every process is killed the
/// next moment knows of it when it is resumed. One write(2) to a file opened with O_APPEND: the
/// processes of a node share a file, nodes do not. Throws IoError.
void note_end(std::string const& file, CommandId const& id, Outcome const& outcome);

} // namespace starmap::farm
