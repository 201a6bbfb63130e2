// Shared arguments large enough to go from worker to worker.
#include "support/session.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <span>
#include <thread>
#include <vector>

namespace {

using Table = std::vector<std::uint32_t>;

/// 4 MB of numbers that repeat nowhere near.
Table table_of(std::uint32_t seed)
{
    Table table(1'000'000);
    for (std::uint32_t i = 0; i < table.size(); ++i) table[i] = (i + seed) * 2654435761U;
    return table;
}

std::uint64_t digest(std::span<std::uint32_t const> table)
{
    std::uint64_t digest = 0xcbf29ce484222325;
    for (auto const each : table) digest = (digest ^ each) * 0x100000001b3;
    return digest;
}

/// The digest of what has come, and where; takes long enough for each worker to get one.
std::pair<std::uint64_t, int> look_at(int, Table const& table, starmap::Monitor& monitor)
{
    std::this_thread::sleep_for(std::chrono::milliseconds(20));
    return {digest(table), monitor.rank()};
}

int first(int i, Table const& table) { return static_cast<int>(table[0]) + i; }

} // namespace

TEST_CASE("every worker gets the same 4 MB, once, on whatever way")
{
    for (std::uint32_t const seed : {1, 2, 3}) {
        auto const table = table_of(seed);
        auto const expected = digest(table);
        auto tasks = session().map(starmap::fn<look_at>, std::vector<int>(20),
                                   starmap::shared(table), {.concurrent_tasks = 20});
        for (auto const& [found, rank] : tasks.collect()) CHECK(found == expected);
        auto const& sent = tasks.stats().sent;
        auto const shared = std::find_if(
            sent.begin(), sent.end(), [](auto const& each) { return each.argument == "shared1"; });
        REQUIRE(shared != sent.end());
        // All were idle, so all have it, in one round.
        CHECK(shared->bytes == session().workers() * (8 + table.size() * sizeof table[0]));
        CHECK(tasks.stats().sent_total >= shared->bytes);
    }
}

TEST_CASE("an array that the node shares is not sent on it, and is the same everywhere")
{
    auto const table = table_of(4);
    starmap::NodeArray<std::uint32_t> const array(table);
    auto const expected = digest(array);
    for (int round = 0; round < 3; ++round) {
        auto tasks = session().map(
            [](int, starmap::NodeArray<std::uint32_t> const& all) { return digest(all); },
            std::vector<int>(20), starmap::shared(array), {.concurrent_tasks = 20});
        for (auto const found : tasks.collect()) CHECK(found == expected);
        CHECK(tasks.stats().sent_total < 10'000);
    }
}

TEST_CASE("Starmaps that are over before their shared argument is everywhere")
{
    for (std::uint32_t seed = 0; seed < 8; ++seed) {
        auto const table = table_of(seed);
        CHECK(session()
                  .map(starmap::fn<first>, std::vector<int>{1, 2}, starmap::shared(table))
                  .collect() ==
              std::vector<int>{static_cast<int>(table[0]) + 1, static_cast<int>(table[0]) + 2});
        for (auto const value :
             session().map(starmap::fn<first>, std::vector<int>(100, 1), starmap::shared(table)))
            if (value != 0) break;
    }
    // The last of them may be on its way when the session ends.
}
