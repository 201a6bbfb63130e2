#include <starmap/detail/partition.hpp>

#include <starmap/error.hpp>

#include "chunking/minimax.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <string>
#include <unordered_map>

namespace starmap::chunking {
namespace {

std::string text(double value)
{
    std::array<char, 32> digits;
    auto const end = std::to_chars(digits.data(), digits.data() + digits.size(), value).ptr;
    return {digits.data(), end};
}

void check_sizes(Weights weights, Groups groups)
{
    if (groups.empty() || groups.size() == weights.size()) return;
    throw UsageError(std::to_string(weights.size()) + " weights do not go with " +
                     std::to_string(groups.size()) +
                     " groups (each item has one of both): give as many, or no groups at all");
}

/// The runs of equal group.
std::vector<Range> runs(Groups groups, std::size_t size)
{
    std::vector<Range> result;
    std::size_t first = 0;
    for (std::size_t i = 1; i <= size; ++i) {
        if (i < size && (groups.empty() || groups[i] == groups[i - 1])) continue;
        result.emplace_back(first, i);
        first = i;
    }
    return result;
}

} // namespace

void check_weights(Weights weights, std::size_t first_index)
{
    for (std::size_t i = 0; i < weights.size(); ++i) {
        if (weights[i] >= 0 && std::isfinite(weights[i])) continue;
        throw UsageError(
            "the weight of item " + std::to_string(first_index + i) + " is " + text(weights[i]) +
            " (a weight must be finite and not negative): correct the weight function");
    }
}

void check_max_weight(double max_weight)
{
    if (max_weight > 0) return;
    throw UsageError("max_weight is " + text(max_weight) +
                     " (no block could hold an item): give a number greater than 0");
}

void check_hint(long long hint)
{
    if (hint >= 1) return;
    throw UsageError("hint is " + std::to_string(hint) +
                     " (it is the wanted number of blocks): give at least 1");
}

void refuse_slices(char const* argument, long long value, int least)
{
    throw UsageError(
        "split_in_slices got " + std::string(argument) + " = " + std::to_string(value) +
        " (n positions are cut into k slices): give at least " + std::to_string(least));
}

void refuse_key(std::size_t item)
{
    throw UsageError("the key of item " + std::to_string(item) +
                     " is nan (it equals no key, not even itself): give the item another key");
}

std::vector<Range> partition_by_weight(Weights weights, Groups groups, double max_weight)
{
    check_max_weight(max_weight);
    check_sizes(weights, groups);
    check_weights(weights);
    std::vector<Range> blocks;
    for (auto const& run : runs(groups, weights.size())) fill(weights, run, max_weight, blocks);
    return blocks;
}

std::vector<Range> partition_minimax(Weights weights, Groups groups, std::size_t hint)
{
    if (hint < 1) check_hint(0);
    check_sizes(weights, groups);
    check_weights(weights);
    auto const group_runs = runs(groups, weights.size());
    auto const count = std::min(std::max(hint, group_runs.size()), weights.size());
    std::vector<Range> blocks;
    if (count == 0) return blocks;
    auto const limit = least_limit(weights, group_runs, count);
    for (auto const& run : group_runs) fill(weights, run, limit, blocks);
    split_heaviest(weights, blocks, count);
    return blocks;
}

std::vector<Range> slices(std::size_t n, std::size_t k)
{
    if (k < 1) refuse_slices("k", 0, 1);
    std::vector<Range> result;
    auto const size = n / k + (n % k != 0);
    for (std::size_t first = 0; first < n;) {
        auto const last = first + std::min(size, n - first);
        result.emplace_back(first, last);
        first = last;
    }
    return result;
}

std::vector<std::uint64_t> canonical_order(Weights weights, Groups groups)
{
    check_sizes(weights, groups);
    struct Place {
        std::uint64_t position;
        double weight;
        std::uint32_t group;
    };
    std::vector<Place> places(weights.size());
    std::unordered_map<std::uint32_t, std::uint32_t> first_seen;
    for (std::size_t i = 0; i < weights.size(); ++i) {
        std::uint32_t group = 0;
        if (i > 0 && !groups.empty() && groups[i] == groups[i - 1])
            group = places[i - 1].group;
        else if (!groups.empty())
            group = first_seen.try_emplace(groups[i], static_cast<std::uint32_t>(first_seen.size()))
                        .first->second;
        places[i] = {i, weights[i], group};
    }
    auto const before = [](Place const& a, Place const& b) {
        return a.group != b.group ? a.group < b.group : a.weight > b.weight;
    };
    if (!std::ranges::is_sorted(places, before)) std::ranges::stable_sort(places, before);
    std::vector<std::uint64_t> order(places.size());
    std::ranges::transform(places, order.begin(), &Place::position);
    return order;
}

} // namespace starmap::chunking
