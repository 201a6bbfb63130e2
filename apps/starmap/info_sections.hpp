#pragma once

#include "report/figures.hpp"

#include <cstddef>
#include <iterator>
#include <string>

namespace starmap::command {

/// The text that sections are added to.
using Out = std::back_insert_iterator<std::string>;

/// How many attempts failed, and the first `most` of them.
void add_failures(Out out, report::Figures const& figures, std::size_t most);

} // namespace starmap::command
