#pragma once

#include <string>
#include <type_traits>

namespace starmap {

namespace detail {
std::string humansize_text(double bytes);
} // namespace detail

/// A number of bytes for people: "0 B", "1.5 KB", "1.18 MB", in powers of 1024 up to PB, with at
/// most two decimals. A negative number keeps its sign.
template <class Number>
requires std::is_arithmetic_v<Number> std::string humansize(Number bytes)
{
    return detail::humansize_text(static_cast<double>(bytes));
}

} // namespace starmap
