#pragma once

#include "run/command.hpp"
#include "run/directive.hpp"

#include <string>

namespace starmap::farm {

/// What a list says of a command beyond its text: all in which it differs from one to which only
/// `defaults` were applied. Its name is said unless it is what the text is called by itself.
Directive directive_of(Command const& command, Directive const& defaults = {});

/// The command as a list has it, so that it is read again as the same with the same defaults: its
/// text as a line, with a line for its directive in front where it has one. (Not behind it: the
/// text for a shell may end in a comment.)
std::string line_of(Command const& command, Directive const& defaults = {});

} // namespace starmap::farm
