#pragma once

#include <starmap/detail/reduction_tree.hpp>

#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <unordered_map>
#include <utility>
#include <vector>

/// Tasks that tasks have submitted. A task with children begets a family; each child has its place
/// in it by the order in which it was submitted. Family 0 is the input. So a task has an address
/// that depends on no run, however late or early it is computed, and the results of a job that
/// grows have an order all the same: a task, then the tree of its first child, of its second, ...
namespace starmap::detail {

struct Address {
    std::uint64_t family = 0;
    std::uint64_t place = 0; ///< from 0
};

/// A task that has ended.
struct Ended {
    Address address;
    std::uint64_t count = 1;    ///< places from there on; more than 1 only in family 0
    std::uint64_t family = 0;   ///< that it begot; 0: none
    std::uint64_t children = 0; ///< in that family
};

/// Combines the values of tasks with those of their children, along trees of fixed shape: over a
/// task's own value and its children's, and so upwards. Keeps a value only as long as a brother is
/// missing.
template <class R>
class FamilyTrees {
public:
    /// Calls `take(place, value)` for each place of family 0 that is complete with all its
    /// descendants.
    template <class Op, class Take>
    void add(Ended const& ended, std::optional<R> value, Op& op, Take take)
    {
        auto address = ended.address;
        if (ended.children != 0) {
            auto& family = families_[ended.family];
            family.parent = address;
            family.missing = ended.children;
            family.tree.add({0, 0}, std::move(value), op);
            return;
        }
        while (address.family != 0) {
            auto const found = families_.find(address.family);
            auto& family = found->second;
            family.tree.add({address.place + 1, 0}, std::move(value), op);
            if (--family.missing != 0) return;
            value = family.tree.finish(op);
            address = family.parent;
            families_.erase(found);
        }
        take(address.place, std::move(value));
    }

private:
    struct Family {
        Address parent;
        std::uint64_t missing = 0;
        ReductionTree<R> tree;
    };
    std::unordered_map<std::uint64_t, Family> families_;
};

/// Hands on, in the order of the family tree, what comes in any.
template <class Value>
class FamilyOrder {
public:
    /// Calls `pass(value)` for each that is next.
    template <class Pass>
    void add(Ended const& ended, Value value, Pass pass)
    {
        ++waiting_;
        auto const family = ended.address.family;
        families_[family].emplace(ended.address.place, Waiting{ended.count, ended.family,
                                                               ended.children, std::move(value)});
        while (!path_.empty()) {
            auto& at = path_.back();
            if (at.family != 0 && at.next == at.size) {
                families_.erase(at.family);
                path_.pop_back();
                continue;
            }
            auto& waiting = families_[at.family];
            auto const found = waiting.find(at.next);
            if (found == waiting.end()) return;
            auto next = std::move(found->second);
            waiting.erase(found);
            --waiting_;
            at.next += next.count;
            if (next.children != 0) path_.push_back({next.family, 0, next.children});
            pass(std::move(next.value));
        }
    }

    std::size_t waiting() const noexcept { return waiting_; }
    /// The place in family 0 that is next; nothing if a child is.
    std::optional<std::uint64_t> next_root() const
    {
        if (path_.size() > 1) return std::nullopt;
        return path_.front().next;
    }

private:
    struct Waiting {
        std::uint64_t count;
        std::uint64_t family;
        std::uint64_t children;
        Value value;
    };
    struct Step {
        std::uint64_t family;
        std::uint64_t next;
        std::uint64_t size;
    };
    std::unordered_map<std::uint64_t, std::map<std::uint64_t, Waiting>> families_;
    std::vector<Step> path_{{0, 0, 0}};
    std::size_t waiting_ = 0;
};

} // namespace starmap::detail
