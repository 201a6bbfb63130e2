// Ranks that are gone, or taken for gone, at any moment: the answer is that of a run without
// losses.
#include "roles/relay.hpp"
#include "simulation/cluster.hpp"
#include "transport/simulated.hpp"
#include "wire/frame.hpp"

#include <starmap/error.hpp>
#include <starmap/node_array.hpp>

#include <doctest/doctest.h>

#include <cstdint>
#include <random>
#include <span>
#include <string>
#include <utility>
#include <vector>

using simulation::Cluster;
using simulation::numbers;
using simulation::tree_sum;
using starmap::OnFailure;
using Array = starmap::NodeArray<std::int64_t>;

namespace {

constexpr std::int64_t items = 120;
constexpr std::int64_t table_size = 20'000; // 160 kB: it goes from worker to worker

double value_of(std::int64_t i) { return 1.0 / static_cast<double>(7 * i + 3); }
std::int64_t sum_of_block(std::span<std::int64_t const> block)
{
    std::int64_t sum = 0;
    for (auto const i : block) sum += i;
    return sum;
}
std::int64_t entry_of(std::int64_t i, std::vector<std::int64_t> const& table, Array const& array)
{
    auto const at = static_cast<std::size_t>(i * 37 % table_size);
    return table[at] + array[at];
}

double expected_sum()
{
    std::vector<double> values;
    for (std::int64_t i = 0; i < items; ++i) values.push_back(value_of(i));
    return tree_sum(values);
}

/// All but one at the most are lost, at moments that the seed decides.
void lose_some(Cluster& cluster, unsigned workers, std::mt19937_64& random, bool lives)
{
    auto const losses = 1 + random() % (workers - 1);
    for (unsigned i = 0; i < losses; ++i) {
        auto const at = random() % 400;
        cluster.lose({.worker = 1 + static_cast<unsigned>((i + random() % 2) % workers),
                      .at = at,
                      .seen = at + random() % 60,
                      .lives = lives});
    }
}

void work_through(Cluster& cluster)
{
    auto& session = cluster.session();
    auto const input = numbers(items);
    auto summed = session.map(starmap::fn<value_of>, input, {.on_failure = OnFailure::collect});
    CHECK(summed.reduce() == expected_sum());
    CHECK(summed.failures().empty()); // without a retry
    CHECK(summed.stats().tasks_done == items);
    for (std::int64_t offset = 1; offset <= 3; ++offset) {
        auto table = numbers(table_size);
        for (auto& entry : table) entry += offset;
        std::int64_t expected = 0;
        for (std::int64_t i = 0; i < items; ++i) expected += 2 * (i * 37 % table_size + offset);
        CHECK(session.map(starmap::fn<entry_of>, input, starmap::shared(table, Array(table)))
                  .reduce() == expected);
    }
    CHECK(session.starmap(starmap::fn<value_of>, input).reduce() == expected_sum());
    CHECK(session.apply(starmap::fn<sum_of_block>, input, {.max_weight = 7.0}).reduce() ==
          items * (items - 1) / 2);
    for (auto const number : {1U, 2U, 3U, 4U, 5U})
        CHECK(cluster.ledger().starmaps.at(number).items_ok == items);
    for (auto const& [number, entry] : cluster.ledger().starmaps)
        CHECK(entry.rows >= entry.failures);
}

} // namespace

TEST_CASE("whoever is lost and when, the others give the answer, and each item counts once")
{
    for (unsigned workers = 2; workers <= 8; ++workers)
        for (std::uint64_t seed = 1; seed <= 20; ++seed) {
            CAPTURE(workers);
            CAPTURE(seed);
            std::mt19937_64 random(1000 * workers + seed);
            Cluster cluster(workers, seed, {}, 1 + static_cast<unsigned>(seed % 3));
            lose_some(cluster, workers, random, seed % 4 == 0);
            work_through(cluster);
            cluster.finish();
        }
}

TEST_CASE("when all are lost that is said, and nobody waits")
{
    for (std::uint64_t seed = 1; seed <= 10; ++seed) {
        Cluster cluster(3, seed);
        for (unsigned worker = 1; worker <= 3; ++worker)
            cluster.lose({.worker = worker, .at = worker, .seen = worker + seed});
        auto& session = cluster.session();
        auto const work = [&] { session.starmap(starmap::fn<value_of>, numbers(3000)).wait(); };
        CHECK_THROWS_WITH_AS(work(), doctest::Contains("All workers are lost"), starmap::IoError);
        CHECK_THROWS_AS(work(), starmap::IoError);
        cluster.finish();
    }
}

TEST_CASE("where the launcher ends all for one, the sentence names rank, host and what would help")
{
    Cluster cluster(3, 1, {}, 1, {}, Cluster::Launcher::ends_all);
    cluster.lose({.worker = 2, .at = 2, .seen = 4});
    try {
        cluster.session().starmap(starmap::fn<value_of>, numbers(3000)).wait();
        FAIL("nothing was thrown");
    } catch (starmap::IoError const& error) {
        std::string const text = error.what();
        CHECK(text.starts_with("Rank 2 on "));
        CHECK(text.find("mpirun --enable-recovery") != std::string::npos);
        CHECK(text.find("checkpoint") != std::string::npos);
    }
    cluster.finish();
}

TEST_CASE(
    "an opening that comes by way of others after the manager's own is handed on, and is late")
{
    using starmap::wire::Destination;
    starmap::transport::SimulatedNetwork network(3, 1);
    auto const own = network.end(1);
    auto const behind = network.end(2);
    starmap::roles::Relay relay(*own);
    auto const take = [&](std::uint32_t job, bool repeated, std::vector<Destination> onward) {
        starmap::wire::Open open;
        open.repeated = repeated;
        open.onward = std::move(onward);
        return relay.take(job, starmap::wire::encode_opening(open, job, {}).joined());
    };
    CHECK_FALSE(take(5, false, {}).late);
    CHECK_FALSE(take(6, true, {}).late);
    CHECK(take(6, false, {{.peer = 2, .node = 0}}).late);
    REQUIRE(network.advance());
    CHECK(behind->poll().has_value());
    CHECK_FALSE(take(7, false, {}).late);
}
