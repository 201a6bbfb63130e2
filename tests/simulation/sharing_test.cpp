// Shared arguments that are large enough to go from worker to worker, under all orders of messages.
#include "simulation/cluster.hpp"

#include <starmap/error.hpp>

#include <doctest/doctest.h>

#include <algorithm>
#include <cstdint>
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
