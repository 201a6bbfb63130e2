#include "wire/relay_tree.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <map>
#include <random>
#include <set>
#include <vector>

using starmap::wire::behind;
using starmap::wire::branches;
using starmap::wire::Destination;

namespace {

/// Follows the frames as the workers would.
struct Walk {
    std::set<std::uint32_t> reached;
    std::map<std::uint32_t, unsigned> entered; ///< by node, from another one
    unsigned depth = 0;
    std::size_t most_branches = 0;

    void from(std::uint32_t node, std::vector<Destination> const& destinations, unsigned hops = 0)
    {
        auto const copies = branches(node, destinations);
        most_branches = std::max(most_branches, copies.size());
        for (auto const& [to, onward] : copies) {
            CHECK(reached.insert(to.peer).second);
            if (to.node != node) ++entered[to.node];
            depth = std::max(depth, hops + 1);
            from(to.node, onward, hops + 1);
        }
    }
};

unsigned log2_up(std::size_t n) { return static_cast<unsigned>(std::bit_width(n - 1)); }

} // namespace

TEST_CASE("on one node, or each on its own, the tree is binomial and reaches every peer once")
{
    for (bool const one_node : {true, false})
        for (std::uint32_t count = 0; count <= 130; ++count) {
            CAPTURE(count);
            std::vector<Destination> all;
            for (std::uint32_t i = 0; i < count; ++i)
                all.push_back({.peer = 3 * i + 1, .node = one_node ? 7 : 8 + i});
            Walk walk;
            walk.from(7, all);
            REQUIRE(walk.reached.size() == count);
            for (auto const& each : all) CHECK(walk.reached.contains(each.peer));
            CHECK(walk.depth <= log2_up(count + 1));
            CHECK(walk.most_branches <= log2_up(count + 1));
            CHECK(branches(7, all).size() == log2_up(count + 1));
        }
}

TEST_CASE("seven peers: three copies from the first, the longest way first")
{
    std::vector<Destination> all;
    for (std::uint32_t peer = 1; peer <= 7; ++peer) all.push_back({.peer = peer, .node = 0});
    auto const copies = branches(0, all);
    REQUIRE(copies.size() == 3);
    CHECK(copies[0].onward.size() == 3);
    CHECK(copies[1].onward.size() == 1);
    CHECK(copies[2].onward.empty());
}

TEST_CASE("each other node is entered once, and the own one never from outside")
{
    for (std::uint32_t seed = 1; seed <= 300; ++seed) {
        CAPTURE(seed);
        std::mt19937 random(seed);
        auto const nodes = random() % 9 + 1;
        std::vector<Destination> all;
        std::map<std::uint32_t, std::size_t> on_node;
        auto const count = random() % 60;
        for (std::uint32_t peer = 1; peer <= count; ++peer) {
            all.push_back({.peer = peer, .node = static_cast<std::uint32_t>(random() % nodes)});
            ++on_node[all.back().node];
        }
        std::shuffle(all.begin(), all.end(), random);
        Walk walk;
        walk.from(0, all);
        CHECK(walk.reached.size() == all.size());
        std::size_t largest = 1;
        for (auto const& [node, number] : on_node) {
            largest = std::max(largest, number + (node == 0 ? 1 : 0));
            if (node != 0) CHECK(walk.entered[node] == 1);
        }
        CHECK(walk.entered.count(0) == 0);
        CHECK(walk.depth <= log2_up(on_node.size() + 1) + log2_up(largest + 1));
    }
}

TEST_CASE("behind a peer are those that the frame does not reach when that one hands nothing on")
{
    struct Cut {
        std::uint32_t peer = 0;
        std::set<std::uint32_t> reached = {};

        void from(std::uint32_t node, std::vector<Destination> const& destinations)
        {
            for (auto const& [to, onward] : branches(node, destinations)) {
                reached.insert(to.peer);
                if (to.peer != peer) from(to.node, onward);
            }
        }
    };
    for (std::uint32_t seed = 1; seed <= 100; ++seed) {
        CAPTURE(seed);
        std::mt19937 random(seed);
        std::vector<Destination> all;
        auto const count = 1 + random() % 40;
        for (std::uint32_t peer = 1; peer <= count; ++peer)
            all.push_back({.peer = peer, .node = static_cast<std::uint32_t>(random() % 6)});
        for (auto const& each : all) {
            Cut cut{each.peer};
            cut.from(2, all);
            auto const unreached = behind(each.peer, 2, all);
            CHECK(cut.reached.size() + unreached.size() == all.size());
            for (auto const& other : unreached) CHECK_FALSE(cut.reached.contains(other.peer));
        }
        CHECK(behind(1000, 2, all).empty());
    }
}
