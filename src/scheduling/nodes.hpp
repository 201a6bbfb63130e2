#pragma once

#include "scheduling/chunk.hpp"

#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <vector>

namespace starmap::scheduling {

/// Which workers share a node, which of them have nothing to do, and which are kept idle for a unit
/// of several cores that another one of the node runs. One node at a time may be reserved. Workers
/// that were never added are on no node.
class Nodes {
public:
    void add(WorkerId worker, std::uint32_t node);
    /// It is gone: those that it kept idle are free, and are returned.
    std::vector<WorkerId> remove(WorkerId worker);

    /// It has nothing to do, and nobody keeps it so. O(1).
    void set_idle(WorkerId worker, bool idle);
    bool is_taken(WorkerId worker) const { return places_[worker].taken_by != no_worker; }
    /// Who keeps it idle.
    WorkerId taker(WorkerId worker) const { return places_[worker].taken_by; }
    /// `runner`, which is idle, begins a unit of so many cores: as many less one that are idle with
    /// it are taken, and returned. There must be so many.
    std::vector<WorkerId> take(WorkerId runner, std::uint32_t cores);
    /// Those that it keeps idle.
    std::vector<WorkerId> taken_by(WorkerId runner) const;
    /// Its unit has ended; returns those that are free now.
    std::vector<WorkerId> release(WorkerId runner);

    /// Workers of the largest node; 0 if there are none.
    std::uint32_t largest() const noexcept { return largest_; }
    /// A node with so many idle workers, the fewest that will do; the reserved one only if told to.
    std::optional<std::uint32_t> fitting(std::uint32_t cores, bool also_reserved) const;
    /// The node that will have so many idle workers first, by the seconds until each is idle.
    /// O(workers). Nothing if none is so large.
    std::optional<std::uint32_t>
    soonest(std::uint32_t cores, std::function<double(WorkerId)> const& seconds_until_idle) const;
    /// Its workers that live.
    std::span<WorkerId const> workers(std::uint32_t node) const { return nodes_[node].workers; }
    bool is_idle(WorkerId worker) const { return places_[worker].idle; }
    std::uint32_t size(std::uint32_t node) const
    {
        return static_cast<std::uint32_t>(nodes_[node].workers.size());
    }

    void reserve(std::optional<std::uint32_t> node) noexcept { reserved_ = node; }
    std::optional<std::uint32_t> reserved() const noexcept { return reserved_; }
    bool is_reserved(WorkerId worker) const noexcept
    {
        return reserved_ && places_[worker].node == *reserved_;
    }

private:
    static constexpr std::uint32_t no_node = ~std::uint32_t{0};
    struct Place {
        std::uint32_t node = no_node;
        WorkerId taken_by = no_worker;
        bool idle = false;
    };
    struct Node {
        std::vector<WorkerId> workers;
        std::uint32_t idle = 0;
    };
    std::vector<Place> places_; ///< by worker
    std::vector<Node> nodes_;   ///< by number
    std::optional<std::uint32_t> reserved_;
    std::uint32_t largest_ = 0;
};

} // namespace starmap::scheduling
