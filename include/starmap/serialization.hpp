#pragma once

#include <starmap/detail/bytes.hpp>
#include <starmap/detail/in_archive.hpp>
#include <starmap/detail/out_archive.hpp>
#include <starmap/detail/raw.hpp>

#include <boost/serialization/deque.hpp>
#include <boost/serialization/list.hpp>
#include <boost/serialization/map.hpp>
#include <boost/serialization/set.hpp>
#include <boost/serialization/shared_ptr.hpp>
#include <boost/serialization/string.hpp>
#include <boost/serialization/unique_ptr.hpp>
#include <boost/serialization/unordered_map.hpp>
#include <boost/serialization/unordered_set.hpp>
#include <boost/serialization/utility.hpp>
#include <boost/serialization/valarray.hpp>
#include <boost/serialization/vector.hpp>

#include <cstddef>
#include <cstdint>
#include <string>
#include <tuple>
#include <type_traits>
#include <vector>

/// What travels between ranks is anything that Boost.Serialization can serialize, through the two
/// archives below: binary, without header, into a buffer that is sent as it is. Both ends run the
/// same program, so no versions or types are checked on the way. Numbers, trivially copyable
/// aggregates and vectors of them go as raw bytes; std::tuple, optional and variant are built in.
namespace starmap::detail {

/// True for what needs no Boost archive at all; building one costs more than a small task.
template <class T>
inline constexpr bool is_plain =
    TravelsRaw<T> || packs_itself<T> || is_raw_vector<T> || std::is_same_v<T, std::string>;
template <class... T>
inline constexpr bool is_plain<std::tuple<T...>> = (is_plain<T> && ...);

/// Appends `value` to `out`. Throws what its serialize() throws.
template <class T>
void encode(Bytes& out, T const& value)
{
    if constexpr (TravelsRaw<T>) {
        out.append(&value, sizeof value);
    } else if constexpr (packs_itself<T>) {
        value.pack(out);
    } else if constexpr (is_raw_vector<T> || std::is_same_v<T, std::string>) {
        out.put(std::uint64_t{value.size()});
        out.append(value.data(), value.size() * sizeof(typename T::value_type));
    } else if constexpr (is_plain<T>) {
        std::apply([&out](auto const&... part) { (encode(out, part), ...); }, value);
    } else {
        OutArchive archive(out);
        archive << value;
    }
}

/// Reads into `value` what encode() wrote. Throws ProtocolError where the bytes end early, or what
/// its serialize() throws.
template <class T>
void decode(ByteReader& in, T& value)
{
    if constexpr (TravelsRaw<T>) {
        in.copy(static_cast<void*>(&value), sizeof value);
    } else if constexpr (packs_itself<T>) {
        value.unpack(in);
    } else if constexpr (is_raw_vector<T> || std::is_same_v<T, std::string>) {
        using Element = typename T::value_type;
        auto const count = in.get<std::uint64_t>();
        auto const bytes =
            in.take(count <= in.left() / sizeof(Element) ? count * sizeof(Element) : in.left() + 1);
        if constexpr (is_raw_vector<T>) {
            auto const* const first = reinterpret_cast<Element const*>(bytes.data());
            if (reinterpret_cast<std::uintptr_t>(first) % alignof(Element) == 0) {
                value.assign(first, first + count); // one pass, where resize() would make it two
                return;
            }
        }
        value.resize(count);
        if (count != 0)
            __builtin_memcpy(static_cast<void*>(value.data()), bytes.data(), bytes.size());
    } else if constexpr (is_plain<T>) {
        std::apply([&in](auto&... part) { (decode(in, part), ...); }, value);
    } else {
        InArchive archive(in);
        archive >> value;
    }
}

} // namespace starmap::detail
