#include "core/numbers.hpp"

#include "core/input_error.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>

namespace hazard {

namespace {
constexpr std::string_view blanks = " \t\r\n";
constexpr std::string_view separators = " \t\r\n,";
} // namespace

std::string text_of(double value)
{
    std::array<char, 32> buffer;
    auto const end = std::to_chars(buffer.data(), buffer.data() + buffer.size(), value).ptr;
    return {buffer.data(), end};
}

std::string_view trimmed(std::string_view text)
{
    auto const first = text.find_first_not_of(blanks);
    if (first == std::string_view::npos) return {};
    return text.substr(first, text.find_last_not_of(blanks) - first + 1);
}

std::optional<double> number_in(std::string_view text)
{
    text = trimmed(text);
    if (text.starts_with('+')) text.remove_prefix(1);
    double value = 0;
    auto const [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (error != std::errc{} || end != text.data() + text.size() || !std::isfinite(value))
        return std::nullopt;
    return value;
}

std::vector<double> numbers_in(std::string_view text)
{
    std::vector<double> values;
    for (;;) {
        text.remove_prefix(std::min(text.find_first_not_of(separators), text.size()));
        if (text.empty()) return values;
        auto const word = text.substr(0, text.find_first_of(separators));
        auto const value = number_in(word);
        if (!value)
            throw InputError("\"" + std::string(word) +
                             "\" is not a finite number: write numbers parted by blanks");
        values.push_back(*value);
        text.remove_prefix(word.size());
    }
}

} // namespace hazard
