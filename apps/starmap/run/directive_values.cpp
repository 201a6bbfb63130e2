#include "run/directive_values.hpp"

#include <starmap/error.hpp>

#include <array>
#include <charconv>
#include <cmath>
#include <system_error>

namespace starmap::farm {

namespace {

/// Takes the number at the beginning of `text`, which has no sign and is finite, away from it.
double take_number(std::string_view& text, std::chars_format format)
{
    double value = 0;
    auto const* const begin = text.data();
    auto const [end, error] = std::from_chars(begin, begin + text.size(), value, format);
    if (error == std::errc::result_out_of_range) throw UsageError("it is too large or too small");
    if (error != std::errc{}) throw UsageError("it does not begin with a number");
    if (std::signbit(value)) throw UsageError("it is below 0");
    if (!std::isfinite(value)) throw UsageError("it is no finite number");
    text.remove_prefix(static_cast<std::size_t>(end - begin));
    return value;
}

} // namespace

double weight_from(std::string_view text)
{
    auto const value = take_number(text, std::chars_format::general);
    if (!text.empty()) throw UsageError("it is not a number");
    return value;
}

double timeout_from(std::string_view text)
{
    constexpr double year = 366 * 86400.0;
    constexpr std::string_view units = "dhms";
    constexpr std::array seconds{86400.0, 3600.0, 60.0, 1.0};
    double sum = 0;
    std::size_t next_unit = 0;
    do {
        // Fixed, as an e would begin an exponent. A unit that is left out is seconds.
        auto const value = take_number(text, std::chars_format::fixed);
        auto const unit = text.empty() ? units.size() - 1 : units.find(text.front());
        if (unit == std::string_view::npos || unit < next_unit || next_unit == units.size())
            throw UsageError("it is no number of seconds, nor one with units as in 1h30m or 90s");
        sum += value * seconds.at(unit);
        next_unit = unit + 1;
        text.remove_prefix(text.empty() ? 0 : 1);
    } while (!text.empty());
    if (sum > year) throw UsageError("it is more than a year");
    return sum;
}

std::uint64_t memory_from(std::string_view text)
{
    constexpr std::string_view units = "kmgt";
    constexpr double least = 1 << 20;
    constexpr double most = 1ULL << 60;
    auto value = take_number(text, std::chars_format::fixed);
    if (!text.empty()) {
        auto const unit = units.find(static_cast<char>(text.front() | 0x20));
        auto const rest = text.substr(1);
        if (unit == std::string_view::npos || !(rest.empty() || rest == "B" || rest == "iB"))
            throw UsageError("it is no number of bytes, nor one with K, M, G or T behind it");
        value *= static_cast<double>(1ULL << (10 * (unit + 1)));
    }
    if (value == 0) return 0;
    if (value < least)
        throw UsageError("it is less than 1 MiB, which is less than a program takes");
    if (value > most) throw UsageError("it is too large");
    return static_cast<std::uint64_t>(value);
}

std::string number_text(double value)
{
    std::array<char, 32> digits;
    auto const [end, error] = std::to_chars(digits.data(), digits.data() + digits.size(), value);
    return {digits.data(), end};
}

std::string seconds_text(double seconds)
{
    // The smallest number has 324 digits behind the point, the largest 309 before it.
    std::array<char, 352> digits;
    auto const [end, error] = std::to_chars(digits.data(), digits.data() + digits.size(), seconds,
                                            std::chars_format::fixed);
    return {digits.data(), end};
}

} // namespace starmap::farm
