// Units that take several workers of a node.
#include "unit/scheduling/cores_bench.hpp"

#include <doctest/doctest.h>

#include <cstdint>
#include <memory>
#include <optional>
#include <set>
#include <vector>

using namespace cores;

TEST_CASE("a unit of several cores takes as many workers of one node, until it has ended")
{
    Bench bench({2, 3});
    bench.open(1, {3, 1, 1, 1});
    auto const chunks = bench.next();
    REQUIRE(positions(chunks) == std::vector<std::uint64_t>{0, 1, 2});
    CHECK(chunks[0].range.cores == 3);
    CHECK(chunks[0].range.count == 1);
    CHECK(bench.node_of[chunks[0].worker] == 1);
    CHECK(bench.node_of[chunks[1].worker] == 0);
    CHECK(bench.node_of[chunks[2].worker] == 0);
    auto const verdict = bench.done(chunks[0]);
    CHECK(verdict.kept_idle.size() == 2);
    for (auto const kept : verdict.kept_idle) {
        CHECK(kept != chunks[0].worker);
        CHECK(bench.node_of[kept] == 1);
    }
    CHECK(bench.done(chunks[1]).kept_idle.empty());
    auto const rest = bench.next();
    REQUIRE(positions(rest) == std::vector<std::uint64_t>{3});
    bench.done(rest[0]);
    bench.done(chunks[2]);
    CHECK(bench.scheduler.done(1));
    CHECK(bench.scheduler.idle());
    CHECK(bench.scheduler.weight_done(1) == 4);
}

TEST_CASE("whose turn it is gets a node that fills up with idle workers; the others go on")
{
    Bench bench({2, 2}, {.prefetch = 0});
    bench.open(1, std::vector<std::uint32_t>(40, 1));
    auto chunks = bench.next();
    REQUIRE(chunks.size() == 4);
    bench.open(2, {2});
    CHECK(bench.next(2).empty());
    // The first that becomes idle waits for the other of its node, if that is the one reserved.
    std::vector<Chunk> running = chunks;
    std::optional<Chunk> wide;
    for (int turn = 0; turn < 4 && !wide; ++turn) {
        bench.done(chunks[static_cast<std::size_t>(turn)]);
        for (auto const& chunk : bench.next(2))
            if (chunk.job == 2) wide = chunk;
    }
    REQUIRE(wide.has_value());
    CHECK(bench.scheduler.in_flight(1) == 2); // the other node was never idle
    CHECK(bench.done(*wide).kept_idle.size() == 1);
    CHECK(bench.scheduler.done(2));
    CHECK(bench.next(1).size() == 2);
}

TEST_CASE("a reserved node is given up when what it waits for is cancelled, held or closed")
{
    for (int const how : {0, 1, 2}) {
        CAPTURE(how);
        Bench bench({2}, {.prefetch = 0});
        bench.open(1, std::vector<std::uint32_t>(10, 1));
        auto const chunks = bench.next();
        REQUIRE(chunks.size() == 2);
        bench.open(2, {2});
        CHECK(bench.next(2).empty());
        bench.done(chunks[0]);
        CHECK(bench.next(2).empty());
        if (how == 0) bench.scheduler.cancel(2);
        if (how == 1) bench.scheduler.hold(2, true);
        if (how == 2) bench.scheduler.close(2);
        auto const more = bench.next(2);
        REQUIRE(more.size() == 1);
        CHECK(more[0].job == 1);
        if (how != 1) continue;
        // The one that an ordered consumer waits for is begun all the same.
        bench.scheduler.hold(2, true, 0);
        bench.done(more[0]);
        CHECK(bench.next(2).empty());
        bench.done(chunks[1]);
        auto const wide = bench.next(2);
        REQUIRE(wide.size() == 1);
        CHECK(wide[0].job == 2);
    }
}

TEST_CASE("work that comes later keeps no worker from work that comes first")
{
    Bench bench({2}, {.prefetch = 0});
    bench.open(1, std::vector<std::uint32_t>(5, 1));
    bench.open(2, {2});
    auto running = bench.next(1);
    for (int left = 3; left > 0; --left) {
        bench.done(running.front());
        running.erase(running.begin());
        auto const next = bench.next(1);
        REQUIRE(next.size() == 1);
        CHECK(next[0].job == 1);
        running.push_back(next[0]);
    }
    bench.done(running[0]);
    CHECK(bench.next(1).empty());
    bench.done(running[1]);
    CHECK(bench.next(1).size() == 1);
}

TEST_CASE("costlier units of one core come first, and no further than that")
{
    Bench bench({2}, {.prefetch = 0, .pilots = false});
    bench.scheduler.open(1, {.policy = Policy::each});
    bench.scheduler.add(
        1, std::make_shared<std::vector<double> const>(std::vector<double>{9, 5, 4, 3, 2}), {},
        std::vector<std::uint32_t>{1, 1, 2, 1, 1});
    bench.scheduler.end_input(1);
    auto const first = bench.next();
    REQUIRE(positions(first) == std::vector<std::uint64_t>{0, 1});
    bench.done(first[1]);
    CHECK(bench.next().empty()); // now it is the turn of the wide one
    bench.done(first[0]);
    auto const wide = bench.next();
    REQUIRE(positions(wide) == std::vector<std::uint64_t>{2});
    bench.done(wide[0]);
    CHECK(bench.next().size() == 2);
}

TEST_CASE("blocks take cores as a whole; a job that does not count them takes one worker each")
{
    Bench bench({2, 2});
    bench.scheduler.open(1, {.policy = Policy::blocks});
    bench.scheduler.add_blocks(1, {{.first = 0, .count = 3, .weight = 3, .cores = 1},
                                   {.first = 3, .count = 2, .weight = 2, .cores = 2},
                                   {.first = 5, .count = 2, .weight = 2, .cores = 1}});
    bench.scheduler.end_input(1);
    auto const chunks = bench.next();
    REQUIRE(chunks.size() == 3);
    for (auto const& chunk : chunks) {
        CHECK(chunk.range.cores == (chunk.range.first == 3 ? 2 : 1));
        bench.done(chunk);
    }
    CHECK(bench.scheduler.done(1));
    bench.open(2, {7, 7, 7, 7}, {.policy = Policy::each, .counts_cores = false});
    CHECK(bench.next(2).size() == 4);
}

TEST_CASE("positions that were skipped, and come back, are none of the others'")
{
    Bench bench({2});
    bench.scheduler.open(1, {.policy = Policy::each});
    bench.scheduler.skip(1, 2);
    bench.add(1, {2, 1});
    bench.scheduler.skip(1, 1);
    bench.add(1, {1, 2});
    bench.scheduler.put_back(1, {.first = 4, .count = 1, .weight = 1, .cores = 2});
    bench.scheduler.end_input(1);
    std::vector<std::uint64_t> order;
    while (!bench.scheduler.done(1))
        for (auto const& chunk : bench.next()) {
            order.push_back(chunk.range.first);
            CHECK(chunk.range.cores ==
                  (chunk.range.first % 2 == 0 && chunk.range.first != 3 ? 2 : 1));
            bench.done(chunk);
        }
    CHECK(order.front() == 4); // what comes back comes first
    CHECK(std::set<std::uint64_t>(order.begin(), order.end()) ==
          std::set<std::uint64_t>{2, 3, 4, 5, 6});
}

TEST_CASE("with little time left what fits is begun, and nothing waits for what does not")
{
    Bench bench({2}, {.pilots = false});
    bench.scheduler.open(1, {.policy = Policy::each});
    bench.scheduler.expect(1, {.seconds = 40, .weight = 40, .units = 4});
    bench.scheduler.add(1, std::make_shared<std::vector<double> const>(std::vector<double>{20, 2}),
                        {}, std::vector<std::uint32_t>{2, 2});
    bench.scheduler.end_input(1);
    bench.scheduler.set_time_left(15);
    auto const chunks = bench.next();
    REQUIRE(positions(chunks) == std::vector<std::uint64_t>{1});
    CHECK_FALSE(bench.scheduler.out_of_time(1));
    bench.done(chunks[0]);
    CHECK(bench.next().empty());
    CHECK(bench.scheduler.out_of_time(1));
    bench.scheduler.set_time_left(1000);
    CHECK(bench.next().size() == 1);
}

TEST_CASE("who is in the way of a unit that waits for a node is asked to give back the rest")
{
    Bench bench({2}, {.pilots = false});
    bench.scheduler.open(1, {.policy = Policy::guided, .divisible = true});
    bench.scheduler.expect(1, {.seconds = 4, .weight = 4, .units = 4});
    bench.scheduler.add_uniform(1, 400);
    auto const chunks = bench.next();
    REQUIRE(chunks.size() == 2);
    bench.open(2, {2});
    bench.scheduler.set_time(1);
    CHECK(bench.next(2).empty());
    bench.scheduler.set_time(2);
    CHECK(bench.scheduler.next_look() <= 2);
    CHECK(bench.scheduler.recalls().size() == 2);
    for (auto const& chunk : chunks)
        bench.scheduler.report(chunk.worker,
                               {.chunk = chunk.id, .done = 1, .weight = 1, .seconds = 1});
    auto const wide = bench.next(2);
    REQUIRE(wide.size() == 1);
    CHECK(wide[0].job == 2);
}
