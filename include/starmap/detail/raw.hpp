#pragma once

#include <starmap/detail/serializable.hpp>

#include <array>
#include <chrono>
#include <complex>
#include <cstddef>
#include <type_traits>
#include <vector>

namespace starmap::detail {

template <class T>
struct IsStdArray : std::false_type {
};
template <class T, std::size_t N>
struct IsStdArray<std::array<T, N>> : std::true_type {
    using Element = T;
};

template <class T>
struct IsRawStdType : std::false_type {
};
template <class T>
struct IsRawStdType<std::complex<T>> : std::is_arithmetic<T> {
};
template <class Rep, class Period>
struct IsRawStdType<std::chrono::duration<Rep, Period>> : std::is_arithmetic<Rep> {
};
template <class Clock, class Duration>
struct IsRawStdType<std::chrono::time_point<Clock, Duration>> : IsRawStdType<Duration> {
};

template <class T>
constexpr bool travels_raw()
{
    if constexpr (std::is_const_v<T> || std::is_volatile_v<T>)
        return false;
    else if constexpr (std::is_arithmetic_v<T> || std::is_enum_v<T> || IsRawStdType<T>::value)
        return true;
    else if constexpr (std::is_array_v<T>)
        return travels_raw<std::remove_extent_t<T>>();
    else if constexpr (IsStdArray<T>::value)
        return travels_raw<typename IsStdArray<T>::Element>();
    else if constexpr (std::is_class_v<T>)
        return std::is_trivially_copyable_v<T> && std::is_aggregate_v<T> && !is_serializable<T>;
    else
        return false;
}

/// True for what is sent as its bytes: numbers, enums, and trivially copyable aggregates that have
/// no serialize(), with arrays of them. A pointer inside such an aggregate means nothing on another
/// rank: give it a serialize().
template <class T>
concept TravelsRaw = travels_raw<T>();

template <class T, template <class...> class Template>
inline constexpr bool is_specialization = false;
template <template <class...> class Template, class... Args>
inline constexpr bool is_specialization<Template<Args...>, Template> = true;

/// True for types of ours with pack(Bytes&) and unpack(ByteReader&).
template <class T>
inline constexpr bool packs_itself = false;

/// A vector whose elements lie in memory as they travel.
template <class T>
inline constexpr bool is_raw_vector = false;
template <class T, class Allocator>
inline constexpr bool is_raw_vector<std::vector<T, Allocator>> =
    TravelsRaw<T> && !std::is_same_v<T, bool>;

} // namespace starmap::detail
