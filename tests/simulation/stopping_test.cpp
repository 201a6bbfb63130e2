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
