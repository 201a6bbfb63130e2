#pragma once

#include "scheduling/cost_model.hpp"
#include "scheduling/unit_pool.hpp"

#include <cstdint>
#include <deque>
#include <functional>
#include <map>
#include <optional>
#include <span>
#include <vector>

namespace starmap::scheduling {

/// The units of one job that take more than one worker of a node each, and that no worker has been
/// given yet: by the cores that they take, each by itself.
class WideWork {
public:
    /// Of the units of a window that begins at position `base` those of more than one core.
    void add(std::uint64_t base, UnitPool::Weights const& weights,
             std::span<std::uint32_t const> groups, std::span<std::uint32_t const> cores,
             CostModel const& costs);
    /// These blocks, which all take more than one core, the heaviest first.
    void add_blocks(std::vector<Range> const& blocks, CostModel const& costs);
    void put_back(Retry retry) { lines_[retry.range.cores].retries.push_back(retry); }

    /// What costs are known, of one group and of all, has changed.
    void tell_rates(std::uint32_t group, CostModel const& costs);
    void tell_rates(CostModel const& costs);

    bool empty() const noexcept;
    std::uint64_t units_left() const noexcept;
    bool has_retries() const noexcept;
    /// Of the costliest that was not tried yet; 0 if there is none.
    double next_cost() const;
    /// The unit (or block) at this position is the next of those that it is among.
    bool offers(std::uint64_t position) const;
    void clear();

    /// What could be begun next of those that take so many cores.
    struct Head {
        std::uint32_t cores = 1;
        double cost = 0; ///< as UnitPool::next_cost(), infinite for a retry
        bool retry = false;
        std::size_t at = 0;                    ///< of a retry
        std::optional<std::uint64_t> position; ///< where not the next
    };
    struct Asked {
        bool held = false;                     ///< only retries, and
        std::optional<std::uint64_t> held_but; ///< what begins here
        /// What there is time for; null: all.
        std::function<bool(Range const&)> fits;
    };
    /// One for each number of cores, in the order in which they are to be begun: retries, then the
    /// costliest, then the widest.
    std::vector<Head> heads(Asked const& asked);
    /// As of heads(), with nothing changed since.
    Retry take(Head const& head);
    /// The worker that should not get it.
    WorkerId avoided_by(Head const& head) const;
    /// Takes all that need more cores than this.
    std::vector<Retry> take_wider_than(std::uint32_t cores);

private:
    struct Line {
        UnitPool pool;
        std::deque<Retry> retries;
    };
    UnitPool& pool(std::uint32_t cores, CostModel const& costs);
    static std::optional<Head> head(std::uint32_t cores, Line& line, Asked const& asked);

    std::map<std::uint32_t, Line> lines_; ///< by cores
};

} // namespace starmap::scheduling
