#pragma once

#include <starmap/detail/raw.hpp>
#include <starmap/detail/serializable.hpp>

#include <array>
#include <cstddef>
#include <deque>
#include <functional>
#include <list>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <span>
#include <string_view>
#include <tuple>
#include <type_traits>
#include <unordered_map>
#include <unordered_set>
#include <utility>
#include <valarray>
#include <variant>
#include <vector>

/// What can travel between ranks, and what must be refused when compiled.
namespace starmap {

template <class K, class V>
class AccumDict;

namespace detail {

/// The types of the values that a value of type T is made of, as a tuple; T itself where we cannot
/// look inside.
template <class T>
struct Parts {
    using type = T;
};
template <class T>
struct PartsOfOne {
    using type = std::tuple<T>;
};
template <class K, class V>
struct PartsOfTwo {
    using type = std::tuple<K, V>;
};
// clang-format off
template <class... T> struct Parts<std::tuple<T...>> { using type = std::tuple<T...>; };
template <class... T> struct Parts<std::variant<T...>> { using type = std::tuple<T...>; };
template <class T, class U> struct Parts<std::pair<T, U>> : PartsOfTwo<T, U> {};
template <class T> struct Parts<std::optional<T>> : PartsOfOne<T> {};
template <class T, std::size_t n> struct Parts<std::array<T, n>> : PartsOfOne<T> {};
template <class T> struct Parts<std::valarray<T>> : PartsOfOne<T> {};
template <class T, class A> struct Parts<std::vector<T, A>> : PartsOfOne<T> {};
template <class T, class A> struct Parts<std::deque<T, A>> : PartsOfOne<T> {};
template <class T, class A> struct Parts<std::list<T, A>> : PartsOfOne<T> {};
template <class T, class... A> struct Parts<std::set<T, A...>> : PartsOfOne<T> {};
template <class T, class... A> struct Parts<std::multiset<T, A...>> : PartsOfOne<T> {};
template <class T, class... A> struct Parts<std::unordered_set<T, A...>> : PartsOfOne<T> {};
template <class T, class... A> struct Parts<std::unordered_multiset<T, A...>> : PartsOfOne<T> {};
template <class K, class V, class... A> struct Parts<std::map<K, V, A...>> : PartsOfTwo<K, V> {};
template <class K, class V, class... A>
struct Parts<std::multimap<K, V, A...>> : PartsOfTwo<K, V> {};
template <class K, class V, class... A>
struct Parts<std::unordered_map<K, V, A...>> : PartsOfTwo<K, V> {};
template <class K, class V, class... A>
struct Parts<std::unordered_multimap<K, V, A...>> : PartsOfTwo<K, V> {};
template <class K, class V> struct Parts<AccumDict<K, V>> : PartsOfTwo<K, V> {};
// clang-format on

template <class T>
inline constexpr bool is_view = false;
template <class T, std::size_t n>
inline constexpr bool is_view<std::span<T, n>> = true;
template <class C, class Traits>
inline constexpr bool is_view<std::basic_string_view<C, Traits>> = true;
template <class T>
inline constexpr bool is_view<std::reference_wrapper<T>> = true;

template <class T>
struct Pointee;
template <class T>
struct Pointee<std::shared_ptr<T>> : std::type_identity<T> {
};
template <class T>
struct Pointee<std::unique_ptr<T>> : std::type_identity<T> {
};
template <class T>
concept Owns = requires
{
    typename Pointee<T>::type;
};

template <class T>
constexpr bool points_elsewhere();

/// Stands for a member of an aggregate of type Whole, whatever its type is. Making one that points
/// elsewhere counts as something that may throw, unless `quiet`: so it can be asked for. (Were it
/// impossible, the compiler would look for members inside the member.)
template <class Whole, bool quiet>
struct Member {
    template <class T>
    requires(!std::is_same_v<T, Whole>) operator T() const
        noexcept(quiet || !points_elsewhere<T>());
};

/// Elements of an aggregate that are looked at, those of arrays inside it counted one by one.
inline constexpr std::size_t most_members = 32;

// No value is ever made here, so it is no matter which conversion or which braces would make it.
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wconversion"
#pragma GCC diagnostic ignored "-Wmissing-braces"

/// The number of members that can be given to an aggregate, but no more than looked at.
template <class T, std::size_t... i>
constexpr std::size_t count_members(std::index_sequence<i...>)
{
    if constexpr (sizeof...(i) == most_members)
        return most_members;
    else if constexpr (requires {
                           T{(static_cast<void>(i), Member<T, true>())..., Member<T, true>()};
                       })
        return count_members<T>(std::make_index_sequence<sizeof...(i) + 1>());
    else
        return sizeof...(i);
}

template <class T, std::size_t... i>
constexpr bool has_pointing_member(std::index_sequence<i...>)
{
    return noexcept(T{(static_cast<void>(i), Member<T, true>())...}) &&
           !noexcept(T{(static_cast<void>(i), Member<T, false>())...});
}

#pragma GCC diagnostic pop

template <class T>
inline constexpr bool part_points_elsewhere = false;
template <class... T>
inline constexpr bool part_points_elsewhere<std::tuple<T...>> = (points_elsewhere<T>() || ...);

/// True for pointers and views, and for what is known to hold one and to travel as its bytes. Not
/// found are pointers in unions, in classes with constructors that are members of an aggregate, and
/// behind the first 32 members.
template <class T>
constexpr bool points_elsewhere()
{
    using Inside = typename Parts<T>::type;
    if constexpr (std::is_pointer_v<T> || std::is_member_pointer_v<T> ||
                  std::is_null_pointer_v<T> || std::is_reference_v<T> || is_view<T>)
        return true;
    else if constexpr (std::is_array_v<T>)
        return points_elsewhere<std::remove_extent_t<T>>();
    else if constexpr (!std::is_same_v<Inside, T> || is_specialization<T, std::tuple>)
        return part_points_elsewhere<Inside>;
    else if constexpr (std::is_class_v<T> && TravelsRaw<T> && !IsRawStdType<T>::value)
        return has_pointing_member<T>(
            std::make_index_sequence<count_members<T>(std::index_sequence<>())>());
    else
        return false;
}

template <class T>
constexpr bool says_how_to_travel();

template <class T>
inline constexpr bool parts_say_how_to_travel = false;
template <class... T>
inline constexpr bool parts_say_how_to_travel<std::tuple<T...>> = (says_how_to_travel<T>() && ...);

/// True for what our archives and Boost's can write, as far as the types of its parts are known.
template <class T>
constexpr bool says_how_to_travel()
{
    using Inside = typename Parts<T>::type;
    if constexpr (points_elsewhere<T>())
        return true; // this has a sentence of its own
    else if constexpr (!std::is_same_v<Inside, T> || is_specialization<T, std::tuple>)
        return parts_say_how_to_travel<Inside>;
    else if constexpr (Owns<T>)
        return std::is_class_v<typename Pointee<T>::type> &&
               is_serializable<typename Pointee<T>::type>;
    else
        return TravelsRaw<T> || packs_itself<T> || is_serializable<T>;
}

/// Refuses, with a sentence, what cannot travel.
template <class... T>
struct CheckedTravel {
    static_assert(
        !(points_elsewhere<T>() || ...),
        "A pointer or a view (std::string_view, std::span) cannot travel, alone or inside "
        "a struct, as what it points at stays in the memory of one rank. Send the values "
        "themselves, a std::string or std::vector say, or give the struct a serialize().");
    static_assert((says_how_to_travel<T>() && ...),
                  "An item, argument or result cannot travel (its type, or one inside it, has no "
                  "serialize()). Give the type a public member serialize(Archive&, unsigned); or "
                  "send something else, if it is a std::function, a thread or a mutex.");
    static constexpr bool ok = !(points_elsewhere<T>() || ...) && (says_how_to_travel<T>() && ...);
};

} // namespace detail
} // namespace starmap
