#include "scheduling/scheduler.hpp"
#include "scheduling/simulator.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <functional>
#include <memory>
#include <numeric>
#include <random>
#include <vector>

using namespace starmap::scheduling;

namespace {

/// A scheduler with two workers, of which the first holds one chunk of 100 units of a second each
/// and the second is idle.
struct OneBusy {
    Scheduler scheduler;
    Chunk chunk;

    explicit OneBusy(JobSpec spec)
    {
        scheduler.add_worker(WorkerKind::remote);
        scheduler.open(1, spec);
        scheduler.expect(1, {.seconds = 100, .weight = 100, .units = 100});
        scheduler.add_blocks(1, {{.first = 0, .count = 100, .weight = 100}});
        scheduler.end_input(1);
        chunk = scheduler.next(1).value();
        scheduler.add_worker(WorkerKind::remote);
    }
    std::vector<Recall> recalls(double now)
    {
        scheduler.set_time(now);
        CHECK_FALSE(scheduler.next(1));
        return scheduler.recalls();
    }
};
constexpr JobSpec divisible{.policy = Policy::guided, .divisible = true};

SimulatedWork random_work(std::mt19937_64& random)
{
    auto const pick = [&](std::uint64_t below) { return random() % below; };
    SimulatedWork work{.policy = pick(3) == 0 ? Policy::each : Policy::guided};
    auto const units = 1 + pick(400);
    auto const groups = 1 + pick(3);
    std::lognormal_distribution<double> seconds(std::log(20e-3), 1.5);
    std::lognormal_distribution<double> error(0, static_cast<double>(pick(3)));
    std::vector<std::size_t> sizes(groups);
    for (std::uint64_t i = 0; i < units; ++i) ++sizes[pick(groups)];
    for (std::size_t group = 0; group < groups; ++group) {
        std::vector<std::pair<double, double>> part; // weight, seconds
        for (std::size_t i = 0; i < sizes[group]; ++i) {
            auto const truth = seconds(random);
            part.emplace_back(truth * error(random), truth);
        }
        std::sort(part.begin(), part.end(), std::greater<>());
        for (auto const& [weight, truth] : part) {
            work.weights.push_back(weight);
            work.seconds.push_back(truth);
            work.groups.push_back(static_cast<std::uint32_t>(group));
        }
    }
    work.window = pick(2) == 0 ? 0 : 1 + pick(units);
    return work;
}

SimulatedMachine random_machine(std::mt19937_64& random)
{
    auto machine = SimulatedMachine::alike(1 + random() % 24);
    machine.latency = 20e-6;
    machine.jitter = 10;
    machine.message = 2e-6;
    machine.overhead = 5e-6;
    machine.seed = random();
    if (random() % 2 == 0) machine.speeds[random() % machine.speeds.size()] = 0.25;
    return machine;
}

double sum_of(std::vector<double> const& values)
{
    return std::accumulate(values.begin(), values.end(), 0.0);
}

} // namespace

TEST_CASE("who has much left is asked once, and what comes back goes to those that are idle")
{
    OneBusy busy(divisible);
    auto const asked = busy.recalls(1);
    REQUIRE(asked.size() == 1);
    CHECK(asked[0].worker == 0);
    CHECK(asked[0].chunk == busy.chunk.id);
    CHECK(busy.recalls(20).empty()); // it has been asked
    auto const verdict = busy.scheduler.report(
        0, {.chunk = busy.chunk.id, .done = 2, .weight = 2, .seconds = 2, .last = true});
    CHECK(verdict.moved == 98);
    std::vector<bool> seen(100, false);
    std::uint32_t chunks = 0;
    while (auto const chunk = busy.scheduler.next(1)) {
        ++chunks;
        CHECK(chunk->attempt == 1);
        CHECK(chunk->range.count < 98);
        for (auto i = chunk->range.first; i < chunk->range.first + chunk->range.count; ++i) {
            CHECK(i >= 2);
            CHECK_FALSE(seen.at(i));
            seen[i] = true;
        }
        busy.scheduler.report(chunk->worker, {.chunk = chunk->id,
                                              .done = chunk->range.count,
                                              .weight = chunk->range.weight,
                                              .seconds = chunk->range.weight});
    }
    CHECK(chunks >= 2);
    CHECK(busy.scheduler.done(1));
}

TEST_CASE("nobody is asked for what cannot be given, or is not worth it")
{
    SUBCASE("a single call") { CHECK(OneBusy({.policy = Policy::guided}).recalls(1).empty()); }
    SUBCASE("a job that was cancelled")
    {
        OneBusy busy(divisible);
        busy.scheduler.cancel(1);
        CHECK(busy.recalls(1).empty());
    }
    SUBCASE("a job that is held back")
    {
        OneBusy busy(divisible);
        busy.scheduler.hold(1, true);
        CHECK(busy.recalls(1).empty());
    }
    SUBCASE("a worker that is as good as done")
    {
        OneBusy busy(divisible);
        CHECK(busy.recalls(99.5).empty());
    }
    SUBCASE("where nobody is idle")
    {
        OneBusy busy(divisible);
        busy.scheduler.lost(1);
        CHECK(busy.recalls(1).empty());
    }
}

TEST_CASE("a worker that takes longer than predicted is asked all the same")
{
    OneBusy busy(divisible);
    CHECK(busy.recalls(150).size() == 1);
}

TEST_CASE("a lost worker that was asked leaves all it held to the others")
{
    OneBusy busy(divisible);
    CHECK(busy.recalls(1).size() == 1);
    busy.scheduler.lost(0);
    std::uint64_t units = 0;
    while (auto const chunk = busy.scheduler.next(1)) {
        CHECK(chunk->worker == 1);
        units += chunk->range.count;
        busy.scheduler.report(1, {.chunk = chunk->id, .done = chunk->range.count});
    }
    CHECK(units == 100);
    CHECK(busy.scheduler.done(1));
}

TEST_CASE("with whatever moves, every unit is done once, and the run ends")
{
    constexpr std::uint64_t seed = 4711;
    MESSAGE("seed " << seed);
    std::mt19937_64 random(seed);
    std::uint64_t moved = 0;
    for (int i = 0; i < 1000; ++i) {
        CAPTURE(i);
        auto const work = random_work(random);
        auto const machine = random_machine(random);
        auto const run = simulate(work, machine); // throws where a promise is broken
        moved += run.moved;
        std::vector<double> done(run.busy);
        for (std::size_t w = 0; w < done.size(); ++w) done[w] *= machine.speeds[w];
        CHECK(sum_of(done) == doctest::Approx(sum_of(work.seconds)));
        CHECK(run.recalls <= run.chunks);
    }
    CHECK(moved > 1000);
}

TEST_CASE("giving back makes up for wrong weights")
{
    constexpr std::uint64_t seed = 815;
    MESSAGE("seed " << seed);
    std::mt19937_64 random(seed);
    // Without pilots, which make up for some of it.
    Tuning const with{.pilots = false};
    Tuning const without{.recall = false, .pilots = false};
    for (auto const& [items, sigma] :
         std::vector<std::pair<int, double>>{{5, 1}, {20, 1}, {20, 2}, {100, 2}, {100, 3}}) {
        std::vector<double> before;
        std::vector<double> after;
        for (int i = 0; i < 31; ++i) {
            SimulatedWork work;
            std::lognormal_distribution<double> seconds(std::log(20e-3), 0.5);
            std::lognormal_distribution<double> error(0, sigma);
            std::vector<std::pair<double, double>> units;
            for (int unit = 0; unit < 16 * items; ++unit) {
                auto const truth = seconds(random);
                units.emplace_back(truth * error(random), truth);
            }
            std::sort(units.begin(), units.end(), std::greater<>());
            for (auto const& [weight, truth] : units) {
                work.weights.push_back(weight);
                work.seconds.push_back(truth);
            }
            auto machine = SimulatedMachine::alike(16);
            machine.latency = 20e-6;
            machine.message = 2e-6;
            before.push_back(simulate(work, machine, without).loss());
            after.push_back(simulate(work, machine, with).loss());
        }
        std::sort(before.begin(), before.end());
        std::sort(after.begin(), after.end());
        MESSAGE(items << " items a worker, sigma " << sigma << ": loss " << before[15] << " -> "
                      << after[15] << "; worst " << before[30] << " -> " << after[30]);
        CHECK(after[15] <= before[15] + 1e-3); // a few messages
        if (sigma > 2) CHECK(after[15] < 0.75 * before[15]);
    }
}

TEST_CASE("a chunk that waits behind another and comes back says nothing of the first")
{
    Scheduler scheduler;
    scheduler.add_worker(WorkerKind::remote);
    scheduler.open(1, divisible);
    scheduler.expect(1, {.seconds = 4, .weight = 100, .units = 100});
    scheduler.add_blocks(
        1, {{.first = 0, .count = 1, .weight = 1}, {.first = 1, .count = 100, .weight = 1}});
    scheduler.end_input(1);
    auto const first = scheduler.next(1).value();
    auto const second = scheduler.next(1).value();
    scheduler.add_worker(WorkerKind::remote);
    scheduler.set_time(10);
    CHECK_FALSE(scheduler.next(1));
    auto const asked = scheduler.recalls();
    REQUIRE(asked.size() == 1);
    CHECK(asked[0].chunk == second.id);
    CHECK(scheduler.report(0, {.chunk = second.id}).moved == second.range.count);
    CHECK(scheduler.held_by(0).front().id == first.id);
    scheduler.set_time_left(0);
    CHECK(scheduler.recalls().empty());
}
