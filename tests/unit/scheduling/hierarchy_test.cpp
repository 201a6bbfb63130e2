// Managers in two levels, in virtual time.
#include "scheduling/hierarchy.hpp"

#include <starmap/error.hpp>

#include <doctest/doctest.h>

#include <algorithm>
#include <cstdint>
#include <numeric>
#include <random>
#include <vector>

using namespace starmap::scheduling;

namespace {

SimulatedHierarchy nodes_of(std::size_t nodes, std::size_t workers)
{
    SimulatedHierarchy hierarchy{.nodes = nodes, .node = SimulatedMachine::alike(workers)};
    hierarchy.node.latency = 1e-6;
    hierarchy.node.message = 10e-6;
    hierarchy.node.overhead = 5e-6;
    hierarchy.latency = 5e-6;
    hierarchy.message = 10e-6;
    return hierarchy;
}

SimulatedMachine flat_of(SimulatedHierarchy const& hierarchy)
{
    auto machine = hierarchy.node;
    machine.speeds.assign(hierarchy.nodes * hierarchy.node.speeds.size(), 1.0);
    machine.latency = hierarchy.latency;
    return machine;
}

} // namespace

TEST_CASE("a chunk goes down two levels, and its result up again")
{
    SimulatedHierarchy hierarchy{.nodes = 1, .node = SimulatedMachine::alike(1)};
    hierarchy.latency = 3;
    hierarchy.message = 5;
    hierarchy.node.latency = 7;
    hierarchy.node.message = 11;
    hierarchy.node.overhead = 13;
    auto const run = simulate_hierarchy({.seconds = {100}}, hierarchy);
    CHECK(run.makespan == 5 + 3 + 11 + 11 + 7 + 13 + 100 + 7 + 11 + 11 + 3 + 5);
    CHECK(run.chunks == 1);
    CHECK(run.messages == 2);
    CHECK(run.submanager_busy == 4 * 11);
    CHECK(run.manager_busy == 2 * 5);
    CHECK(run.busy == std::vector<double>{100});
}

TEST_CASE("whatever the work and the nodes, every unit is done once, and the same each time")
{
    constexpr std::uint64_t seed = 2211;
    MESSAGE("seed " << seed);
    std::mt19937_64 random(seed);
    std::uint64_t moved = 0;
    for (int i = 0; i < 200; ++i) {
        CAPTURE(i);
        auto const up_to = [&](std::size_t most) { return 1 + random() % most; };
        auto hierarchy = nodes_of(up_to(6), up_to(8));
        hierarchy.row = 1e-6;
        for (auto& speed : hierarchy.node.speeds) speed = static_cast<double>(up_to(3));
        SimulatedWork work{.policy = random() % 2 == 0 ? Policy::each : Policy::guided};
        std::lognormal_distribution<double> seconds(-5, 1.5);
        std::lognormal_distribution<double> error(0, static_cast<double>(random() % 3));
        std::vector<std::pair<double, double>> units;
        for (auto left = up_to(2000) - 1; left > 0; --left) {
            auto const truth = seconds(random);
            units.emplace_back(truth * error(random), truth);
        }
        std::sort(units.begin(), units.end(), std::greater<>());
        for (auto const& [weight, truth] : units) {
            work.weights.push_back(weight);
            work.seconds.push_back(truth);
        }
        if (random() % 3 == 0) work.weights.clear();
        auto const run = simulate_hierarchy(work, hierarchy); // throws where a promise is broken
        double done = 0;
        for (std::size_t w = 0; w < run.busy.size(); ++w)
            done += run.busy[w] * hierarchy.node.speeds[w % hierarchy.node.speeds.size()];
        CHECK(done ==
              doctest::Approx(std::accumulate(work.seconds.begin(), work.seconds.end(), 0.0)));
        CHECK(run.makespan >= run.ideal);
        CHECK(simulate_hierarchy(work, hierarchy).makespan == run.makespan);
        moved += run.moved;
    }
    CHECK(moved > 100); // between nodes
}

TEST_CASE("where rank 0 is the limit, sub-managers take it away")
{
    SimulatedWork work{.seconds = std::vector<double>(std::size_t{100} * 4096, 1e-3)};
    auto const hierarchy = nodes_of(64, 64);
    auto const flat = simulate(work, flat_of(hierarchy));
    auto const tree = simulate_hierarchy(work, hierarchy);
    CHECK(flat.loss() > 1);
    CHECK(tree.loss() < 0.25 * flat.loss());
    CHECK(tree.messages < flat.messages / 10);
}

TEST_CASE("what a hierarchy is not simulated for is refused")
{
    auto const one = nodes_of(1, 1);
    using starmap::UsageError;
    CHECK_THROWS_AS(simulate_hierarchy({.seconds = {1}}, nodes_of(0, 1)), UsageError);
    CHECK_THROWS_AS(simulate_hierarchy({.seconds = {1}}, nodes_of(1, 0)), UsageError);
    CHECK_THROWS_AS(simulate_hierarchy({.seconds = {1}, .groups = {3}}, one), UsageError);
    CHECK_THROWS_AS(simulate_hierarchy({.seconds = {1}, .window = 1}, one), UsageError);
}
