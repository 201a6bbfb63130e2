// How evenly the default policy spreads work, in virtual time; the full tables are in
// docs/scheduling.md.
#include "scheduling/workloads.hpp"
#include "support/sanitized.hpp"
#include "unit/scheduling/cluster.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <cstdint>
#include <limits>
#include <vector>

using namespace bench::scheduling;
using starmap::scheduling::simulate;
using starmap::scheduling::SimulatedMachine;

namespace {

double best_of_others(Items const& items, SimulatedMachine const& machine)
{
    auto best = std::numeric_limits<double>::infinity();
    for (auto const rule : rules) best = std::min(best, simulate_rule(rule, items, machine).loss());
    return best;
}

} // namespace

TEST_CASE("with 300 items a worker less than 1 % is lost, 2 % if weights are wrong" *
          doctest::skip(sanitized))
{
    for (std::size_t const workers : {64U, 256U})
        for (auto const kind : kinds)
            for (double const wrong : {0.0, 0.5})
                for (std::uint64_t seed = 1; seed <= 3; ++seed) {
                    CAPTURE(workers);
                    CAPTURE(to_string(kind));
                    CAPTURE(wrong);
                    CAPTURE(seed);
                    auto const machine = cluster(workers, seed);
                    auto const items = make_items(kind, 300 * workers, wrong, seed);
                    auto const loss = simulate(guided(items), machine).loss();
                    CHECK(loss <= (wrong > 0 ? 0.02 : 0.01));
                    if (seed == 1) CHECK(loss <= best_of_others(items, machine) + 0.005);
                }
}

TEST_CASE("a worker that is 4 times slower than the others costs less than 3 %")
{
    for (auto const kind : kinds)
        for (double const wrong : {0.0, 0.5})
            for (std::uint64_t seed = 1; seed <= 5; ++seed) {
                CAPTURE(to_string(kind));
                CAPTURE(wrong);
                CAPTURE(seed);
                auto machine = cluster(64, seed);
                machine.speeds.front() = 0.25;
                CHECK(simulate(guided(make_items(kind, 300 * 64, wrong, seed)), machine).loss() <=
                      0.03);
            }
}

TEST_CASE("heavy items wait for workers that are known not to be slow")
{
    for (std::size_t const workers : {16U, 64U})
        for (std::size_t const items : {125U, 300U})
            for (auto const& slow : std::vector<std::vector<std::size_t>>{
                     {}, {0}, {1}, {workers / 2}, {workers - 1}, {0, 1}, {0, workers - 1}})
                for (double const wrong : {0.0, 0.5})
                    for (std::uint64_t seed = 1; seed <= 3; ++seed) {
                        CAPTURE(workers);
                        CAPTURE(items);
                        CAPTURE(wrong);
                        CAPTURE(seed);
                        auto machine = cluster(workers, seed);
                        for (auto const worker : slow) machine.speeds[worker] = 0.25;
                        auto const work =
                            guided(make_items(Kind::lognormal, items * workers, wrong, seed));
                        // One light item says little where weights are wrong: a slow worker
                        // passes for a quick one now and then.
                        CHECK(simulate(work, machine).loss() <= (wrong > 0 ? 0.10 : 0.02));
                    }
}

TEST_CASE("where no item is heavy no speed is tried first")
{
    for (auto const kind : {Kind::constant, Kind::exponential, Kind::decreasing}) {
        CAPTURE(to_string(kind));
        auto const work = guided(make_items(kind, 300 * 64, 0, 1));
        auto const run = simulate(work, cluster(64, 1));
        auto const without = simulate(work, cluster(64, 1), {.pilots = false});
        CHECK(run.chunks == without.chunks);
        CHECK(run.makespan == without.makespan);
    }
}

TEST_CASE("weights of two keys may be in units that differ by a factor of 10 or 1000" *
          doctest::skip(sanitized))
{
    auto const tuning = starmap::scheduling::Tuning{.recall = false}; // as `apply` has to do
    for (double const share : {0.1, 0.9})
        for (double const ratio : {10.0, 1000.0})
            for (auto const kind : kinds) {
                CAPTURE(to_string(kind));
                CAPTURE(share);
                CAPTURE(ratio);
                auto items = make_items(kind, 300 * 64, 0.5, 1);
                give_two_keys(items, ratio, share, 1);
                CHECK(simulate(guided(items), cluster(64, 1), tuning).loss() <= 0.02);
            }
}

TEST_CASE("with thousands of workers chunks last long enough for rank 0 to get round to all")
{
    for (auto const kind : {Kind::constant, Kind::exponential}) {
        auto const items = make_items(kind, 100 * 4096, 0, 1);
        auto const run = simulate(guided(items), cluster(4096, 1));
        CAPTURE(to_string(kind));
        CHECK(run.loss() <= 0.25);
        CHECK(run.chunks <= 10 * 4096);
    }
}
