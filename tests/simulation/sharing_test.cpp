// Shared arguments that are large enough to go from worker to worker, under all orders of messages.
#include "simulation/cluster.hpp"

#include <starmap/error.hpp>
#include <starmap/node_array.hpp>

#include <doctest/doctest.h>

#include <algorithm>
#include <cstdint>
#include <numeric>
#include <optional>
#include <stdexcept>
#include <string>
#include <vector>

using simulation::Cluster;
using simulation::Counting;
using simulation::for_clusters;
using simulation::numbers;

namespace {

using Table = std::vector<std::int64_t>;

constexpr std::int64_t table_size = 20'000; // 160 kB

std::int64_t entry_of(std::int64_t i, Table const& table)
{
    return table.at(static_cast<std::size_t>(i * 37 % table_size));
}
std::int64_t fails_at_41(std::int64_t i, Table const& table)
{
    if (i == 41) throw std::domain_error("item 41");
    return entry_of(i, table);
}
std::int64_t itself(std::int64_t i) { return i; }

/// Arrays at some depth, one of them twice.
struct Model {
    std::vector<starmap::NodeArray<std::int64_t>> tables;
    std::optional<starmap::NodeArray<std::int64_t>> again;
    std::string name;
    template <class Archive>
    void serialize(Archive& archive, unsigned)
    {
        archive& tables& again& name;
    }
};
std::int64_t entries_of(std::int64_t i, Model const& model,
                        starmap::NodeArray<std::int64_t> const& other)
{
    auto const k = static_cast<std::size_t>(i * 37 % table_size);
    auto const is_once = model.again->data() == model.tables[1].data();
    if (is_once != (model.name == "once") || !model.tables[2].empty()) return -1'000'000;
    return model.tables[0][k] + 2 * model.tables[1][k] + 3 * (*model.again)[k] + 4 * other[k];
}
starmap::NodeArray<std::int64_t> make_array(std::int64_t i)
{
    return starmap::NodeArray<std::int64_t>(
        std::vector<std::int64_t>(static_cast<std::size_t>(10'000 * i), i));
}
std::int64_t sum_of_array(starmap::NodeArray<std::int64_t> const& array)
{
    return std::accumulate(array.begin(), array.end(), std::int64_t{0});
}

/// Entry k is k + offset.
Table table_from(std::int64_t offset)
{
    auto table = numbers(table_size);
    for (auto& entry : table) entry += offset;
    return table;
}
std::int64_t sum_of_entries(std::int64_t count, std::int64_t offset)
{
    std::int64_t sum = 0;
    for (std::int64_t i = 0; i < count; ++i) sum += i * 37 % table_size + offset;
    return sum;
}

template <class Starmap>
std::uint64_t shared_bytes(Starmap const& starmap)
{
    for (auto const& each : starmap.stats().sent)
        if (each.argument == "shared1") return each.bytes;
    return 0;
}

} // namespace

TEST_CASE("a large shared argument reaches every worker that has tasks, once")
{
    for_clusters(6, [&](Cluster& cluster) {
        auto& session = cluster.session();
        for (std::int64_t offset = 1; offset <= 3; ++offset) {
            auto tasks = session.map(starmap::fn<entry_of>, numbers(120),
                                     starmap::shared(table_from(offset)));
            CHECK(tasks.reduce() == sum_of_entries(120, offset));
            constexpr std::uint64_t size = 8 + 8 * table_size;
            CHECK(shared_bytes(tasks) % size == 0);
            CHECK(shared_bytes(tasks) >= size * tasks.stats().workers.size());
            CHECK(shared_bytes(tasks) <= size * session.workers());
        }
    });
}

TEST_CASE("the end of the session overtakes what is handed on, and nothing is left unread")
{
    auto const table = table_from(4);
    for_clusters(20, [&](Cluster& cluster) {
        auto few = cluster.session().map(starmap::fn<entry_of>, numbers(2), starmap::shared(table));
        CHECK(few.reduce() == sum_of_entries(2, 4));
    });
}

TEST_CASE("arrays reach each other node once, and every worker's tasks")
{
    using Array = starmap::NodeArray<std::int64_t>;
    std::int64_t expected = 0;
    for (std::int64_t i = 0; i < 100; ++i) expected += 10 * (i * 37 % table_size) + 2 + 3 + 8;
    for (bool const shared : {true, false})
        for (unsigned nodes = 1; nodes <= 4; ++nodes)
            for (unsigned workers = 0; workers <= 8; ++workers) {
                CAPTURE(shared);
                CAPTURE(nodes);
                CAPTURE(workers);
                starmap::Settings settings;
                settings.node_shared = shared;
                Cluster cluster(workers, 10 * nodes + workers, settings, nodes);
                auto& session = cluster.session();
                Array const one(table_from(0));
                Array const two(table_from(1));
                Array const three(table_from(2));
                for (int round = 0; round < 2; ++round) {
                    Model model{{one, two, Array()}, two, shared ? "once" : "twice"};
                    auto tasks = session.map(starmap::fn<entries_of>, numbers(100),
                                             starmap::shared(model, three));
                    CHECK(tasks.reduce() == expected);
                    constexpr std::uint64_t size = 8 * table_size;
                    auto const bytes = shared_bytes(tasks);
                    if (!shared) CHECK(bytes >= 3 * size * tasks.stats().workers.size());
                    if (shared && nodes == 1) CHECK(bytes < 200 * std::max(1U, workers));
                    // Two arrays for each other node that has workers, if all were idle.
                    if (shared && round == 0) {
                        auto const others = std::min(nodes - 1, workers);
                        CHECK(bytes >= 2 * size * others);
                        CHECK(bytes < 2 * size * others + 200 * std::max(1U, workers));
                    }
                }
                auto made =
                    session.starmap(starmap::fn<make_array>, std::vector<std::int64_t>{1, 2, 3, 0});
                auto const arrays = made.collect();
                REQUIRE(arrays.size() == 4);
                CHECK(session.starmap(starmap::fn<sum_of_array>, arrays).collect() ==
                      std::vector<std::int64_t>{10'000, 40'000, 90'000, 0});
                CHECK(session
                          .map([](std::int64_t i, Array const& array) { return i + array[0]; },
                               numbers(20), starmap::shared(arrays[2]))
                          .reduce() == 190 + 60);
                cluster.finish();
            }
}

TEST_CASE("chunks that wait for their shared argument do not hold up those of other Starmaps")
{
    for_clusters(6, [&](Cluster& cluster) {
        auto& session = cluster.session();
        auto a = session.map(starmap::fn<entry_of>, numbers(150), starmap::shared(table_from(5)));
        auto b = session.map(starmap::fn<itself>, numbers(150));
        auto c = session.map(starmap::fn<entry_of>, numbers(90), starmap::shared(table_from(6)));
        auto b_results = b.results();
        auto at = b_results.begin();
        auto a_results = a.results();
        auto in_a = a_results.begin();
        CHECK(c.reduce() == sum_of_entries(90, 6));
        std::int64_t sum = 0;
        for (; in_a != a_results.end(); ++in_a) sum += *in_a;
        CHECK(sum == sum_of_entries(150, 5));
        for (sum = 0; at != b_results.end(); ++at) sum += *at;
        CHECK(sum == 149 * 150 / 2);
    });
}

TEST_CASE("failures, retries and early ends while a shared argument is on its way")
{
    for_clusters(6, [&](Cluster& cluster) {
        auto& session = cluster.session();
        auto const table = table_from(7);
        CHECK_THROWS_AS(
            session.map(starmap::fn<fails_at_41>, numbers(60), starmap::shared(table)).reduce(),
            starmap::TaskError);
        auto collected = session.map(starmap::fn<fails_at_41>, numbers(60), starmap::shared(table),
                                     {.on_failure = starmap::OnFailure::collect, .retries = 1});
        CHECK(collected.wait() == 59);
        for (int const leave_after : {1, 7}) {
            int seen = 0;
            for (auto const value :
                 session.map(starmap::fn<entry_of>, Counting(100'000), starmap::shared(table))) {
                CHECK(value >= 7);
                if (++seen == leave_after) break;
            }
        }
        CHECK(session.map(starmap::fn<entry_of>, numbers(30), starmap::shared(table)).reduce() ==
              sum_of_entries(30, 7));
        // The session ends with one that nobody has waited for.
        auto left = session.map(starmap::fn<entry_of>, Counting(5000), starmap::shared(table));
        auto results = left.results();
        CHECK(results.begin() != results.end());
    });
}
