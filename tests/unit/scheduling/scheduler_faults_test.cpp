#include "unit/scheduling/farm.hpp"

#include <doctest/doctest.h>

#include <array>
#include <cstdint>
#include <initializer_list>
#include <vector>

using farm::Farm;
using farm::JobId;
using starmap::scheduling::JobSpec;
using starmap::scheduling::Policy;

namespace {

constexpr std::array policies{Policy::each, Policy::guided, Policy::blocks};

void add(Farm& farm, JobId job, Policy policy, std::size_t count)
{
    auto const units = farm::random_units(farm.random(), count, 3);
    if (policy == Policy::blocks)
        farm.add_blocks(job, units);
    else
        farm.add(job, units);
}

} // namespace

TEST_CASE("what fails is tried again, elsewhere, as often as was asked for, then given up once")
{
    for (unsigned const workers : {1U, 2U, 3U, 8U})
        for (std::uint16_t const retries : std::array<std::uint16_t, 3>{0, 1, 3})
            for (auto const policy : policies)
                for (std::uint64_t seed = 1; seed <= 5; ++seed) {
                    CAPTURE(workers);
                    CAPTURE(retries);
                    CAPTURE(to_string(policy));
                    CAPTURE(seed);
                    Farm farm(workers, seed,
                              {.pieces = 0.3, .let_go = 0.2, .failing = 0.3, .seconds = 1e-3});
                    farm.open(1, {.policy = policy, .retries = retries});
                    add(farm, 1, policy, 40);
                    farm.end_input(1);
                    farm.run();
                    farm.check_finished(1);
                    if (retries == 0) CHECK(farm.given_up(1) > 0);
                }
}

TEST_CASE("all that always fails is given up after retries + 1 attempts")
{
    Farm farm(3, 11, {.failing = 1});
    farm.open(1, {.policy = Policy::each, .retries = 2});
    farm.add_uniform(1, 20);
    farm.end_input(1);
    farm.run();
    farm.check_finished(1);
    CHECK(farm.given_up(1) == 20);
    CHECK(farm.handed_out().size() == 60);
}

TEST_CASE("lost workers: what they held goes to others, uncharged")
{
    for (std::uint64_t seed = 1; seed <= 60; ++seed) {
        CAPTURE(seed);
        Farm farm(5, seed, {.pieces = 0.3, .let_go = 0.1, .failing = 0.1, .seconds = 1e-3});
        auto const policy = policies[seed % 3];
        farm.open(1, {.policy = policy, .retries = 4});
        add(farm, 1, policy, 50);
        farm.end_input(1);
        for (farm::WorkerId next = 0; farm.dispatch(), farm.step();)
            if (next < 4 && farm.chance(0.15)) farm.lose(next < 2 ? next++ : next++ + 1);
        farm.run();
        farm.check_finished(1);
    }
}

TEST_CASE("with no worker left nothing is handed out, until one comes")
{
    Farm farm(2, 3);
    farm.open(1, {.policy = Policy::each});
    farm.add_uniform(1, 5);
    farm.end_input(1);
    farm.dispatch();
    farm.lose(0);
    farm.lose(0);
    farm.lose(1);
    farm.dispatch();
    CHECK(farm.scheduler().idle());
    CHECK(farm.scheduler().remote_workers() == 0);
    CHECK_FALSE(farm.scheduler().done(1));
    farm.add_worker();
    farm.run();
    farm.check_finished(1);
}

TEST_CASE("a cancelled job hands out nothing more and ends with what is under way")
{
    for (std::uint64_t seed = 1; seed <= 60; ++seed) {
        CAPTURE(seed);
        Farm farm(4, seed, {.pieces = 0.3, .let_go = 0.3, .failing = 0.2, .seconds = 1e-3});
        auto const policy = policies[seed % 3];
        for (JobId job : {1U, 2U}) {
            farm.open(job, {.policy = policy, .retries = 3});
            add(farm, job, policy, 30);
        }
        farm.end_input(2);
        auto steps = seed % 12;
        for (farm.dispatch(1); steps > 0 && farm.step(); farm.dispatch(1)) --steps;
        farm.cancel(1);
        if (seed % 2 == 0) farm.lose(seed % 4);
        farm.run();
        farm.check_finished(1);
        farm.check_finished(2);
        farm.scheduler().close(1);
        farm.scheduler().close(2);
    }
}

TEST_CASE("several jobs, held and released at random, with streams: all are finished")
{
    for (std::uint64_t seed = 1; seed <= 150; ++seed) {
        CAPTURE(seed);
        auto const workers = std::array{1U, 2U, 3U, 5U, 8U}[seed % 5];
        Farm farm(workers, seed,
                  {.pieces = 0.2, .let_go = 0.1, .failing = 0.1, .seconds = seed % 2 ? 1e-5 : 1.0});
        std::array<std::size_t, 4> left{};
        for (JobId job = 1; job <= 3; ++job) {
            farm.open(job, {.policy = policies[(seed + job) % 3], .retries = 2});
            left[job] = farm.random()() % 40;
        }
        farm.open(4, {.policy = Policy::guided, .in_place = true, .retries = 1});
        farm.add_uniform(4, 3);
        farm.end_input(4);
        std::array<bool, 4> ended{};
        for (int turn = 0; turn < 400; ++turn) {
            auto const job = static_cast<JobId>(farm.random()() % 3 + 1);
            if (farm.chance(0.2)) farm.hold(job, farm.chance(0.5));
            if (!ended[job] && farm.scheduler().wants_units(job) && farm.chance(0.5)) {
                auto const count = std::min<std::size_t>(left[job], farm.random()() % 12);
                left[job] -= count;
                add(farm, job, policies[(seed + job) % 3], count);
                if (left[job] == 0) {
                    farm.end_input(job);
                    ended[job] = true;
                }
            }
            farm.dispatch(static_cast<JobId>(farm.random()() % 6));
            farm.step();
        }
        // Held jobs finish what was begun, and nothing more.
        farm.run();
        for (JobId job = 1; job <= 3; ++job) {
            farm.hold(job, false);
            if (!ended[job]) {
                add(farm, job, policies[(seed + job) % 3], left[job]);
                farm.end_input(job);
            }
        }
        farm.run();
        for (JobId job = 1; job <= 4; ++job) farm.check_finished(job);
    }
}

TEST_CASE("a unit may have its own number of further attempts, wherever it fails")
{
    starmap::scheduling::Scheduler scheduler;
    auto const worker = scheduler.add_worker(starmap::scheduling::WorkerKind::remote);
    scheduler.open(1, {.policy = Policy::each, .retries = 1});
    scheduler.add_uniform(1, 1);
    scheduler.end_input(1);
    std::array const failed{starmap::scheduling::Range{.first = 0, .count = 1, .weight = 1}};
    for (std::uint16_t attempt = 1; attempt <= 5; ++attempt) {
        auto const chunk = scheduler.next(1);
        REQUIRE(chunk);
        CHECK(chunk->attempt == attempt);
        std::array<std::uint16_t, 1> const retries{4};
        auto const verdict = attempt % 2 == 0
                                 ? scheduler.died(worker, chunk->id, chunk->range, retries.front())
                                 : scheduler.report(worker, {.chunk = chunk->id,
                                                             .done = 1,
                                                             .weight = 1,
                                                             .seconds = 1,
                                                             .failed = failed,
                                                             .retries = retries});
        CHECK(verdict.given_up.size() == (attempt == 5 ? 1 : 0));
    }
    CHECK(scheduler.done(1));
}

TEST_CASE("what ended in another way than results do teaches nothing")
{
    starmap::scheduling::Scheduler scheduler;
    auto const worker = scheduler.add_worker(starmap::scheduling::WorkerKind::remote);
    scheduler.open(1, {.policy = Policy::each});
    scheduler.add_uniform(1, 2);
    for (bool const teaches : {false, true}) {
        auto const chunk = scheduler.next(1);
        REQUIRE(chunk);
        scheduler.report(
            worker, {.chunk = chunk->id, .done = 1, .weight = 1, .seconds = 1, .teaches = teaches});
        CHECK(scheduler.costs(1).knows_anything() == teaches);
    }
}
