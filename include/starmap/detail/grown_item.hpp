#pragma once

#include <starmap/detail/bytes.hpp>
#include <starmap/serialization.hpp>

#include <cmath>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <optional>
#include <span>
#include <string>
#include <tuple>
#include <type_traits>
#include <typeinfo>
#include <utility>
#include <variant>

/// How the arguments of Emitter::submit become an item of the Starmap: the Emitter knows the types
/// that are passed, the kernel those that are wanted.
namespace starmap::detail {

/// An argument, and the type it has.
struct ArgumentRef {
    void const* value;
    std::type_info const& type;
};

/// Appends the item that these arguments make. Throws UsageError where they make none.
using GrowItem = void (*)(Bytes& out, std::span<ArgumentRef const> arguments);

/// A number of any built-in type.
using AnyNumber = std::variant<std::int64_t, std::uint64_t, long double>;
/// Makes `number` that of an argument that is one, and leaves it empty otherwise. It is not
/// returned, as g++ would note in every program that the ABI of a union with a long double changed
/// in 4.4.
void read_number(ArgumentRef const& argument, std::optional<AnyNumber>& number);
/// The text of a std::string, std::string_view or pointer to characters.
std::optional<std::string> text_in(ArgumentRef const& argument);

[[noreturn]] void refuse_argument(std::size_t place, ArgumentRef const& argument,
                                  std::type_info const& wanted);
[[noreturn]] void refuse_argument_count(std::size_t passed, std::size_t wanted);
[[noreturn]] void refuse_growth_of_apply(Bytes& out, std::span<ArgumentRef const> arguments);

/// `from` as a T; nothing where T is a whole number and cannot hold it.
template <class T, class From>
std::optional<T> converted(From from)
{
    if constexpr (std::is_integral_v<T>) {
        // Both bounds are powers of 2, which all of the types can be compared with.
        auto const limit = std::ldexp(1.0L, std::numeric_limits<T>::digits);
        auto const least = std::is_signed_v<T> ? -limit : 0.0L;
        auto const value = static_cast<long double>(from);
        if (!(value >= least && value < limit) || std::trunc(value) != value) return std::nullopt;
    }
    return static_cast<T>(from);
}

/// Calls `visit` with the argument as a T. Throws UsageError if it is of another type, or a number
/// that T cannot hold.
template <class T, class Visit>
void with_argument(std::size_t place, ArgumentRef const& argument, Visit visit)
{
    if (argument.type == typeid(T)) return visit(*static_cast<T const*>(argument.value));
    if constexpr (std::is_arithmetic_v<T>) {
        std::optional<AnyNumber> number;
        read_number(argument, number);
        if (number)
            if (auto const value =
                    std::visit([](auto from) { return converted<T>(from); }, *number))
                return visit(*value);
    } else if constexpr (std::is_same_v<T, std::string>) {
        if (auto const text = text_in(argument)) return visit(*text);
    }
    refuse_argument(place, argument, typeid(T));
}

/// The item of starmap that is one argument, or the item of map.
template <class Item>
struct ItemGrower {
    static void grow(Bytes& out, std::span<ArgumentRef const> arguments)
    {
        if (arguments.size() != 1) refuse_argument_count(arguments.size(), 1);
        with_argument<Item>(0, arguments[0], [&out](Item const& item) { encode(out, item); });
    }
};

/// The item of starmap that is a tuple of arguments, which then travels as encode() writes it.
template <class... T>
struct ItemGrower<std::tuple<T...>> {
    static void grow(Bytes& out, std::span<ArgumentRef const> arguments)
    {
        if (arguments.size() != sizeof...(T)) refuse_argument_count(arguments.size(), sizeof...(T));
        if constexpr (is_plain<std::tuple<T...>>) {
            each(arguments, [&out](auto const& part) { encode(out, part); });
        } else {
            OutArchive archive(out);
            each(arguments, [&archive](auto const& part) { archive << part; });
        }
    }

private:
    template <class Write>
    static void each(std::span<ArgumentRef const> arguments, Write write)
    {
        std::size_t place = 0;
        ((with_argument<T>(place, arguments[place], write), ++place), ...);
    }
};

} // namespace starmap::detail
