#include "unit/scheduling/farm.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <cstdint>
#include <initializer_list>
#include <limits>
#include <memory>
#include <utility>
#include <vector>

using farm::Farm;
using farm::JobId;
using starmap::scheduling::JobSpec;
using starmap::scheduling::Policy;

namespace {

constexpr std::initializer_list<unsigned> worker_counts{1, 2, 3, 5, 8};
constexpr std::initializer_list<Policy> policies{Policy::each, Policy::guided, Policy::blocks};

void add(Farm& farm, JobId job, Policy policy, std::size_t count, bool uniform,
         std::uint32_t groups)
{
    if (policy != Policy::blocks && uniform) return farm.add_uniform(job, count);
    auto units = farm::random_units(farm.random(), count, uniform ? 1 : groups);
    if (policy == Policy::blocks) return farm.add_blocks(job, units);
    farm.add(job, std::move(units));
}

} // namespace

TEST_CASE("every unit is done once, for any number of units, workers, groups and any policy")
{
    for (auto const workers : worker_counts)
        for (std::size_t count = 0; count <= 3 * workers + 2; ++count)
            for (auto const policy : policies)
                for (std::uint32_t const groups : {0U, 1U, 2U, 7U})
                    for (double const seconds : {1e-6, 1e-3, 1.0}) {
                        auto const seed = 1000 * count + 10 * workers + groups;
                        CAPTURE(workers);
                        CAPTURE(count);
                        CAPTURE(to_string(policy));
                        CAPTURE(seed);
                        CAPTURE(seconds);
                        Farm farm(workers, seed, {.pieces = 0.2, .seconds = seconds});
                        farm.open(1, {.policy = policy});
                        add(farm, 1, policy, count, groups == 0, std::max(1U, groups));
                        farm.end_input(1);
                        farm.run();
                        farm.check_finished(1);
                        CHECK(farm.given_up(1) == 0);
                    }
}

TEST_CASE("large jobs: chunks shrink, tiny tasks travel together, and all is done")
{
    for (std::uint64_t seed = 1; seed <= 6; ++seed)
        for (auto const policy : policies) {
            CAPTURE(seed);
            CAPTURE(to_string(policy));
            Farm farm(5, seed, {.pieces = 0.1, .let_go = 0.05, .seconds = 1e-6});
            farm.open(1, {.policy = policy});
            add(farm, 1, policy, 1200, false, 5);
            farm.end_input(1);
            farm.run();
            farm.check_finished(1);
            if (policy != Policy::blocks) CHECK(farm.handed_out().size() < 600);
        }
}

TEST_CASE("heavy work starts first")
{
    for (auto const policy : policies)
        for (std::uint64_t seed = 1; seed <= 20; ++seed) {
            CAPTURE(to_string(policy));
            CAPTURE(seed);
            Farm farm(3, seed, {.seconds = 1e-2}, {.pilots = false});
            auto const units = farm::random_units(farm.random(), 60, 1);
            farm.open(1, {.policy = policy});
            if (policy == Policy::blocks)
                farm.add_blocks(1, units);
            else
                farm.add(1, units);
            farm.end_input(1);
            farm.run();
            auto last = std::numeric_limits<double>::infinity();
            for (auto const& chunk : farm.handed_out()) {
                auto const head = policy == Policy::blocks ? chunk.range.weight
                                                           : units.weights[chunk.range.first];
                CHECK(head <= last);
                last = head;
            }
            farm.check_finished(1);
        }
}

TEST_CASE("heavy units go to workers that have shown their speed, whoever asks first")
{
    using namespace starmap::scheduling;
    for (auto const policy : policies) {
        CAPTURE(to_string(policy));
        Scheduler scheduler;
        for (int i = 0; i < 4; ++i) scheduler.add_worker(WorkerKind::remote);
        scheduler.open(1, {.policy = policy});
        std::vector<double> weights(1000, 1.0);
        std::fill(weights.begin(), weights.begin() + 3, 200.0);
        if (policy == Policy::blocks) {
            std::vector<Range> blocks;
            for (std::uint64_t i = 0; i < weights.size(); ++i)
                blocks.push_back({.first = i, .count = 1, .weight = weights[i]});
            scheduler.add_blocks(1, blocks);
        } else {
            scheduler.add(1, std::make_shared<std::vector<double> const>(weights), {});
        }
        scheduler.end_input(1);
        std::vector<WorkerId> heavy;
        // All are at work at once, and those of speed 1 are back first.
        std::vector<std::pair<double, Chunk>> out;
        std::vector<double> free(4, 0.0);
        double now = 0;
        std::uint64_t units = 0;
        auto const hand_out = [&] {
            while (auto const chunk = scheduler.next(1)) {
                if (chunk->range.first < 3) heavy.push_back(chunk->worker);
                auto& done = free[chunk->worker];
                done = std::max(now, done) + chunk->range.weight * (chunk->worker == 0 ? 4 : 1);
                out.emplace_back(done, *chunk);
            }
        };
        for (hand_out(); !out.empty(); hand_out()) {
            auto const next = std::min_element(out.begin(), out.end(), [](auto& a, auto& b) {
                return a.first != b.first ? a.first < b.first : a.second.id < b.second.id;
            });
            auto const [time, chunk] = *next;
            out.erase(next);
            units += chunk.range.count;
            auto const factor = chunk.worker == 0 ? 4 : 1;
            now = time;
            scheduler.report(chunk.worker, {.chunk = chunk.id,
                                            .done = chunk.range.count,
                                            .weight = chunk.range.weight,
                                            .seconds = factor * chunk.range.weight});
        }
        CHECK(units == 1000);
        CHECK(heavy.size() == 3);
        CHECK(std::count(heavy.begin(), heavy.end(), 0U) == 0);
    }
}

TEST_CASE("where all units are heavy nobody waits for a light one")
{
    using namespace starmap::scheduling;
    Scheduler scheduler;
    for (int i = 0; i < 5; ++i) scheduler.add_worker(WorkerKind::remote);
    scheduler.open(1, {.policy = Policy::guided});
    scheduler.add(
        1, std::make_shared<std::vector<double> const>(std::vector<double>{90, 80, 70, 60}), {});
    scheduler.end_input(1);
    for (std::uint64_t first = 0; first < 4; ++first) {
        auto const chunk = scheduler.next(1);
        REQUIRE(chunk);
        CHECK(chunk->range.first == first);
    }
}

TEST_CASE(
    "of several keys the one whose units take longest comes first, and none before it is known")
{
    using starmap::scheduling::Chunk;
    using starmap::scheduling::Scheduler;
    using starmap::scheduling::WorkerKind;
    Scheduler scheduler;
    for (int i = 0; i < 2; ++i) scheduler.add_worker(WorkerKind::remote);
    scheduler.open(1, {.policy = Policy::guided});
    // The units of the second key weigh a tenth, and take ten times as long.
    std::vector<double> weights(200, 1.0);
    std::vector<std::uint32_t> groups(200, 3);
    std::fill(weights.begin() + 100, weights.end(), 0.1);
    std::fill(groups.begin() + 100, groups.end(), 8);
    scheduler.add(1, std::make_shared<std::vector<double> const>(weights), groups);
    scheduler.end_input(1);
    auto const run = [&](Chunk const& chunk) {
        auto const each = chunk.range.group == 8 ? 10.0 : 1.0;
        scheduler.report(chunk.worker, {.chunk = chunk.id,
                                        .done = chunk.range.count,
                                        .weight = chunk.range.weight,
                                        .seconds = each * chunk.range.count});
    };
    auto const first = scheduler.next(1).value();
    auto const second = scheduler.next(1).value();
    CHECK(first.range.group == 3);
    CHECK(second.range.group == 8);
    run(first);
    run(second);
    auto const next = scheduler.next(1).value();
    CHECK(next.range.group == 8);
    // A quarter of the seconds that are left, some 1060, and of that half, as nobody knows yet how
    // quick the worker is. By weight it would be as many units as may go at all, 24.
    CHECK(next.range.count >= 12);
    CHECK(next.range.count <= 14);
}

TEST_CASE("a chunk has a most of units, however many there are")
{
    using starmap::scheduling::Scheduler;
    using starmap::scheduling::Tuning;
    using starmap::scheduling::WorkerKind;
    constexpr std::uint64_t units = 10'000'000;
    Scheduler scheduler;
    scheduler.add_worker(WorkerKind::remote);
    scheduler.open(1, {.policy = Policy::guided});
    scheduler.add_uniform(1, units);
    scheduler.end_input(1);
    std::uint64_t done = 0;
    std::uint32_t most = 0;
    for (auto chunk = scheduler.next(1); chunk; chunk = scheduler.next(1)) {
        auto const count = chunk->range.count;
        most = std::max(most, count);
        done += count;
        scheduler.report(0, {.chunk = chunk->id,
                             .done = count,
                             .weight = chunk->range.weight,
                             .seconds = 1e-8 * count});
    }
    CHECK(done == units);
    CHECK(most == Tuning{}.max_units);
}

TEST_CASE("while nothing is known, tasks go one by one and no worker gets a second")
{
    Farm farm(4, 7);
    farm.open(1, {.policy = Policy::each});
    farm.add_uniform(1, 100);
    farm.end_input(1);
    farm.dispatch();
    REQUIRE(farm.handed_out().size() == 4);
    for (auto const& chunk : farm.handed_out()) CHECK(chunk.range.count == 1);
}

TEST_CASE("the first chunks of unknown cost are a small part of the work")
{
    Farm farm(4, 7);
    farm.open(1, {.policy = Policy::guided});
    farm.add_uniform(1, 6400);
    farm.end_input(1);
    farm.dispatch();
    REQUIRE(farm.handed_out().size() == 4);
    CHECK(farm.handed_out().front().range.count == 100); // 6400 / (2 * 4) / 8
}

TEST_CASE("once short tasks are known to be short, each worker gets one chunk ahead, and no more")
{
    Farm farm(2, 7, {.seconds = 1e-3});
    farm.open(1, {.policy = Policy::each});
    farm.add_uniform(1, 1000);
    farm.end_input(1);
    farm.dispatch();
    REQUIRE(farm.step());
    farm.dispatch();
    for (farm::WorkerId worker : {0U, 1U}) CHECK(farm.scheduler().held_by(worker).size() <= 2);
    auto const& held = farm.handed_out();
    CHECK(farm.scheduler().held_by(held.back().worker).size() == 2);
}

TEST_CASE("long tasks are not put behind one another")
{
    Farm farm(2, 7, {.seconds = 10});
    farm.open(1, {.policy = Policy::each});
    farm.add_uniform(1, 50);
    farm.end_input(1);
    for (int i = 0; i < 20; ++i) {
        farm.dispatch();
        for (farm::WorkerId worker : {0U, 1U}) CHECK(farm.scheduler().held_by(worker).size() == 1);
        REQUIRE(farm.step());
    }
    farm.run();
    farm.check_finished(1);
}

TEST_CASE("blocks go out as they were made")
{
    Farm farm(3, 5, {.seconds = 1e-6});
    farm.open(1, {.policy = Policy::blocks});
    auto const units = farm::random_units(farm.random(), 40, 3);
    farm.add_blocks(1, units);
    farm.end_input(1);
    farm.run();
    std::vector<std::uint64_t> firsts;
    std::uint64_t covered = 0;
    for (auto const& chunk : farm.handed_out()) {
        firsts.push_back(chunk.range.first);
        covered += chunk.range.count;
    }
    CHECK(covered == 40);
    std::sort(firsts.begin(), firsts.end());
    CHECK(std::adjacent_find(firsts.begin(), firsts.end()) == firsts.end());
}
