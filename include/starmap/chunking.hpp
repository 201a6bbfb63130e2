#pragma once

#include <starmap/detail/partition.hpp>

#include <algorithm>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <iterator>
#include <numeric>
#include <ranges>
#include <type_traits>
#include <utility>
#include <vector>

namespace starmap {

/// Consecutive items that make one task, and the sum of their weights.
template <class Item>
struct Block {
    std::vector<Item> items;
    double weight = 0;
};

/// The weight of an item when none is given: 1.
struct UnitWeight {
    template <class Item>
    double operator()(Item const&) const noexcept
    {
        return 1;
    }
};

/// The key of an item when none is given: the same for all.
struct SameKey {
    template <class Item>
    int operator()(Item const&) const noexcept
    {
        return 0;
    }
};

namespace detail {

/// True for a container given as an rvalue, which may be emptied; a view refers to others' items.
template <class Items>
inline constexpr bool may_take_from =
    !std::is_lvalue_reference_v<Items> && !std::ranges::view<std::remove_cvref_t<Items>>;

template <std::ranges::input_range Items>
auto take_items(Items&& items)
{
    std::vector<std::ranges::range_value_t<Items>> result;
    if constexpr (std::ranges::sized_range<Items>)
        result.reserve(static_cast<std::size_t>(std::ranges::size(items)));
    for (auto it = std::ranges::begin(items); it != std::ranges::end(items); ++it) {
        if constexpr (may_take_from<Items>)
            result.emplace_back(std::ranges::iter_move(it));
        else
            result.emplace_back(*it);
    }
    return result;
}

template <class Item, class Weight>
std::vector<double> weigh(std::vector<Item> const& items, Weight const& weight)
{
    using Result = std::remove_cvref_t<std::invoke_result_t<Weight const&, Item const&>>;
    static_assert(std::is_arithmetic_v<Result>,
                  "weight must give a number: pass a callable Item -> double, or a pointer to a "
                  "member that is a number");
    std::vector<double> weights;
    weights.reserve(items.size());
    for (Item const& item : items)
        weights.push_back(static_cast<double>(std::invoke(weight, item)));
    return weights;
}

template <class Item, class Key>
auto find_keys(std::vector<Item> const& items, Key const& key)
{
    using Result = std::remove_cvref_t<std::invoke_result_t<Key const&, Item const&>>;
    static_assert(
        requires(Result const& a) {
            {
                a < a
                } -> std::convertible_to<bool>;
        },
        "key must give a value with operator<: pass a callable Item -> key, or a pointer "
        "to a member that can be ordered");
    // Elements of a vector<bool> cannot be referred to.
    std::vector<std::conditional_t<std::is_same_v<Result, bool>, char, Result>> keys;
    keys.reserve(items.size());
    for (Item const& item : items) {
        keys.emplace_back(std::invoke(key, item));
        if constexpr (std::is_floating_point_v<Result>)
            if (keys.back() != keys.back()) chunking::refuse_key(keys.size() - 1);
    }
    return keys;
}

/// Numbers the runs of equal keys, in the order given by `order` if there is one.
template <class Key>
std::vector<std::uint32_t> number_runs(std::vector<Key> const& keys,
                                       std::vector<std::size_t> const* order = nullptr)
{
    std::vector<std::uint32_t> groups(keys.size());
    for (std::size_t i = 1; i < keys.size(); ++i) {
        Key const& left = keys[order ? (*order)[i - 1] : i - 1];
        Key const& right = keys[order ? (*order)[i] : i];
        groups[i] = groups[i - 1] + (left < right || right < left ? 1 : 0);
    }
    return groups;
}

template <class Value>
std::vector<Value> permute(std::vector<Value>&& values, std::vector<std::size_t> const& order)
{
    std::vector<Value> result;
    result.reserve(values.size());
    for (auto const position : order) result.push_back(std::move(values[position]));
    return result;
}

template <class Item>
std::vector<Block<Item>> make_blocks(std::vector<Item>&& items, std::vector<double> const& weights,
                                     std::vector<chunking::Range> const& ranges)
{
    std::vector<Block<Item>> blocks;
    blocks.reserve(ranges.size());
    auto const at = [&items](std::size_t i) {
        return std::make_move_iterator(items.begin() + static_cast<std::ptrdiff_t>(i));
    };
    for (auto const& [first, last] : ranges)
        blocks.push_back(
            {std::vector<Item>(at(first), at(last)), chunking::sum(weights, {first, last})});
    return blocks;
}

} // namespace detail

/// Splits items into blocks of neighbours, in their order: one key a block, weight <= max_weight,
/// each block as long as that allows; a heavier item is alone in its block. Items of weight 0 are
/// kept. `weight` (Item -> number) and `key` (Item -> value with operator<) are callables or
/// pointers to members. An rvalue container is emptied into the blocks; of anything else the items
/// are copied. No items, no blocks.
/// Throws UsageError if max_weight is not above 0 (infinity: no limit), or, naming the item's
/// index, if a weight is negative, infinite or NaN, or a key is NaN.
template <std::ranges::input_range Items, class Weight = UnitWeight, class Key = SameKey>
std::vector<Block<std::ranges::range_value_t<Items>>>
block_splitter(Items&& items, double max_weight, Weight const& weight = {}, Key const& key = {})
{
    chunking::check_max_weight(max_weight);
    auto list = detail::take_items(std::forward<Items>(items));
    auto const weights = detail::weigh(list, weight);
    std::vector<std::uint32_t> groups;
    if constexpr (!std::same_as<Key, SameKey>)
        groups = detail::number_runs(detail::find_keys(list, key));
    auto const ranges = chunking::partition_by_weight(weights, groups, max_weight);
    return detail::make_blocks(std::move(list), weights, ranges);
}

/// Sorts items by key, keeping the order of equal ones, and splits them into at most
/// max(hint, number of keys) blocks of neighbours of one key each, of which the heaviest is as
/// light as possible. As many blocks as that are made while there are items enough. Arguments as
/// for block_splitter; a block's weight is summed from its first item to its last, and it is this
/// sum that is minimised.
/// Throws UsageError if hint < 1, and as block_splitter does.
template <std::ranges::input_range Items, std::integral Hint, class Weight = UnitWeight,
          class Key = SameKey>
std::vector<Block<std::ranges::range_value_t<Items>>>
split_in_blocks(Items&& items, Hint hint, Weight const& weight = {}, Key const& key = {})
{
    if (hint < Hint{1}) chunking::check_hint(static_cast<long long>(hint));
    auto list = detail::take_items(std::forward<Items>(items));
    // Before the sort, so that an error names the index that the caller knows.
    auto weights = detail::weigh(list, weight);
    chunking::check_weights(weights);
    std::vector<std::uint32_t> groups;
    if constexpr (!std::same_as<Key, SameKey>) {
        auto const keys = detail::find_keys(list, key);
        std::vector<std::size_t> order(list.size());
        std::iota(order.begin(), order.end(), std::size_t{0});
        auto const key_at = [&keys](std::size_t i) -> auto const& { return keys[i]; };
        std::ranges::stable_sort(
            order, [](auto const& a, auto const& b) { return static_cast<bool>(a < b); }, key_at);
        groups = detail::number_runs(keys, &order);
        list = detail::permute(std::move(list), order);
        weights = detail::permute(std::move(weights), order);
    }
    auto const ranges =
        chunking::partition_minimax(weights, groups, static_cast<std::size_t>(hint));
    return detail::make_blocks(std::move(list), weights, ranges);
}

/// Splits the positions 0 to n into slices (first, last), last not included, of ceil(n / k)
/// positions each; the last may be shorter, and there are fewer than k where fewer suffice.
/// Throws UsageError if k < 1 or n < 0.
template <std::integral N, std::integral K>
std::vector<std::pair<std::size_t, std::size_t>> split_in_slices(N n, K k)
{
    if (n < N{0}) chunking::refuse_slices("n", static_cast<long long>(n), 0);
    if (k < K{1}) chunking::refuse_slices("k", static_cast<long long>(k), 1);
    return chunking::slices(static_cast<std::size_t>(n), static_cast<std::size_t>(k));
}

} // namespace starmap
