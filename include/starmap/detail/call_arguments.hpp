#pragma once

#include <starmap/detail/bytes.hpp>
#include <starmap/detail/grown_item.hpp>
#include <starmap/serialization.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <tuple>
#include <type_traits>
#include <utility>
#include <vector>

/// What a unit's arguments are on a worker, from the bytes that came to the call.
namespace starmap::detail {

/// Items side by side that are bools, which those of a std::vector<bool> are not.
class BoolItems {
public:
    explicit BoolItems(std::size_t size = 0) : size_(size), items_(new bool[size]) {}
    bool& front() const noexcept { return items_[0]; }
    bool* begin() const noexcept { return items_.get(); }
    bool* end() const noexcept { return items_.get() + size_; }
    std::size_t size() const noexcept { return size_; }

private:
    std::size_t size_;
    std::unique_ptr<bool[]> items_;
};
template <class Item>
using ItemVector = std::conditional_t<std::is_same_v<Item, bool>, BoolItems, std::vector<Item>>;

inline void decode_items(ByteReader& in, BoolItems& items)
{
    auto const bytes = in.take(in.get<std::uint64_t>());
    items = BoolItems(bytes.size());
    std::transform(bytes.begin(), bytes.end(), items.begin(),
                   [](std::byte each) { return each != std::byte{0}; });
}

/// Items as they travel together: how many, then each; one archive for all that need one.
template <class Item>
void decode_items(ByteReader& in, std::vector<Item>& items)
{
    if constexpr (is_raw_vector<std::vector<Item>>) {
        decode(in, items);
    } else {
        // Every item has at least one byte, except where the type has none: reserve with care.
        auto const count = get_count(in);
        items.reserve(std::min<std::uint64_t>(count, in.left() + 1));
        if constexpr (is_plain<Item>) {
            for (std::uint64_t i = 0; i < count; ++i) decode(in, items.emplace_back());
        } else {
            items.resize(items.capacity());
            InArchive archive(in);
            for (std::uint64_t i = 0; i < count; ++i) {
                if (i == items.size()) items.emplace_back();
                archive >> items[i];
            }
            items.resize(count);
        }
    }
    in.expect_end();
}

/// What travels for one call: one argument, the tuple of them, or the items of a block, which the
/// callable sees as a span.
template <class T>
struct OneArgument {
    static constexpr GrowItem grow = ItemGrower<T>::grow;
    T value;
    template <class Call>
    decltype(auto) pass(Call&& call)
    {
        return call(std::move(value));
    }
    void read(ByteReader& in)
    {
        decode(in, value);
        in.expect_end();
    }
};
template <class... T>
struct ArgumentTuple {
    static constexpr GrowItem grow = ItemGrower<std::tuple<T...>>::grow;
    std::tuple<T...> values;
    template <class Call>
    decltype(auto) pass(Call&& call)
    {
        return std::apply([&](auto&... each) -> decltype(auto) { return call(std::move(each)...); },
                          values);
    }
    void read(ByteReader& in)
    {
        decode(in, values);
        in.expect_end();
    }
};
template <class Item>
struct ItemBlock {
    static constexpr GrowItem grow = refuse_growth_of_apply;
    ItemVector<Item> items;
    template <class Call>
    decltype(auto) pass(Call&& call)
    {
        return call(std::span<Item const>(items));
    }
    void read(ByteReader& in) { decode_items(in, items); }
};

} // namespace starmap::detail
