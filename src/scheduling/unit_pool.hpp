#pragma once

#include "scheduling/chunk.hpp"
#include "scheduling/pool_costs.hpp"

#include <cstddef>
#include <cstdint>
#include <deque>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <utility>
#include <vector>

namespace starmap::scheduling {

/// The units of one job that no worker has been given yet, in canonical order. Units are appended
/// by windows and taken from the run whose next unit costs the most, so that heavy work starts
/// first across groups and windows; taking costs O(units taken + log runs).
class UnitPool {
public:
    using Weights = std::shared_ptr<std::vector<double> const>;

    /// Appends units of weight 1 and group 0.
    void add_uniform(std::uint64_t units);
    /// Appends units with these weights, heaviest first within a group; equal groups adjacent.
    /// An empty `groups` means group 0 for all.
    void add(Weights weights, std::span<std::uint32_t const> groups)
    {
        add(std::move(weights), groups, {}, 1);
    }
    /// Likewise, of these units those that take so many cores; empty means 1 for all. The positions
    /// of the others are skipped.
    void add(Weights weights, std::span<std::uint32_t const> groups,
             std::span<std::uint32_t const> cores, std::uint32_t only);
    /// Appends ranges that are to be taken whole, heaviest first. They must continue the positions.
    void add_blocks(std::vector<Range> blocks);

    /// The next positions are not to be taken from here.
    void skip(std::uint64_t count) noexcept { positions_ += count; }

    /// Positions that were appended or skipped.
    std::uint64_t positions() const noexcept { return positions_; }
    bool empty() const noexcept { return units_left_ == 0; }
    std::uint64_t units_left() const noexcept { return units_left_; }
    double weight_left() const noexcept { return weight_left_; }
    /// What is left by group, and what it costs at the rates that were set.
    PoolCosts const& costs() const noexcept { return costs_; }
    /// What units of a group cost, from now on; and those of all groups that were not told of.
    void set_rate(std::uint32_t group, Rate rate);
    void set_rest(Rate rate);
    /// Lets rates count that have changed, for the order in which runs are taken; now or soon.
    void put_in_order();
    /// True if a run, or a block, begins with the unit at this position.
    bool offers(std::uint64_t position) const;
    /// Group of the unit that take() would begin with. The pool must not be empty.
    std::uint32_t next_group(std::optional<std::uint64_t> at = {}) const;
    /// What that unit, or block, costs at the rates that were set. The pool must not be empty.
    double next_cost() const;

    /// Takes units from the costliest run until the next one would exceed `weight` or `max_count`;
    /// at least one. Blocks are taken whole. The pool must not be empty. With `at`, which must be
    /// offered, from the run or block that begins there.
    Range take(double weight, std::uint64_t max_count, std::optional<std::uint64_t> at = {});
    /// A position that take() may begin at, whose first unit (or block) fits: the heaviest such one
    /// of its run, which is cut there if need be. Nothing if none fits. With `at`, which must be
    /// offered, that one or nothing.
    using Fits = std::function<bool(std::uint32_t group, double weight, std::uint32_t units)>;
    std::optional<std::uint64_t> begin_where(Fits const& fits, std::optional<std::uint64_t> at);
    void clear();

private:
    struct Run {
        std::uint64_t next = 0;
        std::uint64_t end = 0;
        std::uint64_t base = 0; ///< position of the first of `weights`
        Weights weights;        ///< null: all of weight 1
        std::uint32_t group = 0;
        Rate rate = {}; ///< by which it has its place
        double head() const { return weights ? (*weights)[next - base] : 1; }
        double cost() const { return rate.cost(head(), 1); }
    };
    /// Orders the heap: the costliest head on top, of equal ones the earlier position.
    static bool later(Run const& a, Run const& b);
    void push(Run run);
    void count(std::uint32_t group, double weight, std::uint64_t units);
    Run pop(std::optional<std::uint64_t> at);
    std::size_t run_at(std::uint64_t position) const;
    std::size_t block_at(std::uint64_t position) const;

    std::vector<Run> heap_;
    std::deque<Range> blocks_;
    std::uint64_t positions_ = 0; ///< all ever appended
    std::uint64_t units_left_ = 0;
    double weight_left_ = 0;
    PoolCosts costs_;
    bool rates_changed_ = false;
    std::size_t takes_ = 0; ///< since the heap was put in order
};

} // namespace starmap::scheduling
