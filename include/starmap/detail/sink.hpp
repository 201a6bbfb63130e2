#pragma once

#include <starmap/detail/family.hpp>
#include <starmap/detail/job.hpp>
#include <starmap/detail/reduction_tree.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <iterator>
#include <map>
#include <optional>
#include <utility>
#include <vector>

namespace starmap::detail {

/// Where results go on rank 0. `first` and `count` are canonical positions, `order` the place in
/// task order (that of the input), `bytes` what the value took on the wire. Each position comes
/// exactly once; a missing value has failed.
template <class R>
class Sink {
public:
    virtual ~Sink() = default;
    virtual void take(std::uint64_t first, std::uint64_t count, std::uint64_t order,
                      std::optional<R> value, std::uint64_t bytes) = 0;
    /// The same for a task that emits: none or many values, and perhaps children. `order` is that
    /// of a task of the input; no values if it has failed.
    virtual void take_emitted(Ended const& ended, std::uint64_t order, std::vector<R> values,
                              std::uint64_t bytes) = 0;
    virtual Backlog backlog() const { return {}; }
};

/// The values of one task as one.
template <class R, class Op>
std::optional<R> joined(std::vector<R> values, Op& op)
{
    TreeStack<R> stack(0);
    for (auto&& value : values) stack.push(std::move(value), op);
    return std::move(stack).joined(op);
}

/// Combines along the fixed tree. Op is called as R(R&&, R&&).
template <class R, class Op>
class TreeSink final : public Sink<R> {
public:
    explicit TreeSink(Op op) : op_(std::move(op)) {}
    void take(std::uint64_t first, std::uint64_t count, std::uint64_t, std::optional<R> value,
              std::uint64_t) override
    {
        // A value that covers several positions covers a whole node; missing ones may come in runs.
        for_each_node(first, count, [&](TreeNode node) {
            tree_.add(node, std::exchange(value, std::nullopt), op_);
        });
    }
    void take_emitted(Ended const& ended, std::uint64_t, std::vector<R> values,
                      std::uint64_t) override
    {
        families_.add(ended, joined(std::move(values), op_), op_,
                      [this](std::uint64_t place, std::optional<R> value) {
                          tree_.add({place, 0}, std::move(value), op_);
                      });
    }
    std::optional<R> finish() { return tree_.finish(op_); }

private:
    Op op_;
    ReductionTree<R> tree_;
    FamilyTrees<R> families_;
};

/// Combines neighbours as they meet: for chunks whose bounds the run itself has set.
template <class R, class Op>
class NeighbourSink final : public Sink<R> {
public:
    explicit NeighbourSink(Op op) : op_(std::move(op)) {}
    void take(std::uint64_t first, std::uint64_t count, std::uint64_t, std::optional<R> value,
              std::uint64_t) override
    {
        auto last = first + count;
        auto right = runs_.lower_bound(first);
        if (right != runs_.end() && right->first == last) {
            value = combine_optional<R>(std::move(value), std::move(right->second.value), op_);
            last = right->second.last;
            right = runs_.erase(right);
        }
        if (right != runs_.begin()) {
            auto const left = std::prev(right);
            if (left->second.last == first) {
                left->second.value =
                    combine_optional<R>(std::move(left->second.value), std::move(value), op_);
                left->second.last = last;
                return;
            }
        }
        runs_.emplace(first, Run{last, std::move(value)});
    }
    void take_emitted(Ended const& ended, std::uint64_t order, std::vector<R> values,
                      std::uint64_t) override
    {
        take(ended.address.place, ended.count, order, joined(std::move(values), op_), 0);
    }
    std::optional<R> finish()
    {
        std::optional<R> result;
        for (auto& [first, run] : runs_)
            result = combine_optional<R>(std::move(result), std::move(run.value), op_);
        runs_.clear();
        return result;
    }

private:
    struct Run {
        std::uint64_t last;
        std::optional<R> value;
    };
    Op op_;
    std::map<std::uint64_t, Run> runs_;
};

/// Combines, or folds, in order of arrival.
template <class R, class Take>
class ArrivalSink final : public Sink<R> {
public:
    explicit ArrivalSink(Take take) : take_(std::move(take)) {}
    void take(std::uint64_t, std::uint64_t, std::uint64_t, std::optional<R> value,
              std::uint64_t) override
    {
        if (value) take_(std::move(*value));
    }
    void take_emitted(Ended const&, std::uint64_t, std::vector<R> values, std::uint64_t) override
    {
        for (auto&& value : values) take_(std::move(value));
    }

private:
    Take take_;
};

/// Hands on in canonical order what comes in any, as `take(value, bytes)`.
template <class R, class Take>
class OrderedSink final : public Sink<R> {
public:
    explicit OrderedSink(Take take) : take_(std::move(take)) {}
    void take(std::uint64_t first, std::uint64_t count, std::uint64_t, std::optional<R> value,
              std::uint64_t bytes) override
    {
        if (first != next_) {
            waiting_.emplace(first, Waiting{count, std::move(value), bytes});
            bytes_ += bytes;
            return;
        }
        pass(count, std::move(value), bytes);
        for (auto at = waiting_.begin(); at != waiting_.end() && at->first == next_;) {
            bytes_ -= at->second.bytes;
            pass(at->second.count, std::move(at->second.value), at->second.bytes);
            at = waiting_.erase(at);
        }
    }
    void take_emitted(Ended const& ended, std::uint64_t, std::vector<R> values,
                      std::uint64_t bytes) override
    {
        bytes_ += bytes;
        families_.add(ended, Emitted{std::move(values), bytes}, [this](Emitted next) {
            bytes_ -= next.bytes;
            for (auto&& value : next.values)
                take_(std::move(value), next.bytes / next.values.size());
        });
    }
    Backlog backlog() const override
    {
        // One of the two is used: a job either emits or does not.
        auto const emits = waiting_.empty() && next_ == 0;
        return {waiting_.size() + families_.waiting(), bytes_,
                emits ? families_.next_root() : std::optional(next_)};
    }

private:
    struct Waiting {
        std::uint64_t count;
        std::optional<R> value;
        std::uint64_t bytes;
    };
    struct Emitted {
        std::vector<R> values;
        std::uint64_t bytes;
    };
    void pass(std::uint64_t count, std::optional<R> value, std::uint64_t bytes)
    {
        next_ += count;
        if (value) take_(std::move(*value), bytes);
    }
    Take take_;
    std::uint64_t next_ = 0;
    std::uint64_t bytes_ = 0; ///< of what waits
    std::map<std::uint64_t, Waiting> waiting_;
    FamilyOrder<Emitted> families_;
};

/// Keeps all values by task order.
template <class R>
class CollectSink final : public Sink<R> {
public:
    void take(std::uint64_t, std::uint64_t, std::uint64_t order, std::optional<R> value,
              std::uint64_t) override
    {
        if (value) values_.emplace_back(order, std::move(*value));
    }
    void take_emitted(Ended const& ended, std::uint64_t order, std::vector<R> values,
                      std::uint64_t) override
    {
        auto in_task_order = ended;
        if (ended.address.family == 0) in_task_order.address.place = order;
        families_.add(in_task_order, std::move(values), [this](std::vector<R> next) {
            for (auto&& value : next) values_.emplace_back(values_.size(), std::move(value));
        });
    }
    /// What failed leaves no gap.
    std::vector<R> finish()
    {
        std::sort(values_.begin(), values_.end(),
                  [](auto const& a, auto const& b) { return a.first < b.first; });
        std::vector<R> result;
        result.reserve(values_.size());
        for (auto& [order, value] : values_) result.push_back(std::move(value));
        values_.clear();
        return result;
    }

private:
    std::vector<std::pair<std::uint64_t, R>> values_;
    FamilyOrder<std::vector<R>> families_;
};

} // namespace starmap::detail
