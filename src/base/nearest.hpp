#pragma once

#include <span>
#include <string>
#include <string_view>

namespace starmap::base {

/// The candidate that takes the fewest single-character edits (insert, remove, replace, swap two
/// neighbours) to become `word`, the first one where several do. Empty where even the best takes
/// more edits than half of the longer of the two: then a suggestion would only confuse.
std::string nearest(std::string_view word, std::span<std::string const> candidates);

} // namespace starmap::base
