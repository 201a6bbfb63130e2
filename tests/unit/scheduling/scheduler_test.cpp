#include "scheduling/scheduler.hpp"

#include <starmap/error.hpp>

#include <doctest/doctest.h>

#include <array>
#include <cstdint>
#include <memory>
#include <vector>

using starmap::ProtocolError;
using starmap::scheduling::Chunk;
using starmap::scheduling::Policy;
using starmap::scheduling::Range;
using starmap::scheduling::Report;
using starmap::scheduling::Scheduler;
using starmap::scheduling::WorkerKind;

namespace {

/// A scheduler with `workers` remote workers (0, 1, ...) and then a local one.
Scheduler with_workers(unsigned workers)
{
    Scheduler scheduler;
    for (unsigned i = 0; i < workers; ++i) scheduler.add_worker(WorkerKind::remote);
    scheduler.add_worker(WorkerKind::local);
    return scheduler;
}

Report all_of(Chunk const& chunk, double seconds = 1)
{
    return {.chunk = chunk.id,
            .done = chunk.range.count,
            .weight = chunk.range.weight,
            .seconds = seconds};
}

} // namespace

TEST_CASE("reports of what a worker does not hold break the protocol")
{
    auto scheduler = with_workers(2);
    scheduler.open(1, {.policy = Policy::blocks});
    scheduler.add_blocks(1, {{.first = 0, .count = 4, .weight = 4, .group = 0}});
    scheduler.end_input(1);
    auto const chunk = scheduler.next(1);
    REQUIRE(chunk);
    CHECK_FALSE(scheduler.next(1));
    CHECK_THROWS_AS(scheduler.report(1, all_of(*chunk)), ProtocolError);
    CHECK_THROWS_AS(scheduler.report(0, {.chunk = chunk->id + 1, .done = 1}), ProtocolError);
    CHECK_THROWS_AS(scheduler.report(0, {.chunk = chunk->id, .done = 5}), ProtocolError);
    scheduler.report(0, {.chunk = chunk->id, .done = 3, .weight = 3, .seconds = 1, .last = false});
    CHECK_THROWS_AS(scheduler.report(0, {.chunk = chunk->id, .done = 2}), ProtocolError);
    CHECK_FALSE(scheduler.done(1));
    scheduler.report(0, {.chunk = chunk->id, .done = 1, .weight = 1, .seconds = 1});
    CHECK(scheduler.done(1));
    CHECK(scheduler.weight_done(1) == 4);
    CHECK_THROWS_AS(scheduler.report(0, all_of(*chunk)), ProtocolError);
}

TEST_CASE("a job that is not open is not known")
{
    auto scheduler = with_workers(1);
    CHECK_THROWS_AS(scheduler.done(1), ProtocolError);
    CHECK_THROWS_AS(scheduler.add_uniform(1, 1), ProtocolError);
    scheduler.open(1, {});
    CHECK_FALSE(scheduler.done(1));
    scheduler.close(1);
    CHECK_THROWS_AS(scheduler.end_input(1), ProtocolError);
    CHECK_FALSE(scheduler.next(1));
}

TEST_CASE("the preferred job comes first, the others in the order of their numbers")
{
    auto scheduler = with_workers(3);
    for (std::uint32_t job : {1U, 2U, 3U}) {
        scheduler.open(job, {.policy = Policy::each});
        scheduler.add_uniform(job, 1);
    }
    CHECK(scheduler.next(2)->job == 2);
    CHECK(scheduler.next(2)->job == 1);
    CHECK(scheduler.next(2)->job == 3);
}

TEST_CASE("a job in place runs on the local worker alone, and nothing else does")
{
    auto scheduler = with_workers(1);
    scheduler.open(1, {.policy = Policy::each, .in_place = true, .retries = 1});
    scheduler.open(2, {.policy = Policy::each});
    scheduler.add_uniform(1, 2);
    scheduler.add_uniform(2, 9);
    auto const local = scheduler.next(1);
    REQUIRE(local);
    CHECK(local->worker == 1);
    auto const remote = scheduler.next(1);
    REQUIRE(remote);
    CHECK(remote->worker == 0);
    CHECK(remote->job == 2);
    CHECK_FALSE(scheduler.next(1));
    // A retry has nowhere else to go.
    Range const failed{.first = 0, .count = 1, .weight = 1, .group = 0};
    auto report = all_of(*local);
    report.failed = {&failed, 1};
    CHECK(scheduler.report(1, report).given_up.empty());
    auto const again = scheduler.next(1);
    REQUIRE(again);
    CHECK(again->worker == 1);
    CHECK(again->attempt == 2);
    CHECK(again->range.first == local->range.first);
}

TEST_CASE("a worker whose only chunk is done is given work, though it stood ready for a second")
{
    auto scheduler = with_workers(1);
    scheduler.open(1, {.policy = Policy::each});
    scheduler.add_uniform(1, 1);
    auto const first = scheduler.next(1);
    REQUIRE(first);
    scheduler.report(0, all_of(*first, 1e-6));
    scheduler.add_uniform(1, 1);
    auto const second = scheduler.next(1); // short work: the worker stands ready for another
    REQUIRE(second);
    CHECK_FALSE(scheduler.next(1));
    scheduler.report(0, all_of(*second, 1e-6));
    scheduler.add_uniform(1, 3);
    scheduler.end_input(1);
    std::uint64_t units = 0;
    while (auto const chunk = scheduler.next(1)) {
        CHECK(chunk->worker == 0);
        units += chunk->range.count;
        scheduler.report(0, all_of(*chunk, 1e-6));
    }
    CHECK(units == 3);
    CHECK(scheduler.done(1));
}

TEST_CASE("a retry waits for another worker rather than to go back where it failed")
{
    auto scheduler = with_workers(2);
    scheduler.open(1, {.policy = Policy::each, .retries = 1});
    scheduler.add_uniform(1, 2);
    scheduler.end_input(1);
    auto const a = scheduler.next(1);
    auto const b = scheduler.next(1);
    REQUIRE((a && b));
    Range const failed{.first = 0, .count = 1, .weight = 1, .group = 0};
    auto report = all_of(*a);
    report.failed = {&failed, 1};
    CHECK(scheduler.report(a->worker, report).given_up.empty());
    CHECK_FALSE(scheduler.next(1));
    CHECK(scheduler.weight_done(1) == 0);
    SUBCASE("which gets it as soon as it is free")
    {
        scheduler.report(b->worker, all_of(*b));
        auto const again = scheduler.next(1);
        REQUIRE(again);
        CHECK(again->worker == b->worker);
        CHECK(again->attempt == 2);
        report.chunk = again->id;
        auto const verdict = scheduler.report(b->worker, report);
        REQUIRE(verdict.given_up.size() == 1);
        CHECK(verdict.given_up.front().first == a->range.first);
        CHECK(scheduler.done(1));
        CHECK(scheduler.weight_done(1) == 2);
    }
    SUBCASE("unless that is lost")
    {
        scheduler.lost(b->worker);
        auto const next = scheduler.next(1);
        REQUIRE(next);
        CHECK(next->worker == a->worker);
        scheduler.report(a->worker, all_of(*next));
        auto const last = scheduler.next(1);
        REQUIRE(last);
        scheduler.report(a->worker, all_of(*last));
        CHECK(next->attempt + last->attempt == 3); // the lost one is not charged
        CHECK(scheduler.done(1));
    }
}

TEST_CASE("a retry that is given back unstarted still avoids the worker where it failed")
{
    auto scheduler = with_workers(2);
    scheduler.open(1, {.policy = Policy::each, .retries = 1});
    scheduler.add_uniform(1, 1);
    scheduler.end_input(1);
    auto const first = scheduler.next(1);
    REQUIRE(first);
    std::array const failed{starmap::scheduling::Range{.first = 0, .count = 1, .weight = 1}};
    scheduler.report(first->worker,
                     {.chunk = first->id, .done = 1, .weight = 1, .seconds = 1, .failed = failed});
    for (int round = 0; round < 5; ++round) {
        auto const again = scheduler.next(1);
        REQUIRE(again);
        CHECK(again->worker != first->worker);
        CHECK(again->attempt == 2);
        scheduler.report(again->worker, {.chunk = again->id, .done = 0});
    }
}

TEST_CASE("a held job finishes what was begun, and goes on when it is released")
{
    auto scheduler = with_workers(1);
    scheduler.open(1, {.policy = Policy::blocks});
    scheduler.add_blocks(1, {{.first = 0, .count = 4, .weight = 4, .group = 0},
                             {.first = 4, .count = 1, .weight = 1, .group = 0}});
    scheduler.end_input(1);
    auto const chunk = scheduler.next(1);
    REQUIRE(chunk);
    scheduler.hold(1, true);
    scheduler.report(0, {.chunk = chunk->id, .done = 1, .weight = 1, .seconds = 1});
    auto const rest = scheduler.next(1);
    REQUIRE(rest);
    CHECK(rest->range.first == 1);
    CHECK(rest->range.count == 3);
    CHECK(rest->attempt == 1);
    scheduler.report(0, all_of(*rest));
    CHECK_FALSE(scheduler.next(1));
    CHECK_FALSE(scheduler.drained(1));
    scheduler.hold(1, false);
    auto const last = scheduler.next(1);
    REQUIRE(last);
    scheduler.report(0, all_of(*last));
    CHECK(scheduler.done(1));
}

TEST_CASE("of a held job the chunk is handed out that its consumer waits for")
{
    for (auto const policy : {Policy::each, Policy::guided}) {
        auto scheduler = with_workers(3);
        scheduler.open(1, {.policy = policy});
        auto const weights =
            std::make_shared<std::vector<double> const>(std::vector<double>{1, 1, 1, 9, 9, 9});
        std::vector<std::uint32_t> const groups{0, 0, 0, 1, 1, 1};
        scheduler.add(1, weights, groups);
        scheduler.end_input(1);
        auto const heavy = scheduler.next(1);
        REQUIRE(heavy);
        CHECK(heavy->range.first == 3);
        scheduler.hold(1, true);
        CHECK_FALSE(scheduler.next(1));
        scheduler.hold(1, true, 3); // not in the pool any more
        CHECK_FALSE(scheduler.next(1));
        scheduler.hold(1, true, 0);
        auto const needed = scheduler.next(1);
        REQUIRE(needed);
        CHECK(needed->range.first == 0);
        CHECK_FALSE(scheduler.next(1));
        scheduler.hold(1, false);
        auto const next = scheduler.next(1);
        REQUIRE(next);
        CHECK(next->range.first == 4);
    }
}

TEST_CASE("units are wanted while little is left to hand out")
{
    auto scheduler = with_workers(2);
    scheduler.open(1, {.policy = Policy::each});
    CHECK(scheduler.wants_units(1));
    scheduler.add_uniform(1, 1024);
    CHECK_FALSE(scheduler.wants_units(1));
    auto const chunk = scheduler.next(1);
    REQUIRE(chunk);
    CHECK(scheduler.wants_units(1));
    scheduler.hold(1, true);
    CHECK_FALSE(scheduler.wants_units(1));
    scheduler.hold(1, false);
    // Units of a microsecond are used up faster than they can be read one by one.
    scheduler.add_uniform(1, 5000);
    CHECK_FALSE(scheduler.wants_units(1));
    scheduler.report(0, all_of(*chunk, 1e-6));
    CHECK(scheduler.wants_units(1));
    scheduler.end_input(1);
    CHECK_FALSE(scheduler.wants_units(1));
}

TEST_CASE("near the end nothing is put behind a chunk that an idle worker would do sooner")
{
    for (std::uint64_t const units : {4, 400}) {
        auto scheduler = with_workers(2);
        scheduler.open(1, {.policy = Policy::each});
        scheduler.add_uniform(1, units);
        scheduler.end_input(1);
        auto const first = scheduler.next(1);
        auto const other = scheduler.next(1);
        REQUIRE((first && other));
        scheduler.report(first->worker, all_of(*first, 20e-3));
        auto const third = scheduler.next(1);
        REQUIRE(third);
        CHECK(third->worker == first->worker);
        CHECK(scheduler.next(1).has_value() == (units > 4));
        if (units > 4) continue;
        scheduler.report(other->worker, all_of(*other, 20e-3));
        CHECK(scheduler.next(1)->worker == other->worker);
    }
}
