// Units of several cores whose workers fail, die and are lost.
#include "unit/scheduling/cores_bench.hpp"

#include <doctest/doctest.h>

#include <cstdint>
#include <set>
#include <vector>

using namespace cores;

TEST_CASE("a retry keeps its width, and goes to another worker")
{
    Bench bench({3});
    bench.open(1, {3}, {.policy = Policy::each, .retries = 1});
    auto const first = bench.next();
    REQUIRE(first.size() == 1);
    CHECK(bench.fail(first[0]).given_up.empty());
    auto const second = bench.next();
    REQUIRE(second.size() == 1);
    CHECK(second[0].range.cores == 3);
    CHECK(second[0].attempt == 2);
    CHECK(second[0].worker != first[0].worker);
    auto const verdict = bench.fail(second[0]);
    CHECK(verdict.given_up.size() == 1);
    CHECK(verdict.kept_idle.size() == 2);
    CHECK(bench.scheduler.done(1));
}

TEST_CASE("the process of a runner dies: those it kept idle are free, and the unit comes back")
{
    Bench bench({2, 1});
    bench.open(1, {2}, {.policy = Policy::each, .retries = 1});
    auto const first = bench.next();
    REQUIRE(first.size() == 1);
    auto const verdict =
        bench.scheduler.died(first[0].worker, first[0].id, {.first = 0, .count = 1});
    CHECK(verdict.kept_idle.size() == 1);
    CHECK(verdict.given_up.empty());
    auto const second = bench.next();
    REQUIRE(second.size() == 1);
    CHECK(second[0].range.cores == 2);
    CHECK(second[0].worker != first[0].worker);
    bench.done(second[0]);
    CHECK(bench.scheduler.done(1));
}

TEST_CASE("a lost runner frees those it kept idle; one that was kept idle is only missing")
{
    Bench bench({3, 2});
    bench.open(1, {3, 2, 2});
    auto const first = bench.next();
    REQUIRE(first.size() == 2);
    REQUIRE(first[0].range.cores == 3);
    // Of the three, one that is kept idle is lost: what runs goes on, with one less.
    WorkerId kept = 0;
    while (kept == first[0].worker) ++kept;
    bench.scheduler.lost(kept);
    CHECK(bench.scheduler.largest_node() == 2);
    CHECK(bench.next().empty());
    CHECK(bench.done(first[0]).kept_idle.size() == 1);
    auto const third = bench.next();
    REQUIRE(third.size() == 1);
    // The runner itself is lost: one worker of its node is left, so it goes to the other node.
    bench.scheduler.lost(third[0].worker);
    CHECK(bench.next().empty());
    bench.done(first[1]);
    auto const again = bench.next();
    REQUIRE(again.size() == 1);
    CHECK(again[0].range.first == third[0].range.first);
    CHECK(again[0].attempt == 1);
    CHECK(bench.node_of[again[0].worker] == 1);
    bench.done(again[0]);
    CHECK(bench.scheduler.done(1));
}

TEST_CASE("what no node is large enough for any more is taken out, once, and counts as given up")
{
    Bench bench({3, 2});
    bench.open(1, {3, 3, 2, 1});
    auto const first = bench.next();
    REQUIRE(first.size() == 2);
    CHECK(bench.scheduler.take_too_wide().empty());
    bench.scheduler.lost(first[0].worker);
    auto const refused = bench.scheduler.take_too_wide();
    REQUIRE(refused.size() == 2);
    for (auto const& chunk : refused) CHECK(chunk.range.cores == 3);
    CHECK(std::set<std::uint64_t>{refused[0].range.first, refused[1].range.first} ==
          std::set<std::uint64_t>{0, 1});
    CHECK(bench.scheduler.take_too_wide().empty());
    bench.done(first[1]);
    for (auto const& chunk : bench.next()) bench.done(chunk);
    CHECK(bench.scheduler.done(1));
    CHECK(bench.scheduler.weight_done(1) == 4);
}
