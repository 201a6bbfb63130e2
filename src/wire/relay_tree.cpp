#include "wire/relay_tree.hpp"

#include <algorithm>
#include <cstddef>
#include <utility>

namespace starmap::wire {

namespace {

using Group = std::vector<Destination>; // of one node

void add_to_group(std::vector<Group>& groups, Destination const& destination)
{
    auto const same = [&](Group const& group) { return group.front().node == destination.node; };
    auto const found = std::find_if(groups.begin(), groups.end(), same);
    if (found != groups.end())
        found->push_back(destination);
    else
        groups.push_back({destination});
}

/// Gives away half of the groups with each branch until none is left. A branch's first group is
/// that of its receiver.
void split(std::vector<Group> groups, std::vector<Branch>& into)
{
    while (!groups.empty()) {
        auto const given = (groups.size() + 1) / 2;
        auto const first = groups.end() - static_cast<std::ptrdiff_t>(given);
        Branch branch{.to = first->front(), .onward = {}};
        branch.onward.assign(first->begin() + 1, first->end());
        for (auto group = first + 1; group != groups.end(); ++group)
            branch.onward.insert(branch.onward.end(), group->begin(), group->end());
        into.push_back(std::move(branch));
        groups.erase(first, groups.end());
    }
}

} // namespace

std::vector<Branch> branches(std::uint32_t own_node, std::span<Destination const> destinations)
{
    std::vector<Group> others;
    std::vector<Group> own;
    for (auto const& destination : destinations)
        if (destination.node == own_node)
            own.push_back({destination});
        else
            add_to_group(others, destination);
    std::vector<Branch> result;
    split(std::move(others), result);
    split(std::move(own), result);
    return result;
}

std::vector<Destination> behind(std::uint32_t peer, std::uint32_t own_node,
                                std::span<Destination const> destinations)
{
    auto const is_peer = [&](Destination const& each) { return each.peer == peer; };
    std::vector<Destination> among(destinations.begin(), destinations.end());
    while (std::any_of(among.begin(), among.end(), is_peer)) {
        for (auto& branch : branches(own_node, std::exchange(among, {}))) {
            if (is_peer(branch.to)) return std::move(branch.onward);
            if (std::none_of(branch.onward.begin(), branch.onward.end(), is_peer)) continue;
            own_node = branch.to.node;
            among = std::move(branch.onward);
            break;
        }
    }
    return {};
}

} // namespace starmap::wire
