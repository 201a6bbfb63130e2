#include <starmap/detail/partition.hpp>
#include <starmap/error.hpp>

#include <doctest/doctest.h>

#include <algorithm>
#include <cstdint>
#include <limits>
#include <random>
#include <span>
#include <string>
#include <vector>

using starmap::chunking::canonical_order;
using starmap::chunking::group_keys;
using Positions = std::vector<std::uint64_t>;
using Numbers = std::vector<std::uint32_t>;

TEST_CASE("without groups: heaviest first, equal weights in input order")
{
    std::vector<double> const weights{1, 3, 2, 3, 0, 1};
    CHECK(canonical_order(weights, {}) == Positions{1, 3, 2, 0, 5, 4});
    CHECK(canonical_order({}, {}).empty());
}

TEST_CASE("groups follow each other in the order of their first item")
{
    std::vector<double> const weights{1, 9, 2, 8, 3};
    Numbers const groups{7, 2, 7, 2, 5};
    CHECK(canonical_order(weights, groups) == Positions{2, 0, 1, 3, 4});
    Numbers const too_few{1};
    CHECK_THROWS_AS(canonical_order(weights, too_few), starmap::UsageError);
}

TEST_CASE("the canonical order is a stable permutation")
{
    unsigned const seed = 90210;
    MESSAGE("seed ", seed);
    std::mt19937 random(seed);
    for (int round = 0; round < 200; ++round) {
        CAPTURE(round);
        std::vector<double> weights(random() % 60);
        Numbers groups(weights.size());
        for (auto& weight : weights) weight = static_cast<double>(random() % 5);
        for (auto& group : groups) group = random() % 4;
        auto const order = canonical_order(weights, groups);
        auto sorted = order;
        std::ranges::sort(sorted);
        for (std::size_t i = 0; i < sorted.size(); ++i) CHECK(sorted[i] == i);
        REQUIRE(order.size() == weights.size());
        auto const first_of = [&](std::uint64_t i) { return std::ranges::find(groups, groups[i]); };
        for (std::size_t i = 1; i < order.size(); ++i) {
            auto const before = order[i - 1];
            auto const after = order[i];
            if (groups[before] != groups[after]) {
                CHECK(first_of(before) < first_of(after));
            } else {
                CHECK(weights[before] >= weights[after]);
                CHECK((weights[before] != weights[after] || before < after));
            }
        }
    }
}

namespace {
struct OnlyOrdered {
    int value;
    bool operator<(OnlyOrdered const& other) const { return value < other.value; }
};
} // namespace

TEST_CASE("keys are numbered in order of first appearance, hashable or only ordered")
{
    CHECK(group_keys(std::vector<std::string>{"b", "a", "b", "c", "a"}) == Numbers{0, 1, 0, 2, 1});
    CHECK(group_keys(std::vector<OnlyOrdered>{{9}, {3}, {9}}) == Numbers{0, 1, 0});
    CHECK(group_keys(std::vector<bool>{true, true, false}) == Numbers{0, 0, 1});
    CHECK(group_keys(std::vector<int>{}).empty());
    std::vector<double> const keys{0, -0.0, std::numeric_limits<double>::quiet_NaN()};
    CHECK(group_keys(std::span(keys).first(2)) == Numbers{0, 0});
    CHECK_THROWS_WITH_AS(group_keys(keys), doctest::Contains("key of item 2"), starmap::UsageError);
}
