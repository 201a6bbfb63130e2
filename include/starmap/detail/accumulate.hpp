#pragma once

#include <starmap/error.hpp>

#include <array>
#include <concepts>
#include <cstddef>
#include <ostream>
#include <sstream>
#include <string>
#include <type_traits>
#include <utility>
#include <valarray>
#include <vector>

namespace starmap {
template <class K, class V>
class AccumDict;
}

/// Addition, subtraction and multiplication of the values of an AccumDict: of numbers, and element
/// by element of whatever is made of them.
namespace starmap::detail {

template <class V>
inline constexpr bool is_accum_dict = false;
template <class K, class V>
inline constexpr bool is_accum_dict<AccumDict<K, V>> = true;

template <class V>
inline constexpr bool is_resizable = false; ///< an empty one counts as zero
template <class T, class A>
inline constexpr bool is_resizable<std::vector<T, A>> = true;
template <class T>
inline constexpr bool is_resizable<std::valarray<T>> = true;

template <class V>
inline constexpr bool is_fixed_array = false;
template <class T, std::size_t N>
inline constexpr bool is_fixed_array<std::array<T, N>> = true;

template <class V>
inline constexpr bool is_sequence = is_resizable<V> || is_fixed_array<V>;

/// What the elements of the elements ... of a value are in the end.
template <class V>
struct LeafOf {
    using type = V;
};
template <class V>
requires is_sequence<V>
struct LeafOf<V> : LeafOf<typename V::value_type> {
};
template <class K, class V>
struct LeafOf<AccumDict<K, V>> : LeafOf<V> {
};
template <class V>
using Leaf = typename LeafOf<V>::type;

/// A number that can be added to or multiplied with each leaf of V. A fraction does not go with
/// whole numbers: it would be cut off.
template <class S, class V>
concept ScalarFor = (std::is_arithmetic_v<S> || std::same_as<S, Leaf<V>>)&&!(
    std::is_floating_point_v<S> && std::is_integral_v<Leaf<V>>)&&requires(Leaf<V> & leaf,
                                                                          S const& scalar)
{
    leaf *= scalar;
};

/// Where a value lies: its key, and that of the dictionary around it. Lives on the stack, and costs
/// nothing unless an error is told.
struct KeyPath {
    KeyPath const* outer;
    void const* key;
    void (*print)(std::ostream&, void const*);
};

template <class K>
void print_key(std::ostream& out, void const* key)
{
    [[maybe_unused]] K const& value = *static_cast<K const*>(key);
    if constexpr (std::is_same_v<K, signed char> || std::is_same_v<K, unsigned char>)
        out << static_cast<int>(value);
    else if constexpr (requires { out << value; })
        out << value;
    else
        out << '?';
}

inline void print_path(std::ostream& out, KeyPath const& path)
{
    if (path.outer != nullptr) {
        print_path(out, *path.outer);
        out << " > ";
    }
    path.print(out, path.key);
}

[[noreturn]] inline void refuse_sizes(std::size_t left, std::size_t right, char const* verb,
                                      KeyPath const& path)
{
    std::ostringstream text;
    text << "the values of key ";
    print_path(text, path);
    text << " cannot be " << verb << " (one has " << left << " elements, the other " << right
         << "): give them the same size, or none, which counts as zero";
    throw UsageError(text.str());
}

/// The operations on leaves. For numbers narrower than int the result is cast back.
struct Plus {
    static constexpr char const* verb = "added";
    template <class L, class R>
    static void apply(L& into, R&& from)
    {
        if constexpr (std::is_arithmetic_v<L>)
            into = static_cast<L>(into + static_cast<L>(from));
        else if constexpr (requires { into += std::forward<R>(from); })
            into += std::forward<R>(from);
        else {
            static_assert(
                requires { into = std::move(into) + std::forward<R>(from); },
                "AccumDict adds values that have += or +: give the value type one");
            into = std::move(into) + std::forward<R>(from);
        }
    }
};
struct Minus {
    static constexpr char const* verb = "subtracted";
    template <class L, class R>
    static void apply(L& into, R const& from)
    {
        if constexpr (std::is_arithmetic_v<L>)
            into = static_cast<L>(into - static_cast<L>(from));
        else
            into -= from;
    }
};
struct Times {
    static constexpr char const* verb = "multiplied";
    template <class L, class R>
    static void apply(L& into, R const& from)
    {
        if constexpr (std::is_arithmetic_v<L>)
            into = static_cast<L>(into * static_cast<L>(from));
        else
            into *= from;
    }
};

struct Over {
    template <class L, class R>
    static void apply(L& into, R const& from)
    {
        if constexpr (std::is_integral_v<L>)
            if (static_cast<L>(from) == 0)
                throw UsageError("an AccumDict of whole numbers was divided by 0 (there is no such "
                                 "whole number): test the divisor, or use values of type double");
        if constexpr (std::is_arithmetic_v<L>)
            into = static_cast<L>(into / static_cast<L>(from));
        else
            into /= from;
    }
};

template <class L>
L negated(L const& leaf)
{
    return static_cast<L>(-leaf);
}

template <class S, class L>
L difference(S const& scalar, L const& leaf)
{
    if constexpr (std::is_arithmetic_v<L>)
        return static_cast<L>(static_cast<L>(scalar) - leaf);
    else
        return static_cast<L>(scalar - leaf);
}

/// Calls f(leaf) for every leaf of the value.
template <class V, class F>
void for_each_leaf(V& value, F const& f)
{
    if constexpr (is_accum_dict<V>) {
        for (auto& entry : value) for_each_leaf(entry.second, f);
    } else if constexpr (is_sequence<V>) {
        for (auto& element : value) for_each_leaf(element, f);
    } else {
        f(value);
    }
}

template <class V>
void set_zero(V& value)
{
    for_each_leaf(value, [](auto& leaf) { leaf = std::remove_cvref_t<decltype(leaf)>{}; });
}

/// into = into Op from. `from` may be `into` itself; as an rvalue it may be emptied.
template <class Op, class V, class From>
void combine(V& into, From&& from, KeyPath const& path)
{
    constexpr bool may_move = std::is_same_v<Op, Plus> && !std::is_lvalue_reference_v<From>;
    if constexpr (is_accum_dict<V>) {
        into.template combine<Op>(std::forward<From>(from), &path);
    } else if constexpr (is_sequence<V>) {
        if constexpr (is_resizable<V>) {
            if (from.size() == 0) {
                if constexpr (std::is_same_v<Op, Times>) set_zero(into);
                return;
            }
            if (into.size() == 0) {
                if constexpr (std::is_same_v<Op, Minus>) {
                    into.resize(from.size());
                } else {
                    into = std::forward<From>(from);
                    if constexpr (std::is_same_v<Op, Times>) set_zero(into);
                    return;
                }
            }
            if (into.size() != from.size()) refuse_sizes(into.size(), from.size(), Op::verb, path);
        }
        for (std::size_t i = 0; i < into.size(); ++i) {
            if constexpr (may_move)
                combine<Op>(into[i], std::move(from[i]), path);
            else
                combine<Op>(into[i], from[i], path);
        }
    } else if constexpr (may_move) {
        Op::apply(into, std::move(from));
    } else {
        Op::apply(into, std::as_const(from));
    }
}

} // namespace starmap::detail
