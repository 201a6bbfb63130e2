#pragma once

#include <algorithm>
#include <bit>
#include <cstdint>
#include <map>
#include <optional>
#include <utility>
#include <vector>

namespace starmap::detail {

/// The tree over canonical positions 0, 1, 2, ...: node (level, first) covers the 2^level positions
/// from `first`, a multiple of 2^level. Its shape does not depend on who computes what, so neither
/// do the bits of the result; op need only be associative. With n positions in all, the nodes at
/// the right edge are cut off at n.
struct TreeNode {
    std::uint64_t first = 0;
    std::uint32_t level = 0;
    std::uint64_t count() const noexcept { return std::uint64_t{1} << level; }
    bool is_left() const noexcept { return (first >> level) % 2 == 0; }
};

/// The fewest nodes that make up `count` positions from `first`, in order: O(log count). None is of
/// a higher level than `levels`.
template <class Visit>
void for_each_node(std::uint64_t first, std::uint64_t count, Visit visit, std::uint32_t levels = 63)
{
    while (count != 0) {
        auto const fitting = static_cast<std::uint32_t>(std::bit_width(count) - 1);
        auto const aligned = static_cast<std::uint32_t>(first == 0 ? 63 : std::countr_zero(first));
        TreeNode const node{first, std::min({fitting, aligned, levels})};
        visit(node);
        first += node.count();
        count -= node.count();
    }
}

/// Combines two optional values; one that is missing (its task failed) counts as nothing.
template <class R, class Op>
std::optional<R> combine_optional(std::optional<R>&& left, std::optional<R>&& right, Op& op)
{
    if (!left) return std::move(right);
    if (!right) return std::move(left);
    return std::optional<R>(op(std::move(*left), std::move(*right)));
}

/// Combines positions that come in order, as far as the tree allows. Positions may be skipped; the
/// values left are those of for_each_node over each run between.
template <class R>
class TreeStack {
public:
    /// Combines to nodes of at most this level.
    explicit TreeStack(std::uint64_t first, std::uint32_t levels = 63)
        : next_(first),
          levels_(levels)
    {
    }

    template <class Op>
    void push(R value, Op& op)
    {
        TreeNode node{next_++, 0};
        while (!nodes_.empty() && nodes_.back().level == node.level && nodes_.back().is_left() &&
               node.level < levels_ && nodes_.back().first + node.count() == node.first) {
            value = op(std::move(values_.back()), std::move(value));
            node = {nodes_.back().first, node.level + 1};
            nodes_.pop_back();
            values_.pop_back();
        }
        nodes_.push_back(node);
        values_.push_back(std::move(value));
    }
    void skip() noexcept { ++next_; }
    std::vector<R> values() && { return std::move(values_); }
    /// All combined to one; empty if there were none.
    template <class Op>
    std::optional<R> joined(Op& op) &&
    {
        std::optional<R> result;
        for (; !values_.empty(); values_.pop_back())
            result = combine_optional<R>(std::move(values_.back()), std::move(result), op);
        return result;
    }

private:
    std::uint64_t next_;
    std::uint32_t levels_;
    std::vector<TreeNode> nodes_;
    std::vector<R> values_;
};

/// Combines nodes that arrive in any order; keeps O(runs that are not joined yet x log) values.
template <class R>
class ReductionTree {
public:
    /// Each position must be added exactly once.
    template <class Op>
    void add(TreeNode node, std::optional<R> value, Op& op)
    {
        for (;;) {
            auto const is_left = node.is_left();
            auto const sibling =
                waiting_.find(is_left ? node.first + node.count() : node.first - node.count());
            if (sibling == waiting_.end() || sibling->second.level != node.level) break;
            auto other = std::move(sibling->second.value);
            auto const first = std::min(node.first, sibling->first);
            waiting_.erase(sibling);
            value = is_left ? combine_optional<R>(std::move(value), std::move(other), op)
                            : combine_optional<R>(std::move(other), std::move(value), op);
            node = {first, node.level + 1};
        }
        waiting_.emplace(node.first, Waiting{node.level, std::move(value)});
    }

    /// The value of the whole tree once all positions were added; empty if all were missing.
    template <class Op>
    std::optional<R> finish(Op& op)
    {
        std::optional<R> result;
        for (auto node = waiting_.rbegin(); node != waiting_.rend(); ++node)
            result = combine_optional<R>(std::move(node->second.value), std::move(result), op);
        waiting_.clear();
        return result;
    }
    std::size_t waiting() const noexcept { return waiting_.size(); }

private:
    struct Waiting {
        std::uint32_t level;
        std::optional<R> value;
    };
    std::map<std::uint64_t, Waiting> waiting_;
};

} // namespace starmap::detail
