#pragma once

#include <concepts>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <ranges>
#include <span>
#include <type_traits>
#include <unordered_map>
#include <utility>
#include <vector>

/// The arithmetic of splitting, on weights and key numbers alone. The sum of a block is always
/// taken from left to right: for weights that are not negative such sums never shrink when a block
/// grows at either end, in floating point too, so greedy filling is exact.
namespace starmap::chunking {

/// Positions from first up to, not including, second.
using Range = std::pair<std::size_t, std::size_t>;

/// Weights or groups of one item each; an empty span of groups stands for one group of all.
using Weights = std::span<double const>;
using Groups = std::span<std::uint32_t const>;

/// Throws UsageError, with the item's index (`first_index` + its position) and the value, if a
/// weight is negative, infinite or not a number.
void check_weights(Weights weights, std::size_t first_index = 0);

/// Throws UsageError unless max_weight > 0; infinity is allowed and means no limit.
void check_max_weight(double max_weight);

/// Throws UsageError unless hint >= 1.
void check_hint(long long hint);

/// Throws UsageError saying that this argument of split_in_slices is below `least`.
[[noreturn]] void refuse_slices(char const* argument, long long value, int least);

/// Throws UsageError saying that the key of this item is not a number and cannot be ordered.
[[noreturn]] void refuse_key(std::size_t item);

/// The sum of the weights of a block, from left to right.
double sum(Weights weights, Range block);

/// Contiguous blocks of one group each with a sum <= max_weight, every one as long as it can be; a
/// heavier item is alone in its block. Two runs of the same group with another between them stay
/// apart. Throws UsageError as check_weights and check_max_weight do, or if the sizes differ.
std::vector<Range> partition_by_weight(Weights weights, Groups groups, double max_weight);

/// Contiguous blocks, at most max(hint, runs of equal group), each of one group, of which the
/// heaviest is as light as possible. All of this number are used while there are items enough: of
/// the blocks that minimise the heaviest, the heaviest are halved until it is reached.
/// Throws UsageError as check_weights does, if hint is 0, or if the sizes differ.
std::vector<Range> partition_minimax(Weights weights, Groups groups, std::size_t hint);

/// Ranges of ceil(n / k) positions that cover 0 to n; the last may be shorter. Fewer than k where
/// that size needs fewer. Throws UsageError if k is 0.
std::vector<Range> slices(std::size_t n, std::size_t k);

/// The canonical order of a window of items, as positions: the groups one after another in the
/// order in which they first appear, in each the heaviest first, equal weights in input order.
/// The weights must have been checked. Throws UsageError if the sizes differ.
std::vector<std::uint64_t> canonical_order(Weights weights, Groups groups);

/// Numbers the distinct keys 0, 1, ... in the order in which they first appear; the result has one
/// number for each key given. The keys need std::hash and ==, or else operator<.
/// Throws UsageError, with the index of the item, for a key that is not a number (NaN).
template <std::ranges::input_range Keys>
std::vector<std::uint32_t> group_keys(Keys&& keys)
{
    using Key = std::ranges::range_value_t<Keys>;
    constexpr bool hashable = requires(Key const& key)
    {
        {
            std::hash<Key>{}(key)
            } -> std::convertible_to<std::size_t>;
        {
            key == key
            } -> std::convertible_to<bool>;
    };
    using Numbers = std::conditional_t<hashable, std::unordered_map<Key, std::uint32_t>,
                                       std::map<Key, std::uint32_t>>;
    Numbers numbers;
    std::vector<std::uint32_t> groups;
    if constexpr (std::ranges::sized_range<Keys>)
        groups.reserve(static_cast<std::size_t>(std::ranges::size(keys)));
    for (auto&& key : keys) {
        if constexpr (std::is_floating_point_v<Key>)
            if (key != key) refuse_key(groups.size());
        auto const next = static_cast<std::uint32_t>(numbers.size());
        groups.push_back(numbers.try_emplace(key, next).first->second);
    }
    return groups;
}

} // namespace starmap::chunking
