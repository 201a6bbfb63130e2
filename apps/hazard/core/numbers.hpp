#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace hazard {

/// The shortest text that reads back as the same number.
std::string text_of(double value);
/// The number that is the whole text but for blanks around it; nothing for anything else, and for
/// what is not finite.
std::optional<double> number_in(std::string_view text);
/// Numbers parted by blanks, or by commas and blanks. Throws InputError that names the word that is
/// none.
std::vector<double> numbers_in(std::string_view text);

/// Without blanks at both ends.
std::string_view trimmed(std::string_view text);

} // namespace hazard
