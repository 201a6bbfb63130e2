#include "scheduling/unit_pool.hpp"

#include "unit/scheduling/farm.hpp"

#include <doctest/doctest.h>

#include <cstdint>
#include <limits>
#include <memory>
#include <random>
#include <utility>
#include <vector>

using starmap::scheduling::Range;
using starmap::scheduling::UnitPool;

namespace {

constexpr double no_limit = std::numeric_limits<double>::infinity();

UnitPool::Weights weights(std::vector<double> values)
{
    return std::make_shared<std::vector<double> const>(std::move(values));
}

void check(Range const& range, std::uint64_t first, std::uint32_t count, double weight,
           std::uint32_t group = 0)
{
    CHECK(range.first == first);
    CHECK(range.count == count);
    CHECK(range.weight == weight);
    CHECK(range.group == group);
}

} // namespace

TEST_CASE("uniform units are taken in order, limited by weight and by count, at least one")
{
    UnitPool pool;
    CHECK(pool.empty());
    pool.add_uniform(0);
    CHECK(pool.empty());
    pool.add_uniform(4);
    pool.add_uniform(6);
    CHECK(pool.units_left() == 10);
    CHECK(pool.weight_left() == 10);
    check(pool.take(3.9, 100), 0, 3, 3);
    check(pool.take(0, 100), 3, 1, 1);
    check(pool.take(100, 2), 4, 2, 2);
    check(pool.take(100, 0), 6, 1, 1);
    check(pool.take(no_limit, 100), 7, 3, 3);
    CHECK(pool.empty());
    CHECK(pool.weight_left() == 0);
    pool.add_uniform(2);
    check(pool.take(no_limit, 100), 10, 2, 2);
}

TEST_CASE("the run with the heaviest head comes first, of equal ones the earlier")
{
    UnitPool pool;
    std::vector<std::uint32_t> const groups{0, 0, 1, 1, 2};
    pool.add(weights({3, 1, 5, 3, 1}), groups);
    CHECK(pool.next_group() == 1);
    check(pool.take(0, 9), 2, 1, 5, 1);
    check(pool.take(0, 9), 0, 1, 3, 0);
    CHECK(pool.next_group() == 1);
    pool.add(weights({4}), {});
    check(pool.take(9, 9), 5, 1, 4, 0);
    check(pool.take(9, 9), 3, 1, 3, 1);
    check(pool.take(9, 9), 1, 1, 1, 0);
    check(pool.take(9, 9), 4, 1, 1, 2);
    CHECK(pool.empty());
}

TEST_CASE("units of weight zero are taken by the count, and none is forgotten")
{
    UnitPool pool;
    pool.add(weights({2, 0, 0, 0, 0}), {});
    check(pool.take(1, 3), 0, 1, 2);
    CHECK(pool.weight_left() == 0);
    check(pool.take(0, 3), 1, 3, 0);
    check(pool.take(0, 3), 4, 1, 0);
    CHECK(pool.empty());
}

TEST_CASE("blocks are taken whole, the heaviest of a window first")
{
    UnitPool pool;
    pool.add_blocks({{.first = 0, .count = 3, .weight = 3, .group = 0},
                     {.first = 3, .count = 1, .weight = 7, .group = 1},
                     {.first = 4, .count = 2, .weight = 3, .group = 1}});
    CHECK(pool.units_left() == 6);
    CHECK(pool.weight_left() == 13);
    CHECK(pool.next_group() == 1);
    check(pool.take(0, 1), 3, 1, 7, 1);
    check(pool.take(0, 1), 0, 3, 3, 0);
    check(pool.take(0, 1), 4, 2, 3, 1);
    CHECK(pool.empty());
}

TEST_CASE("a cleared pool is empty, and positions go on behind what was dropped")
{
    UnitPool pool;
    pool.add(weights({2, 1}), {});
    pool.clear();
    CHECK(pool.empty());
    CHECK(pool.weight_left() == 0);
    pool.add_uniform(1);
    check(pool.take(5, 5), 2, 1, 1);
}

TEST_CASE("whatever is added and taken, each unit comes out once, in runs of one group")
{
    for (std::uint64_t seed = 1; seed <= 200; ++seed) {
        CAPTURE(seed);
        std::mt19937_64 random(seed);
        UnitPool pool;
        std::vector<double> weight_of;
        std::vector<std::uint32_t> group_of;
        std::vector<int> taken;
        while (weight_of.size() < 60 || !pool.empty()) {
            if (pool.empty() || (weight_of.size() < 60 && random() % 3 == 0)) {
                auto units = farm::random_units(random, random() % 9,
                                                static_cast<std::uint32_t>(random() % 3 + 1));
                if (units.groups.empty()) units.groups.assign(units.weights.size(), 0);
                weight_of.insert(weight_of.end(), units.weights.begin(), units.weights.end());
                group_of.insert(group_of.end(), units.groups.begin(), units.groups.end());
                taken.resize(weight_of.size());
                pool.add(weights(std::move(units.weights)), units.groups);
                if (pool.empty()) continue;
            }
            auto const limit = static_cast<double>(random() % 8);
            auto const most = random() % 5;
            auto const group = pool.next_group();
            auto const range = pool.take(limit, most);
            REQUIRE(range.group == group);
            REQUIRE(range.count >= 1);
            REQUIRE(range.first + range.count <= weight_of.size());
            double sum = 0;
            for (auto p = range.first; p < range.first + range.count; ++p) {
                REQUIRE(taken[p]++ == 0);
                REQUIRE(group_of[p] == group);
                sum += weight_of[p];
            }
            REQUIRE(sum == range.weight);
            REQUIRE((range.count == 1 || (sum <= limit && range.count <= most)));
            // Nothing that is left is heavier than what was taken first.
            double left = 0;
            std::uint64_t units = 0;
            for (std::size_t p = 0; p < taken.size(); ++p) {
                if (taken[p] != 0) continue;
                REQUIRE(weight_of[p] <= weight_of[range.first]);
                left += weight_of[p];
                ++units;
            }
            REQUIRE(pool.units_left() == units);
            REQUIRE(pool.weight_left() == left);
        }
    }
}

TEST_CASE("units can be taken from where a position stands, out of their turn")
{
    UnitPool pool;
    std::vector<std::uint32_t> const groups{0, 0, 0, 1, 1, 2};
    pool.add(weights({1, 1, 1, 5, 4, 9}), groups);
    pool.add_uniform(10);
    CHECK(pool.next_group() == 2);
    CHECK(pool.offers(0));
    CHECK(pool.offers(3));
    CHECK(pool.offers(6));
    CHECK_FALSE(pool.offers(1));
    CHECK_FALSE(pool.offers(16));
    CHECK(pool.next_group(3) == 1);
    check(pool.take(no_limit, 2, 0), 0, 2, 2);
    CHECK(pool.offers(2));
    CHECK_FALSE(pool.offers(0));
    check(pool.take(5, 9, 3), 3, 1, 5, 1);
    check(pool.take(no_limit, 4, 6), 6, 4, 4);
    CHECK(pool.units_left() == 9);
    // The rest comes in its turn.
    check(pool.take(no_limit, 9), 5, 1, 9, 2);
    check(pool.take(no_limit, 9), 4, 1, 4, 1);
    check(pool.take(no_limit, 9), 2, 1, 1);
    check(pool.take(no_limit, 9), 10, 6, 6);
    CHECK(pool.empty());

    pool.add_blocks(
        {{.first = 16, .count = 2, .weight = 1}, {.first = 18, .count = 3, .weight = 7}});
    CHECK(pool.offers(16));
    CHECK(pool.offers(18));
    check(pool.take(0, 1, 16), 16, 2, 1);
    check(pool.take(0, 1), 18, 3, 7);
}

TEST_CASE("what is left is reckoned at the rates of its groups")
{
    using starmap::scheduling::PoolCosts;
    PoolCosts costs;
    costs.add(0, 10, 5);
    costs.add(1, 20, 4);
    costs.add(2, 0, 3);
    CHECK(costs.left() == 30); // by weight, while nothing is known
    costs.set_rest({.weight = 2, .unit = 0});
    CHECK(costs.left() == 60);
    costs.set(1, {.weight = 10, .unit = 0});
    CHECK(costs.left() == 20 + 200);
    costs.set(2, {.weight = 0, .unit = 7}); // weights of zero: by the unit
    CHECK(costs.left() == 20 + 200 + 21);
    costs.add(1, -5, -1);
    CHECK(costs.left() == 20 + 150 + 21);
    CHECK(costs.weight_left(1) == 15);
    CHECK(costs.units_left(1) == 3);
    costs.add(1, -15, -3);
    costs.add(0, -10, -5);
    costs.add(2, 0, -3);
    CHECK(costs.left() == 0);
    costs.add(1, 1, 1);
    CHECK(costs.left() == 10); // rates stay
}
