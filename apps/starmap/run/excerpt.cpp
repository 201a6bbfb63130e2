#include "run/excerpt.hpp"

#include <cstddef>

namespace starmap::farm {

std::string_view cut_between_characters(std::string_view text, std::size_t most_bytes)
{
    if (text.size() <= most_bytes) return text;
    auto end = most_bytes;
    // What begins with the bits 10 goes on with a character; such a character has at most 4 bytes.
    while (end > 0 && most_bytes - end < 4 && (static_cast<unsigned char>(text[end]) >> 6) == 2)
        --end;
    return text.substr(0, end);
}

std::string excerpt(std::string_view text)
{
    constexpr std::size_t most_bytes = 60;
    std::string shown = "\"";
    for (auto const each : cut_between_characters(text, most_bytes)) {
        auto const byte = static_cast<unsigned char>(each);
        shown += byte < 0x20 || byte == 0x7f ? '?' : each;
    }
    return shown.append(text.size() > most_bytes ? "...\"" : "\"");
}

} // namespace starmap::farm
