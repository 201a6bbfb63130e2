#include "support/session.hpp"

#include <starmap/starmap.hpp>

#include <doctest/doctest.h>

#include <array>
#include <cstddef>
#include <cstdint>
#include <numeric>
#include <stdexcept>
#include <string>
#include <vector>

using starmap::fn;
using starmap::OnFailure;

namespace {

/// Results of more than 256 KiB travel in parts; these sizes lie around the bounds.
std::vector<std::size_t> sizes()
{
    return {0, 1, 32'767, 32'768, 32'769, 65'536, 65'537, 200'000, 1'048'576, 1'500'001};
}
std::vector<double> ramp(std::size_t size)
{
    std::vector<double> values(size);
    std::iota(values.begin(), values.end(), static_cast<double>(size));
    return values;
}
bool is_ramp(std::vector<double> const& values)
{
    for (std::size_t i = 0; i < values.size(); ++i)
        if (values[i] != static_cast<double>(values.size() + i)) return false;
    return true;
}

struct Cell {
    std::array<std::uint64_t, 9> values{}; ///< of a size that divides no round number
};
Cell cell(std::uint64_t i)
{
    Cell made;
    made.values.fill(i);
    return made;
}

std::vector<float> sometimes(int i)
{
    if (i % 5 == 0) throw std::runtime_error("five");
    return std::vector<float>(static_cast<std::size_t>(i) * 10'000, static_cast<float>(i));
}

} // namespace

TEST_CASE("large results arrive whole, in order, from any worker")
{
    auto& session = ::session();
    auto const wanted = sizes();
    auto const collected = session.starmap(fn<ramp>, wanted).collect();
    REQUIRE(collected.size() == wanted.size());
    for (std::size_t i = 0; i < wanted.size(); ++i) {
        CHECK(collected[i].size() == wanted[i]);
        CHECK(is_ramp(collected[i]));
    }
    std::size_t next = 0;
    for (auto const& values : session.starmap(fn<ramp>, wanted).results(starmap::Order::canonical))
        CHECK(values.size() == wanted[next++]);
    CHECK(next == wanted.size());
    std::size_t total = 0;
    for (auto const& values : session.map(fn<ramp>, wanted)) total += values.size();
    CHECK(total == std::accumulate(wanted.begin(), wanted.end(), std::size_t{0}));
}

TEST_CASE("the values of a large map chunk arrive together")
{
    auto& session = ::session();
    constexpr std::uint64_t count = 100'000;
    std::vector<std::uint64_t> items(count);
    std::iota(items.begin(), items.end(), std::uint64_t{0});
    for (std::size_t const chunks : {1, 2, 7}) {
        auto const cells = session.map(fn<cell>, items, {.concurrent_tasks = chunks}).collect();
        REQUIRE(cells.size() == count);
        for (std::uint64_t i = 0; i < count; ++i) REQUIRE(cells[i].values == cell(i).values);
    }
    auto tasks = session.map(fn<cell>, items, {.concurrent_tasks = 4});
    CHECK(tasks.collect().size() == count);
    CHECK(tasks.stats().received_total >= count * sizeof(Cell));
}

TEST_CASE("failures among large results cost what failed, and no more")
{
    auto& session = ::session();
    std::vector<int> items(40);
    std::iota(items.begin(), items.end(), 0);
    for (unsigned const retries : {0U, 1U}) {
        auto tasks = session.starmap(fn<sometimes>, items,
                                     {.on_failure = OnFailure::collect, .retries = retries});
        auto const results = tasks.collect();
        REQUIRE(results.size() == 32);
        std::size_t at = 0;
        for (auto const i : items) {
            if (i % 5 == 0) continue;
            auto const& result = results[at++];
            REQUIRE(result.size() == static_cast<std::size_t>(i) * 10'000);
            CHECK(result.front() == static_cast<float>(i));
            CHECK(result.back() == static_cast<float>(i));
        }
    }
}

TEST_CASE("an iteration over large results may be left")
{
    auto& session = ::session();
    std::vector<std::size_t> const many(50, 200'000);
    for (int round = 0; round < 3; ++round) {
        int taken = 0;
        for (auto const& values : session.starmap(fn<ramp>, many)) {
            CHECK(is_ramp(values));
            if (++taken == 3) break;
        }
    }
    CHECK(session.starmap(fn<ramp>, many).wait() == 50);
}
