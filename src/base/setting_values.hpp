#pragma once

#include <starmap/error.hpp>

#include <charconv>
#include <cstddef>
#include <span>
#include <string>
#include <string_view>
#include <system_error>

namespace starmap::base {

/// The texts of settings' values turned into values. Each throws UsageError, whose text is only
/// why it is no such value: who calls knows which setting it was.

/// A whole number of decimal digits alone: no sign, blank or fraction.
template <class Unsigned>
Unsigned whole_number(std::string_view text)
{
    Unsigned value{};
    auto const [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (error == std::errc::result_out_of_range) throw UsageError("it is too large");
    if (error != std::errc{} || end != text.data() + text.size())
        throw UsageError("it is not a whole number");
    return value;
}

/// A number from 0 to 100, which may have decimals.
double percentage(std::string_view text);

/// A number of seconds from 0 to a year, which may have decimals.
double duration(std::string_view text);

/// A number of bytes from 1: a whole number, with K, M or G (powers of 1024) behind it or without.
std::size_t byte_count(std::string_view text);
/// The inverse, as short as it can be said exactly: "256M".
std::string byte_text(std::size_t bytes);

/// `text` itself where it is one of `valid`.
std::string choice(std::string_view text, std::span<std::string_view const> valid);

/// "a, b or c".
std::string one_of(std::span<std::string_view const> valid);

} // namespace starmap::base
