// What an earlier record is good for, and what a wrong one costs, in virtual time.
#include "scheduling/workloads.hpp"

#include "scheduling/lessons.hpp"
#include "support/sanitized.hpp"
#include "unit/scheduling/cluster.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <cstdint>
#include <numeric>

using namespace bench::scheduling;
using namespace starmap::scheduling;

namespace {

/// What the record of the same work says, `wrong` times off.
Cost record_of(SimulatedWork const& work, double wrong)
{
    auto const sum = [](auto const& values) {
        return std::accumulate(values.begin(), values.end(), 0.0);
    };
    return {.seconds = wrong * sum(work.seconds),
            .weight = sum(work.weights),
            .units = static_cast<double>(work.seconds.size())};
}

} // namespace

TEST_CASE("who knows the cost from an earlier run needs no chunks to find it out")
{
    for (std::size_t const workers : {16U, 64U, 256U})
        for (auto const kind : {Kind::constant, Kind::gamma, Kind::decreasing}) {
            CAPTURE(workers);
            CAPTURE(to_string(kind));
            auto work = guided(make_items(kind, 300 * workers, 0.5, 1));
            auto const ignorant = simulate(work, cluster(workers, 1));
            work.expected = record_of(work, 1);
            auto const taught = simulate(work, cluster(workers, 1));
            CHECK(taught.chunks < ignorant.chunks);
            CHECK(taught.loss() <= 0.01);
        }
}

TEST_CASE("where rank 0 is the limit, an earlier run takes half of the loss away")
{
    for (auto const kind : {Kind::constant, Kind::exponential, Kind::decreasing}) {
        CAPTURE(to_string(kind));
        auto work = guided(make_items(kind, 30 * 4096, 0.5, 1));
        auto const ignorant = simulate(work, cluster(4096, 1)).loss();
        work.expected = record_of(work, 1);
        CHECK(simulate(work, cluster(4096, 1)).loss() < 0.5 * ignorant);
    }
}

TEST_CASE("tiny tasks travel together from the start")
{
    SimulatedWork work{.policy = Policy::each, .seconds = std::vector<double>(20'000, 1e-6)};
    auto const machine = cluster(4, 1);
    auto const ignorant = simulate(work, machine);
    work.expected = {.seconds = 1, .weight = 1e6, .units = 1e6};
    CHECK(simulate(work, machine).chunks < ignorant.chunks);
}

TEST_CASE("an earlier run that is 10 times off costs less than 2 %, as wrong weights may" *
          doctest::skip(sanitized))
{
    for (std::size_t const workers : {64U, 256U})
        for (auto const kind : kinds)
            for (double const wrong : {10.0, 0.1})
                for (std::uint64_t seed = 1; seed <= 3; ++seed) {
                    CAPTURE(workers);
                    CAPTURE(to_string(kind));
                    CAPTURE(wrong);
                    CAPTURE(seed);
                    auto work = guided(make_items(kind, 300 * workers, 0.5, seed));
                    work.expected = record_of(work, wrong);
                    CHECK(simulate(work, cluster(workers, seed)).loss() <= 0.02);
                }
}

TEST_CASE("knowing the work is not knowing the workers: one that is 4 times slower costs 3 %" *
          doctest::skip(sanitized))
{
    for (auto const kind : kinds) {
        if (kind == Kind::lognormal) continue; // as in balance_test.cpp
        for (double const wrong : {10.0, 1.0, 0.1})
            for (std::uint64_t seed = 1; seed <= 3; ++seed) {
                CAPTURE(to_string(kind));
                CAPTURE(wrong);
                CAPTURE(seed);
                auto work = guided(make_items(kind, 300 * 64, 0.5, seed));
                work.expected = record_of(work, wrong);
                auto machine = cluster(64, seed);
                machine.speeds.front() = 0.25;
                CHECK(simulate(work, machine).loss() <= 0.03);
            }
    }
}

TEST_CASE("lessons are found by name and key, and add up")
{
    Lessons lessons;
    CHECK(lessons.starmaps() == 0);
    lessons.add("f", "a", {1, 2, 3});
    lessons.add("f", "a", {1, 0, 1});
    lessons.add("f", "b", {10, 20, 30});
    CHECK(lessons.starmaps() == 1);
    CHECK(lessons.of("f").seconds == 12);
    CHECK(lessons.of("f").weight == 22);
    CHECK(lessons.of("f").units == 34);
    CHECK(lessons.of("f", "a").units == 4);
    CHECK(lessons.of("f", "b").seconds == 10);
    CHECK(lessons.of("f", "c").units == 0);
    CHECK(lessons.of("g").units == 0);
    CHECK(lessons.of("g", "a").units == 0);
}
