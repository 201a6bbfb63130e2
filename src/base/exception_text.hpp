#pragma once

#include <string>

namespace starmap::base {

/// In a catch block: what the exception being handled says of itself, or that it says nothing.
std::string current_exception_text();

} // namespace starmap::base
