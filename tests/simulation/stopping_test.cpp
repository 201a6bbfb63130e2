// A run that is told to stop, over the simulated network.
#include "simulation/cluster.hpp"

#include "base/clock.hpp"
#include "roles/deadline.hpp"

#include <starmap/error.hpp>

#include <doctest/doctest.h>

#include <cstdint>

using simulation::Cluster;
using simulation::numbers;
using starmap::roles::Deadline;

namespace {

std::int64_t same(std::int64_t i) { return i; }

} // namespace

TEST_CASE("when a signal has come nothing more is handed out, and what runs is taken in")
{
    for (unsigned workers = 0; workers <= 5; ++workers)
        for (std::uint64_t seed = 1; seed <= 5; ++seed) {
            bool told = false;
            auto const heard = [&] {
                return starmap::base::Signals{.warned = told ? starmap::base::wall_now()
                                                             : Deadline::never,
                                              .terminated = Deadline::never};
            };
            Cluster cluster(workers, 100 * workers + seed, {}, 1, Deadline({}, heard));
            std::int64_t taken = 0;
            auto const items = numbers(1000);
            // Fixed blocks, of which a worker holds two at the most.
            CHECK_THROWS_AS(
                {
                    auto work =
                        cluster.session().map(starmap::fn<same>, items, {.concurrent_tasks = 500});
                    for (auto const value : work) {
                        taken += value >= 0 ? 1 : 0;
                        told = told || taken == 10;
                    }
                },
                starmap::Interrupted);
            CHECK(taken >= 10);
            CHECK(taken < 1000);
            // A main that catches it gets no further, and its next work neither.
            CHECK_THROWS_AS(cluster.session().starmap(starmap::fn<same>, items).reduce(),
                            starmap::Interrupted);
            cluster.finish();
        }
}

TEST_CASE("a Starmap that its consumer stops ends early, and no other does")
{
    for (unsigned workers = 0; workers <= 5; ++workers)
        for (std::uint64_t seed = 1; seed <= 5; ++seed)
            for (auto const order : {starmap::Order::arrival, starmap::Order::canonical}) {
                CAPTURE(workers);
                CAPTURE(seed);
                Cluster cluster(workers, 100 * workers + seed);
                auto const items = numbers(1000);
                auto work =
                    cluster.session().map(starmap::fn<same>, items, {.concurrent_tasks = 500});
                auto other = cluster.session().starmap(starmap::fn<same>, numbers(50));
                auto others = other.results();
                auto at = others.begin();
                std::int64_t taken = 0;
                auto results = work.results(order);
                for (auto const value : results) {
                    if (order == starmap::Order::canonical) CHECK(value == taken);
                    if (++taken >= 10) results.stop();
                }
                CHECK(taken >= 10);
                CHECK(taken < 1000);
                CHECK(work.failures().empty());
                std::int64_t sum = 0;
                for (; at != others.end(); ++at) sum += *at;
                CHECK(sum == 49 * 25);
                CHECK(cluster.session().starmap(starmap::fn<same>, items).reduce() == 999 * 500);
                cluster.finish();
            }
}

TEST_CASE("a Starmap may be stopped before its first result, and after its last one")
{
    for (unsigned workers = 0; workers <= 3; ++workers) {
        Cluster cluster(workers, workers + 1);
        auto early = cluster.session().starmap(starmap::fn<same>, numbers(1000));
        auto none = early.results();
        none.stop();
        none.stop();
        std::int64_t taken = 0;
        for (auto const value : none) taken += value >= 0 ? 1 : 0;
        CHECK(taken < 1000);
        auto late = cluster.session().starmap(starmap::fn<same>, numbers(10));
        auto all = late.results();
        taken = 0;
        for (auto const value : all) taken += value >= 0 ? 1 : 0;
        all.stop();
        CHECK(taken == 10);
        cluster.finish();
    }
}

TEST_CASE("the times that follow from a deadline and from signals")
{
    double warned = Deadline::never;
    double terminated = Deadline::never;
    Deadline const deadline({.start = 1000, .at = 2000, .grace = 30, .short_grace = 10}, [&] {
        return starmap::base::Signals{.warned = warned, .terminated = terminated};
    });
    using Phase = Deadline::Phase;
    CHECK(deadline.look(1000).seconds_left == 950);
    CHECK(deadline.look(1949).phase == Phase::open);
    CHECK(deadline.look(1201, 1200).told == 1227); // as if a signal had come
    CHECK(deadline.look(1229, 1200).phase == Phase::stopping);
    CHECK(deadline.look(1230, 1200).phase == Phase::over);
    CHECK(deadline.look(1960, 1950).told == 1950); // the deadline is sooner
    CHECK(deadline.look(1950).phase == Phase::stopping);
    CHECK(deadline.look(1950).patience == 25);
    CHECK(deadline.look(1975).phase == Phase::over);
    warned = 1200;
    CHECK(deadline.look(1199).phase == Phase::open);
    CHECK(deadline.look(1201).phase == Phase::stopping);
    CHECK(deadline.look(1201).seconds_left == 0);
    CHECK(deadline.look(1201).told == 1227);
    CHECK(deadline.look(1230).phase == Phase::over);
    terminated = 1205; // shortens what is left
    CHECK(deadline.look(1206).told == 1214);
    CHECK(deadline.look(1215).phase == Phase::over);
    CHECK(Deadline::margin({.start = 0, .at = 86400}) == 60);
    CHECK(Deadline().look(1e9).phase == Phase::open);
}
