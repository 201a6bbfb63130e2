#include "scheduling/scheduler.hpp"

#include <doctest/doctest.h>

#include <cstdint>
#include <memory>
#include <vector>

using starmap::scheduling::Chunk;
using starmap::scheduling::Policy;
using starmap::scheduling::Report;
using starmap::scheduling::Scheduler;
using starmap::scheduling::WorkerKind;

namespace {

/// Two workers, and units of these weights, of which the first chunk has taken a second a weight.
Scheduler taught(Policy policy, std::vector<double> weights)
{
    Scheduler scheduler({.pilots = false}); // the heaviest unit is the first
    for (int i = 0; i < 2; ++i) scheduler.add_worker(WorkerKind::remote);
    scheduler.open(1, {.policy = policy});
    scheduler.add(1, std::make_shared<std::vector<double> const>(std::move(weights)), {});
    scheduler.end_input(1);
    auto const first = scheduler.next(1);
    REQUIRE(first);
    scheduler.report(first->worker, {.chunk = first->id,
                                     .done = first->range.count,
                                     .weight = first->range.weight,
                                     .seconds = first->range.weight});
    return scheduler;
}

Report all_of(Chunk const& chunk)
{
    return {.chunk = chunk.id,
            .done = chunk.range.count,
            .weight = chunk.range.weight,
            .seconds = chunk.range.weight};
}

} // namespace

TEST_CASE("chunks shrink to what can be done in the time left, down to one unit")
{
    auto scheduler = taught(Policy::guided, std::vector<double>(100, 1.0));
    scheduler.set_time_left(6);
    auto const chunk = scheduler.next(1);
    REQUIRE(chunk);
    CHECK(chunk->range.count <= 4);
    scheduler.report(chunk->worker, all_of(*chunk));
    scheduler.set_time_left(1.6);
    auto const one = scheduler.next(1);
    REQUIRE(one);
    CHECK(one->range.count == 1);
    CHECK_FALSE(scheduler.out_of_time(1));
    scheduler.report(one->worker, all_of(*one));
    scheduler.set_time_left(1.4);
    CHECK_FALSE(scheduler.next(1));
    CHECK(scheduler.out_of_time(1));
    CHECK_FALSE(scheduler.done(1));
}

TEST_CASE("where a heavy unit does not fit any more, lighter ones go out")
{
    auto scheduler = taught(Policy::each, {20, 10, 9, 2, 1});
    scheduler.set_time_left(4);
    std::vector<std::uint64_t> firsts;
    while (auto const chunk = scheduler.next(1)) {
        firsts.push_back(chunk->range.first);
        scheduler.report(chunk->worker, all_of(*chunk));
    }
    CHECK(firsts == std::vector<std::uint64_t>{3, 4});
    CHECK(scheduler.out_of_time(1));
    scheduler.set_time_left(1000);
    std::uint64_t units = 0;
    while (auto const chunk = scheduler.next(1)) {
        units += chunk->range.count;
        scheduler.report(chunk->worker, all_of(*chunk));
    }
    CHECK(units == 2);
    CHECK(scheduler.done(1));
}

TEST_CASE("with no second left nothing is handed out, of whatever cost")
{
    Scheduler scheduler;
    scheduler.add_worker(WorkerKind::remote);
    scheduler.open(1, {.policy = Policy::each});
    scheduler.add_uniform(1, 3);
    scheduler.end_input(1);
    scheduler.set_time_left(0);
    CHECK_FALSE(scheduler.next(1));
    CHECK(scheduler.out_of_time(1));
    scheduler.set_time_left(1e-3);
    CHECK(scheduler.next(1));
    CHECK_FALSE(scheduler.out_of_time(1));
}

TEST_CASE("a task that gives up for want of time is neither failed nor done, nor tried again")
{
    auto scheduler = taught(Policy::each, {5, 4});
    auto const chunk = scheduler.next(1);
    REQUIRE(chunk);
    std::vector<starmap::scheduling::Range> const failed{{.first = 0, .count = 1, .weight = 4}};
    auto report = all_of(*chunk);
    report.failed = failed;
    report.for_want_of_time = true;
    CHECK(scheduler.report(chunk->worker, report).given_up.empty());
    CHECK_FALSE(scheduler.next(1));
    CHECK_FALSE(scheduler.done(1));
    CHECK(scheduler.out_of_time(1));
    CHECK(scheduler.weight_done(1) == 5);
}
