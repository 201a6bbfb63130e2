#include <starmap/detail/layout.hpp>
#include <starmap/detail/partition.hpp>

#include <algorithm>
#include <numeric>
#include <utility>

namespace starmap::detail {

namespace {

bool in_order(std::vector<std::uint64_t> const& order)
{
    for (std::size_t i = 0; i < order.size(); ++i)
        if (order[i] != i) return false;
    return true;
}

template <class T>
std::vector<T> permuted(std::vector<T> const& values, std::vector<std::uint64_t> const& order)
{
    std::vector<T> result;
    result.reserve(values.size());
    if (!values.empty())
        for (auto const i : order) result.push_back(values[i]);
    return result;
}

std::vector<chunking::Range> cut(std::vector<double> const& weights,
                                 std::vector<std::uint32_t> const& groups, BlockRule const& rule)
{
    return rule.max_weight ? chunking::partition_by_weight(weights, groups, *rule.max_weight)
                           : chunking::partition_minimax(weights, groups, rule.hint);
}

} // namespace

Window ItemLayout::add_uniform(std::uint64_t count, Origin origin)
{
    auto& origin_count = count_of(origin);
    auto* const last = parts_.empty() ? nullptr : &parts_.rbegin()->second;
    if (last != nullptr && !last->weights && last->base + last->count == origin_count)
        last->count += count;
    else
        push({.first = count_,
              .base = origin_count,
              .count = count,
              .weights = nullptr,
              .order = {}});
    count_ += count;
    origin_count += count;
    return {.count = count,
            .weight = static_cast<double>(count),
            .items = count,
            .weights = nullptr,
            .groups = {},
            .blocks = {}};
}

Window ItemLayout::add(ItemFigures figures, std::optional<BlockRule> const& rule, Origin origin)
{
    auto& origin_count = count_of(origin);
    chunking::check_weights(figures.weights, static_cast<std::size_t>(origin_count & ~grown_bit));
    auto order = chunking::canonical_order(figures.weights, figures.groups);
    auto weights = permuted(figures.weights, order);
    Window window{.count = order.size(),
                  .weight = std::accumulate(weights.begin(), weights.end(), 0.0),
                  .items = order.size(),
                  .weights = nullptr,
                  .groups = permuted(figures.groups, order),
                  .blocks = {}};
    if (rule)
        for (auto const& [first, last] : cut(weights, window.groups, *rule))
            window.blocks.push_back({.first = count_ + first,
                                     .count = static_cast<std::uint32_t>(last - first),
                                     .weight = chunking::sum(weights, {first, last})});
    if (in_order(order)) order.clear();
    window.weights = std::make_shared<std::vector<double> const>(std::move(weights));
    push({.first = count_,
          .base = origin_count,
          .count = window.count,
          .weights = window.weights,
          .order = std::move(order)});
    count_ += window.count;
    origin_count += window.count;
    return window;
}

ItemLayout::Parts::const_iterator ItemLayout::find(std::uint64_t position) const
{
    // Most often there is one part.
    return parts_.size() == 1 ? parts_.begin() : std::prev(parts_.upper_bound(position));
}

void ItemLayout::push(Part part)
{
    // The last one is kept until then, as it might have gone on.
    if (!parts_.empty())
        if (auto const last = std::prev(parts_.end()); last->second.released == last->second.count)
            parts_.erase(last);
    auto const first = part.first;
    parts_.emplace_hint(parts_.end(), first, std::move(part));
}

std::uint64_t ItemLayout::index(std::uint64_t position) const
{
    auto const& in = part(position);
    auto const place = position - in.first;
    return in.base + (in.order.empty() ? place : in.order[place]);
}

std::uint64_t ItemLayout::rank(std::uint64_t position) const
{
    // Items of the input stand in windows, one behind the other, in both orders alike.
    auto const& in = part(position);
    return in.base + (position - in.first);
}

double ItemLayout::weight(std::uint64_t position) const
{
    auto const& in = part(position);
    return in.weights ? (*in.weights)[position - in.first] : 1;
}

bool ItemLayout::plain(std::uint64_t first, std::uint64_t count) const
{
    auto const& in = part(first);
    return !in.weights && (in.base & grown_bit) == 0 && first + count <= in.first + in.count;
}

void ItemLayout::release(std::uint64_t first, std::uint64_t count)
{
    while (count != 0) {
        auto const at = parts_.erase(find(first), find(first)); // as one that may be changed
        auto& in = at->second;
        auto const here = std::min(count, in.first + in.count - first);
        in.released += here;
        first += here;
        count -= here;
        // One item that takes long must not keep all that were read after it.
        if (in.released == in.count && at != std::prev(parts_.end())) parts_.erase(at);
    }
}

Window BlockLayout::add(ItemFigures figures, BlockRule const& rule)
{
    auto const items = figures.weights.size();
    chunking::check_weights(figures.weights, static_cast<std::size_t>(items_));
    std::vector<std::uint64_t> order;
    if (!rule.max_weight && !figures.groups.empty()) {
        order.resize(items);
        std::iota(order.begin(), order.end(), std::uint64_t{0});
        auto const rank = [&](std::uint64_t i) { return figures.group_ranks[figures.groups[i]]; };
        std::stable_sort(order.begin(), order.end(),
                         [&](auto a, auto b) { return rank(a) < rank(b); });
        figures.weights = permuted(figures.weights, order);
        figures.groups = permuted(figures.groups, order);
        if (in_order(order)) order.clear();
    }
    std::vector<Block> blocks;
    for (auto const& [first, last] : cut(figures.weights, figures.groups, rule))
        blocks.push_back({.number = blocks_.pushed() + blocks.size(),
                          .begin = items_ + first,
                          .end = items_ + last,
                          .weight = chunking::sum(figures.weights, {first, last})});
    std::stable_sort(blocks.begin(), blocks.end(),
                     [](Block const& a, Block const& b) { return a.weight > b.weight; });
    std::vector<double> weights;
    for (auto const& block : blocks) weights.push_back(block.weight);
    Window window{.count = blocks.size(),
                  .weight = std::accumulate(weights.begin(), weights.end(), 0.0),
                  .items = items,
                  .weights = std::make_shared<std::vector<double> const>(std::move(weights)),
                  .groups = {},
                  .blocks = {}};
    for (auto const& block : blocks) blocks_.push(block);
    order_.insert(order_.end(), order.begin(), order.end());
    items_ += items;
    return window;
}

} // namespace starmap::detail
