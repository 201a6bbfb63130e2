#include "scheduling/simulator.hpp"

#include "unit/scheduling/farm.hpp"

#include <starmap/error.hpp>

#include <doctest/doctest.h>

#include <algorithm>
#include <cstdint>
#include <limits>
#include <numeric>
#include <random>
#include <utility>
#include <vector>

using doctest::Approx;
using starmap::scheduling::Policy;
using starmap::scheduling::Range;
using starmap::scheduling::simulate;
using starmap::scheduling::SimulatedMachine;
using starmap::scheduling::SimulatedWork;
using starmap::scheduling::Tuning;

namespace {

constexpr Tuning no_prefetch{.prefetch = 0};

/// `count` blocks of one unit each.
SimulatedWork single_blocks(std::size_t count, double seconds, double weight)
{
    SimulatedWork work{.policy = Policy::blocks,
                       .seconds = std::vector<double>(count, seconds),
                       .weights = std::vector<double>(count, weight)};
    for (std::size_t i = 0; i < count; ++i)
        work.blocks.push_back({.first = i, .count = 1, .weight = weight});
    return work;
}

} // namespace

TEST_CASE("a chunk takes its way, its overhead and its units, and its result takes the way back")
{
    auto machine = SimulatedMachine::alike(1);
    machine.latency = 3;
    machine.message = 5;
    machine.overhead = 7;
    SimulatedWork work{
        .policy = Policy::blocks, .seconds = {10, 20}, .blocks = {{.first = 0, .count = 2}}};
    auto const run = simulate(work, machine);
    CHECK(run.makespan == 5 + 3 + 7 + 30 + 3 + 5);
    CHECK(run.busy == std::vector<double>{30});
    CHECK(run.chunks == 1);
    CHECK(run.messages == 2);
    CHECK(run.ideal == 30);
    CHECK(run.loss() == Approx(23.0 / 30));
}

TEST_CASE("equal units on equal workers lose nothing, and too few lose what idles")
{
    auto const even = simulate(single_blocks(12, 2, 1), SimulatedMachine::alike(4), no_prefetch);
    CHECK(even.makespan == 6);
    CHECK(even.loss() == 0);
    CHECK(even.busy == std::vector<double>(4, 6.0));
    auto const odd = simulate(single_blocks(13, 2, 1), SimulatedMachine::alike(4), no_prefetch);
    CHECK(odd.makespan == 8);
    CHECK(odd.loss() == Approx(8 / 6.5 - 1));
    auto const nothing = simulate({.seconds = {}}, SimulatedMachine::alike(4));
    CHECK(nothing.makespan == 0);
    CHECK(nothing.loss() == 0);
}

TEST_CASE("without prefetch each chunk waits for the way there and back")
{
    auto machine = SimulatedMachine::alike(1);
    machine.latency = 0.5;
    CHECK(simulate(single_blocks(9, 0, 0), machine, no_prefetch).makespan == 9);
    // Rank 0 alone: one message at a time, whoever waits.
    machine = SimulatedMachine::alike(3);
    machine.message = 0.25;
    CHECK(simulate(single_blocks(8, 0, 0), machine, no_prefetch).makespan == 4);
}

TEST_CASE("with prefetch only the first chunk waits")
{
    auto machine = SimulatedMachine::alike(1);
    machine.latency = 1e-3;
    auto const run = simulate(single_blocks(50, 10e-3, 1), machine);
    CHECK(run.makespan == Approx(50 * 10e-3 + 4 * 1e-3));
    CHECK(run.most_held == 2);
}

TEST_CASE("a slow worker does less in the same time")
{
    SimulatedMachine machine{.speeds = {1, 0.25}};
    auto const run = simulate(single_blocks(10, 1, 1), machine, no_prefetch);
    CHECK(run.makespan == 8);
    CHECK(run.loss() == 0);
    CHECK(run.busy == std::vector<double>{8, 8});
}

TEST_CASE("a bundle is reported in pieces once 5 ms have passed")
{
    SimulatedWork work{.policy = Policy::each, .seconds = std::vector<double>(2000, 6e-3)};
    // The first one teaches that tasks are short, the others are long.
    work.seconds.front() = 1e-6;
    auto const run = simulate(work, SimulatedMachine::alike(1));
    CHECK(run.chunks < 1000);
    CHECK(run.messages == run.chunks + 2000);
}

TEST_CASE("what does not go together is refused")
{
    using starmap::UsageError;
    auto const one = SimulatedMachine::alike(1);
    CHECK_THROWS_AS(simulate({.seconds = {1}}, SimulatedMachine{}), UsageError);
    CHECK_THROWS_AS(simulate({.seconds = {1}}, SimulatedMachine{.speeds = {0}}), UsageError);
    CHECK_THROWS_AS(simulate({.seconds = {-1}}, one), UsageError);
    CHECK_THROWS_AS(simulate({.seconds = {1, 2}, .weights = {1}}, one), UsageError);
    CHECK_THROWS_AS(simulate({.seconds = {1, 2}, .groups = {1}}, one), UsageError);
    CHECK_THROWS_AS(simulate({.policy = Policy::blocks, .seconds = {1}}, one), UsageError);
    CHECK_THROWS_AS(
        simulate(
            {.policy = Policy::blocks, .seconds = {1, 2}, .blocks = {{.first = 1, .count = 2}}},
            one),
        UsageError);
    auto slow = one;
    slow.latency = std::numeric_limits<double>::infinity();
    CHECK_THROWS_AS(simulate({.seconds = {1}}, slow), UsageError);
}

TEST_CASE("random runs: all work is done once, by somebody, within bounds, and the same each time")
{
    for (std::uint64_t seed = 1; seed <= 300; ++seed) {
        CAPTURE(seed);
        std::mt19937_64 random(seed);
        auto const up_to = [&](std::size_t most) { return 1 + random() % most; };
        SimulatedMachine machine{.seed = seed};
        for (auto left = up_to(20); left > 0; --left)
            machine.speeds.push_back(static_cast<double>(up_to(4)));
        machine.latency = 1e-6 * static_cast<double>(up_to(1000));
        machine.jitter = 10;
        machine.message = 1e-6 * static_cast<double>(up_to(100));
        machine.overhead = 1e-6 * static_cast<double>(up_to(100));
        auto units = farm::random_units(random, up_to(3000), static_cast<std::uint32_t>(up_to(5)));
        SimulatedWork work{.policy = random() % 2 == 0 ? Policy::each : Policy::guided};
        auto const scale = 1e-5 * static_cast<double>(up_to(1000));
        for (auto const weight : units.weights)
            work.seconds.push_back(scale * weight *
                                   std::exponential_distribution<double>()(random));
        if (random() % 3 != 0) work.weights = std::move(units.weights);
        work.groups = std::move(units.groups);
        if (random() % 2 == 0) work.window = 512;
        auto const run = simulate(work, machine);
        double done = 0;
        for (std::size_t i = 0; i < run.busy.size(); ++i) done += run.busy[i] * machine.speeds[i];
        CHECK(done == Approx(std::accumulate(work.seconds.begin(), work.seconds.end(), 0.0)));
        CHECK(run.makespan >= run.ideal);
        CHECK(run.makespan >= *std::max_element(run.busy.begin(), run.busy.end()));
        CHECK(run.most_held <= 2 * machine.speeds.size());
        CHECK(run.messages >= 2 * run.chunks);
        CHECK(run.chunks <= work.seconds.size() + run.recalls);
        auto const again = simulate(work, machine);
        CHECK(again.makespan == run.makespan);
        CHECK(again.busy == run.busy);
        CHECK(again.messages == run.messages);
    }
}
