#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace starmap::farm {

/// The values of directives. Each reader throws UsageError, whose text is only why it is no such
/// value: who calls knows of what.

/// A finite number from 0 on, such as 3, 0.5 or 1e6.
double weight_from(std::string_view text);

/// Seconds: 600, 90s, 10m, 1h30m, 2d or 1.5h, at most a year; 0 for any time.
double timeout_from(std::string_view text);

/// Bytes: a number, with decimals where wanted, and K, M, G or T (powers of 1024; also as KB or
/// KiB; small letters too) behind it. At least 1 MiB, which is less than any program takes; 0 for
/// any size.
std::uint64_t memory_from(std::string_view text);

/// A finite number as text that gives it back to the bit, as short as can be.
std::string number_text(double value);
/// Likewise without an exponent, as timeout_from() reads it.
std::string seconds_text(double seconds);

} // namespace starmap::farm
