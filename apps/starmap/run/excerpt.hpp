#pragma once

#include <string>
#include <string_view>

namespace starmap::farm {

/// A text from outside as it can stand in an error: in double quotes, at most 60 bytes of it and
/// then "...", control characters as "?". No UTF-8 sequence is cut.
std::string excerpt(std::string_view text);

/// The longest beginning of `text` of at most so many bytes that ends between two characters.
std::string_view cut_between_characters(std::string_view text, std::size_t most_bytes);

} // namespace starmap::farm
