#pragma once

#include <string>

namespace starmap::farm {

/// Says on stderr what is wrong, as the command does it; gives back the exit code.
int complain(std::string const& text, int code);

} // namespace starmap::farm
