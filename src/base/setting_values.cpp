#include "base/setting_values.hpp"

#include "base/nearest.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <vector>

namespace starmap::base {

namespace {

double number(std::string_view text)
{
    double value = 0;
    auto const [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (error != std::errc{} || end != text.data() + text.size())
        throw UsageError("it is not a number");
    return value;
}

} // namespace

double percentage(std::string_view text)
{
    auto const value = number(text);
    if (!(value >= 0 && value <= 100)) throw UsageError("it is not between 0 and 100");
    return value;
}

double duration(std::string_view text)
{
    constexpr double year = 366 * 86400.0;
    auto const value = number(text);
    if (!(value >= 0 && value <= year)) throw UsageError("it is not between 0 and a year");
    return value;
}

std::size_t byte_count(std::string_view text)
{
    constexpr std::string_view suffixes = "KMG";
    std::size_t unit = 1;
    if (auto const at = text.empty() ? std::string_view::npos : suffixes.find(text.back());
        at != std::string_view::npos) {
        unit = std::size_t{1} << (10 * (at + 1));
        text.remove_suffix(1);
    }
    auto const count = whole_number<std::size_t>(text);
    if (count == 0) throw UsageError("it is 0");
    if (count > std::numeric_limits<std::size_t>::max() / unit) throw UsageError("it is too large");
    return count * unit;
}

std::string byte_text(std::size_t bytes)
{
    constexpr std::string_view suffixes = "KMG";
    std::string suffix;
    for (auto const each : suffixes) {
        if (bytes == 0 || bytes % 1024 != 0) break;
        bytes /= 1024;
        suffix = each;
    }
    return std::to_string(bytes) + suffix;
}

std::string choice(std::string_view text, std::span<std::string_view const> valid)
{
    if (std::find(valid.begin(), valid.end(), text) != valid.end()) return std::string(text);
    std::vector<std::string> const names(valid.begin(), valid.end());
    auto const close = nearest(text, names);
    throw UsageError(close.empty() ? std::string("there is no such value")
                                   : "did you mean \"" + close + "\"?");
}

std::string one_of(std::span<std::string_view const> valid)
{
    std::string text;
    for (std::size_t i = 0; i < valid.size(); ++i) {
        if (i > 0) text += i + 1 == valid.size() ? " or " : ", ";
        text += valid[i];
    }
    return text;
}

} // namespace starmap::base
