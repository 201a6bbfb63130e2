#pragma once

#include <cstdint>
#include <span>
#include <vector>

/// How a large frame reaches many processes: whoever has it sends it on, so that the number of
/// those that have it doubles with each round (a binomial tree).
namespace starmap::wire {

/// A process that a frame is to reach: its number in the transport, and the node it is on.
struct Destination {
    std::uint32_t peer = 0;
    std::uint32_t node = 0;
    bool operator==(Destination const&) const = default;
};

/// One copy to send: to whom, and to whom it goes from there.
struct Branch {
    Destination to;
    std::vector<Destination> onward;
};

/// The copies that a process on node `own_node` sends so that all of `destinations` are reached;
/// each receiver asks the same for its `onward`. The longest way comes first. Each other node is
/// entered once, by its first destination, from which the others of that node are reached. With n
/// destinations, all on nodes of their own or all on own_node, there are at most ceil(log2(n + 1))
/// branches, and at most as many hops to any destination.
std::vector<Branch> branches(std::uint32_t own_node, std::span<Destination const> destinations);

/// Of the destinations that a process on `own_node` reaches so, those that get the frame by way of
/// `peer`, directly or not.
std::vector<Destination> behind(std::uint32_t peer, std::uint32_t own_node,
                                std::span<Destination const> destinations);

} // namespace starmap::wire
