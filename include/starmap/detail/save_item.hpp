#pragma once

#include <starmap/detail/chunk_run.hpp>
#include <starmap/detail/raw.hpp>
#include <starmap/serialization.hpp>

#include <cstddef>
#include <cstdint>
#include <string>
#include <tuple>
#include <type_traits>

namespace starmap::detail {

/// The bytes that encode() will append for a value, where that can be told without doing it.
template <class T>
inline constexpr bool has_known_size =
    TravelsRaw<T> || is_raw_vector<T> || std::is_same_v<T, std::string>;
template <class... T>
inline constexpr bool has_known_size<std::tuple<T...>> = (has_known_size<T> && ...);

template <class T>
std::size_t known_size(T const& value) noexcept
{
    if constexpr (TravelsRaw<T>)
        return sizeof value;
    else if constexpr (is_raw_vector<T> || std::is_same_v<T, std::string>)
        return sizeof(std::uint64_t) + value.size() * sizeof(typename T::value_type);
    else
        return std::apply([](auto const&... part) { return (known_size(part) + ... + 0); }, value);
}

/// Keeps an item's result for the case that a later item ends the process. What has no known size
/// might be of any size, and is not written twice for that.
template <class R>
void save_item(ChunkRun& run, R const& value)
{
    if constexpr (TravelsRaw<R>) {
        if (auto* const room = run.save_item(sizeof value))
            __builtin_memcpy(room, &value, sizeof value);
    } else if constexpr (has_known_size<R>) {
        if (auto* const room = run.save_item(known_size(value))) {
            Bytes bytes;
            encode(bytes, value);
            __builtin_memcpy(room, bytes.data(), bytes.size());
        }
    } else {
        run.end_saving();
    }
}

} // namespace starmap::detail
