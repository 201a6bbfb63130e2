// Tasks of several cores over the real manager, while ranks are lost: each ends once, be it that no
// node is large enough for it any more.
#include "simulation/cluster.hpp"

#include <starmap/error.hpp>

#include <doctest/doctest.h>

#include <cstdint>
#include <random>
#include <string>
#include <vector>

using simulation::Cluster;
using simulation::numbers;
using starmap::OnFailure;

namespace {

constexpr std::int64_t items = 60;

std::int64_t twice(std::int64_t i) { return 2 * i; }
double share_of(std::int64_t i) { return 1.0 / static_cast<double>(3 * i + 1); }

/// As many workers as the largest node has.
unsigned largest_of(unsigned workers, unsigned nodes) { return (workers + nodes - 1) / nodes; }

} // namespace

TEST_CASE("tasks of several cores, several Starmaps, maps and blocks: the answers are the same")
{
    for (unsigned workers = 1; workers <= 7; ++workers)
        for (std::uint64_t seed = 1; seed <= 12; ++seed) {
            CAPTURE(workers);
            CAPTURE(seed);
            auto const nodes = 1 + static_cast<unsigned>(seed % 3);
            auto const largest = largest_of(workers, nodes);
            Cluster cluster(workers, seed, {}, nodes);
            auto& session = cluster.session();
            auto const cores = [largest](std::int64_t i) {
                return 1 + static_cast<unsigned>(i * 7 + 3) % largest;
            };
            auto const weight = [](std::int64_t i) { return static_cast<double>(i % 5); };
            auto wide = session.starmap(starmap::fn<twice>, numbers(items), {.cores = cores});
            auto results = wide.results();
            auto next = results.begin();
            CHECK(
                session
                    .map(starmap::fn<share_of>, numbers(items), {.weight = weight, .cores = cores})
                    .reduce() ==
                session.map(starmap::fn<share_of>, numbers(items), {.weight = weight}).reduce());
            std::int64_t sum = 0;
            for (; next != results.end(); ++next) sum += *next;
            CHECK(sum == items * (items - 1));
            CHECK(session
                      .map(starmap::fn<twice>, numbers(items),
                           {.concurrent_tasks = 9, .cores = cores})
                      .reduce() == items * (items - 1));
            CHECK_THROWS_AS(session
                                .starmap(starmap::fn<twice>, numbers(items),
                                         {.cores = [=](std::int64_t) { return largest + 1; }})
                                .wait(),
                            starmap::UsageError);
            cluster.finish();
        }
}

TEST_CASE("ranks are lost under tasks of several cores: each ends once, or fails with a sentence")
{
    std::uint64_t refused = 0;
    for (std::uint64_t seed = 1; seed <= 150; ++seed) {
        CAPTURE(seed);
        std::mt19937_64 random(seed);
        auto const workers = 2 + static_cast<unsigned>(random() % 6);
        auto const nodes = 1 + static_cast<unsigned>(random() % 3);
        auto const largest = largest_of(workers, nodes);
        Cluster cluster(workers, seed, {}, nodes);
        for (auto left = 1 + random() % (workers - 1); left > 0; --left) {
            auto const at = random() % 300;
            cluster.lose({.worker = static_cast<unsigned>(left),
                          .at = at,
                          .seen = at + random() % 60,
                          .lives = random() % 2 == 0});
        }
        auto work = cluster.session().starmap(
            starmap::fn<twice>, numbers(items),
            {.on_failure = OnFailure::collect, .cores = [largest](std::int64_t i) {
                 return 1 + static_cast<unsigned>(i) % largest;
             }});
        std::int64_t sum = 0;
        std::uint64_t count = 0;
        for (auto const value : work.results()) {
            sum += value;
            ++count;
        }
        for (auto const& failure : work.failures()) {
            CHECK(
                std::string(failure.what()).find("since workers were lost the largest node has") !=
                std::string::npos);
            sum += 2 * static_cast<std::int64_t>(failure.first_item);
        }
        CHECK(count + work.failures().size() == items);
        CHECK(sum == items * (items - 1));
        refused += work.failures().size();
        cluster.finish();
    }
    CHECK(refused > 100);
}
