#include "transport/simulated.hpp"

#include <starmap/error.hpp>

#include <doctest/doctest.h>

#include <cstdint>
#include <limits>
#include <map>
#include <memory>
#include <set>
#include <utility>
#include <vector>

using starmap::detail::ByteReader;
using starmap::detail::Bytes;
using starmap::transport::Peer;
using starmap::transport::SimulatedNetwork;
using starmap::transport::Transport;

namespace {

Bytes numbered(std::uint32_t number)
{
    Bytes frame;
    frame.put(number);
    return frame;
}

struct Arrival {
    Peer to = 0;
    Peer from = 0;
    std::uint32_t number = 0;
    double time = 0;
    bool operator==(Arrival const&) const = default;
};

/// Every peer sends `count` numbered frames to every other; what arrives, in order.
std::vector<Arrival> all_to_all(std::uint64_t seed, Peer peers, std::uint32_t count)
{
    SimulatedNetwork network(peers, seed, {.least = 1e-3, .most = 5e-3});
    std::vector<std::unique_ptr<Transport>> ends;
    for (Peer i = 0; i < peers; ++i) ends.push_back(network.end(i));
    for (std::uint32_t n = 0; n < count; ++n)
        for (auto const& end : ends)
            for (Peer to = 0; to < peers; ++to)
                if (to != end->self()) end->send(to, numbered(n));
    std::vector<Arrival> arrivals;
    while (network.advance())
        for (auto const& end : ends)
            while (auto const incoming = end->poll())
                arrivals.push_back({end->self(), incoming->from,
                                    ByteReader(incoming->frame.view()).get<std::uint32_t>(),
                                    network.now()});
    CHECK(network.under_way() == 0);
    CHECK(network.carried() == arrivals.size());
    return arrivals;
}

} // namespace

TEST_CASE("each frame arrives once, in its own time, in the order of its pair")
{
    for (std::uint64_t seed = 1; seed <= 20; ++seed) {
        CAPTURE(seed);
        auto const arrivals = all_to_all(seed, 4, 10);
        REQUIRE(arrivals.size() == 4 * 3 * 10);
        std::map<std::pair<Peer, Peer>, std::uint32_t> next;
        double time = 0;
        for (auto const& arrival : arrivals) {
            CHECK(arrival.number == next[{arrival.from, arrival.to}]++);
            CHECK(arrival.time >= time);
            CHECK(arrival.time >= 1e-3);
            CHECK(arrival.time <= 5e-3);
            time = arrival.time;
        }
    }
}

TEST_CASE("a seed is a run: the same again, another for another seed")
{
    auto const first = all_to_all(1, 3, 5);
    CHECK(first == all_to_all(1, 3, 5));
    CHECK(first != all_to_all(2, 3, 5));
    // Frames of different senders do overtake one another.
    std::set<Peer> firsts;
    for (std::uint64_t seed = 1; seed <= 30; ++seed) firsts.insert(all_to_all(seed, 3, 1)[0].from);
    CHECK(firsts.size() == 3);
}

TEST_CASE("nothing arrives before time moves on")
{
    SimulatedNetwork network(2, 1, {.least = 2, .most = 2});
    auto const a = network.end(0);
    auto const b = network.end(1);
    CHECK(a->peers() == 2);
    CHECK_FALSE(network.advance());
    a->send(1, numbered(7));
    CHECK(a->unsent() == 0);
    CHECK_FALSE(b->poll());
    CHECK(network.now() == 0);
    CHECK(network.under_way() == 1);
    CHECK(network.advance());
    CHECK(network.now() == 2);
    auto const incoming = b->poll();
    REQUIRE(incoming);
    CHECK(incoming->from == 0);
    CHECK_FALSE(b->poll());
}

TEST_CASE("a peer that waits lets others work until something comes")
{
    SimulatedNetwork network(2, 1);
    auto const a = network.end(0);
    auto const b = network.end(1);
    int turns = 0;
    network.when_idle(0, [&] {
        if (++turns == 3) b->send(0, numbered(1));
        return turns < 3 || network.advance();
    });
    REQUIRE(a->poll());
    CHECK(turns == 3);
    CHECK_FALSE(a->poll());
}

TEST_CASE("what is under way to or from a dead peer is lost, the rest is not")
{
    SimulatedNetwork network(3, 1);
    auto const a = network.end(0);
    auto const b = network.end(1);
    auto const c = network.end(2);
    b->send(0, numbered(1));
    REQUIRE(network.advance());
    b->send(0, numbered(2));
    a->send(1, numbered(3));
    c->send(0, numbered(4));
    network.drop(1);
    CHECK(network.under_way() == 1);
    b->send(0, numbered(5));
    a->send(1, numbered(6));
    CHECK(network.under_way() == 1);
    while (network.advance()) {
    }
    CHECK_FALSE(b->poll());
    std::set<std::uint32_t> numbers;
    while (auto const incoming = a->poll())
        numbers.insert(ByteReader(incoming->frame.view()).get<std::uint32_t>());
    CHECK(numbers == std::set<std::uint32_t>{1, 4});
}

TEST_CASE("impossible latencies are refused")
{
    using starmap::UsageError;
    CHECK_THROWS_AS(SimulatedNetwork(2, 1, {.least = 2, .most = 1}), UsageError);
    CHECK_THROWS_AS(SimulatedNetwork(2, 1, {.least = -1, .most = 1}), UsageError);
    auto const infinity = std::numeric_limits<double>::infinity();
    CHECK_THROWS_AS(SimulatedNetwork(2, 1, {.least = 0, .most = infinity}), UsageError);
}
