#include "run/number_range.hpp"

#include "run/excerpt.hpp"

#include <starmap/error.hpp>

#include <algorithm>
#include <array>
#include <charconv>
#include <cstdlib>
#include <system_error>

namespace starmap::farm {

namespace {

constexpr int most_digits = 18;

bool digit(char each) noexcept { return each >= '0' && each <= '9'; }

/// mantissa * 10^exponent, the mantissa without zeros at its end.
struct Decimal {
    std::int64_t mantissa = 0;
    int exponent = 0;
    bool plain = true;        ///< neither point nor exponent
    bool zero_padded = false; ///< begins with a zero that is not needed
};

[[noreturn]] void refuse_number(std::string_view text)
{
    throw UsageError(excerpt(text) + " is no number of at most 18 digits");
}

Decimal decimal_from(std::string_view const text)
{
    Decimal number;
    if (text.size() > 100) refuse_number(text);
    auto rest = text;
    auto const negative = rest.starts_with('-');
    if (negative || rest.starts_with('+')) rest.remove_prefix(1);
    number.zero_padded = rest.size() > 1 && rest[0] == '0' && digit(rest[1]);
    auto const mantissa = rest.substr(0, rest.find_first_of("eE"));
    if (mantissa.size() < rest.size()) {
        auto power = rest.substr(mantissa.size() + 1);
        if (power.starts_with('+')) power.remove_prefix(1);
        auto const [end, error] =
            std::from_chars(power.data(), power.data() + power.size(), number.exponent);
        if (error != std::errc{} || end != power.data() + power.size() ||
            std::abs(number.exponent) > 2 * most_digits)
            refuse_number(text);
    }
    auto const point = mantissa.find('.');
    number.plain = point == std::string_view::npos && mantissa.size() == rest.size();
    std::string digits(mantissa);
    if (point != std::string_view::npos) {
        digits.erase(point, 1);
        number.exponent -= static_cast<int>(digits.size() - point);
    }
    if (digits.empty() || !std::ranges::all_of(digits, digit)) refuse_number(text);
    while (digits.size() > 1 && digits.back() == '0') {
        digits.pop_back();
        ++number.exponent;
    }
    digits.erase(0, std::min(digits.find_first_not_of('0'), digits.size() - 1));
    if (digits.size() > most_digits) refuse_number(text);
    std::from_chars(digits.data(), digits.data() + digits.size(), number.mantissa);
    if (number.mantissa == 0) number.exponent = 0;
    if (negative) number.mantissa = -number.mantissa;
    return number;
}

/// In units of 10^-decimals.
std::int64_t scaled(Decimal const& number, int decimals, std::string_view text)
{
    constexpr std::int64_t most = 1'000'000'000'000'000'000; // 10^18: a difference of two fits
    auto value = number.mantissa;
    for (auto power = number.mantissa == 0 ? 0 : number.exponent + decimals; power > 0; --power) {
        if (std::abs(value) > most / 10) refuse_number(text);
        value *= 10;
    }
    return value;
}

} // namespace

NumberRange::NumberRange(std::string_view text)
{
    constexpr std::string_view dots = "..";
    std::array<std::string_view, 3> parts{"", "", "1"};
    auto const at = text.find(dots);
    if (at == std::string_view::npos) throw UsageError("it has no .. in it");
    parts[0] = text.substr(0, at);
    parts[1] = text.substr(at + dots.size());
    if (auto const next = parts[1].find(dots, 1); next != std::string_view::npos) {
        parts[2] = parts[1].substr(next + dots.size());
        parts[1] = parts[1].substr(0, next);
    }
    std::array<Decimal, 3> numbers;
    int decimals = 0;
    for (std::size_t i = 0; i < parts.size(); ++i) {
        numbers[i] = decimal_from(parts[i]);
        decimals = std::max(decimals, -numbers[i].exponent);
    }
    decimals_ = static_cast<std::size_t>(decimals);
    first_ = scaled(numbers[0], decimals, parts[0]);
    auto const last = scaled(numbers[1], decimals, parts[1]);
    auto const step = std::abs(scaled(numbers[2], decimals, parts[2]));
    if (step == 0) throw UsageError("its step is 0");
    step_ = last < first_ ? -step : step;
    size_ = static_cast<std::uint64_t>(std::abs(last - first_) / step) + 1;
    auto const padded = numbers[0].zero_padded || numbers[1].zero_padded;
    if (padded && std::ranges::all_of(numbers, &Decimal::plain))
        width_ = std::max(parts[0].size(), parts[1].size());
}

std::string NumberRange::operator[](std::uint64_t index) const
{
    auto const value = first_ + static_cast<std::int64_t>(index) * step_;
    auto text = std::to_string(std::abs(value));
    if (decimals_ > 0) {
        if (text.size() <= decimals_) text.insert(0, decimals_ + 1 - text.size(), '0');
        text.insert(text.size() - decimals_, ".");
        text.erase(text.find_last_not_of('0') + 1);
        if (text.back() == '.') text.pop_back();
    }
    auto const sign = value < 0 ? std::size_t{1} : 0;
    if (text.size() + sign < width_) text.insert(0, width_ - sign - text.size(), '0');
    return value < 0 ? "-" + text : text;
}

} // namespace starmap::farm
