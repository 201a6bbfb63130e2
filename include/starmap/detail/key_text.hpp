#pragma once

#include <array>
#include <charconv>
#include <cstdint>
#include <string>
#include <string_view>
#include <tuple>
#include <type_traits>

namespace starmap::detail {

/// A key as text that is the same in every run: numbers, texts, enums (as numbers), and pairs,
/// tuples and arrays of these. Of any other type: "#" and `number`, which follows from the order in
/// which the keys first appear.
template <class Key>
std::string key_text(Key const& key, std::uint32_t number)
{
    if constexpr (std::is_enum_v<Key>) {
        return key_text(static_cast<std::underlying_type_t<Key>>(key), number);
    } else if constexpr (std::is_same_v<Key, bool>) {
        return key ? "true" : "false";
    } else if constexpr (std::is_arithmetic_v<Key>) {
        std::array<char, 64> digits{};
        auto* const end = digits.data() + digits.size();
        // Characters as numbers too: + makes an int of what is shorter.
        return {digits.data(), std::to_chars(digits.data(), end, +key).ptr};
    } else if constexpr (std::is_convertible_v<Key const&, std::string_view>) {
        return std::string(std::string_view(key));
    } else if constexpr (requires { std::tuple_size<Key>::value; }) {
        std::string text;
        std::apply(
            [&](auto const&... parts) {
                ((text += (text.empty() ? "" : ",") + key_text(parts, number)), ...);
            },
            key);
        return text;
    } else {
        return "#" + std::to_string(number);
    }
}

} // namespace starmap::detail
