#include "chunking/minimax.hpp"

#include <starmap/detail/partition.hpp>
#include <starmap/error.hpp>

#include <doctest/doctest.h>

#include <algorithm>
#include <cstdint>
#include <limits>
#include <random>
#include <vector>

using starmap::chunking::partition_minimax;
using starmap::chunking::Range;

namespace {

double heaviest(std::vector<double> const& weights, std::vector<Range> const& blocks)
{
    double result = 0;
    for (auto const& block : blocks)
        result = std::max(result, starmap::chunking::sum(weights, block));
    return result;
}

/// The least heaviest block over every way to cut at most `count` blocks, by trying them all.
double brute_force(std::vector<double> const& weights, std::vector<std::uint32_t> const& groups,
                   std::size_t count)
{
    auto const n = weights.size();
    double best = std::numeric_limits<double>::infinity();
    for (std::uint32_t cuts = 0; cuts < (1U << (n - 1)); ++cuts) {
        std::vector<Range> blocks{{0, 1}};
        bool pure = true;
        for (std::size_t i = 1; i < n; ++i) {
            if ((cuts >> (i - 1) & 1U) != 0) {
                blocks.emplace_back(i, i + 1);
            } else {
                blocks.back().second = i + 1;
                pure = pure && groups[i] == groups[i - 1];
            }
        }
        if (pure && blocks.size() <= count) best = std::min(best, heaviest(weights, blocks));
    }
    return best;
}

/// Checks what any partition must hold, and returns it.
std::vector<Range> checked(std::vector<double> const& weights,
                           std::vector<std::uint32_t> const& groups, std::size_t hint)
{
    auto blocks = partition_minimax(weights, groups, hint);
    std::size_t next = 0;
    for (auto const& [first, last] : blocks) {
        CHECK(first == next);
        CHECK(last > first);
        for (auto i = first; i < last && !groups.empty(); ++i) CHECK(groups[i] == groups[first]);
        next = last;
    }
    CHECK(next == weights.size());
    return blocks;
}

} // namespace

TEST_CASE("the heaviest block is as light as the best of all partitions")
{
    unsigned const seed = 31337;
    MESSAGE("seed ", seed);
    std::mt19937 random(seed);
    for (int round = 0; round < 1500; ++round) {
        CAPTURE(round);
        auto const n = 1 + random() % 11;
        std::vector<double> weights(n);
        std::vector<std::uint32_t> groups(n, 0);
        for (std::size_t i = 0; i < n; ++i) {
            auto const draw = static_cast<double>(random() % 30);
            switch (round % 4) {
            case 0: weights[i] = draw; break;
            case 1: weights[i] = draw * 0.1; break; // sums depend on their order
            case 2: weights[i] = draw < 15 ? 0 : draw; break;
            default: weights[i] = draw * (random() % 2 == 0 ? 1e-17 : 1e3); break;
            }
            if (i > 0) groups[i] = groups[i - 1] + (round % 3 == 0 && random() % 4 == 0 ? 1 : 0);
        }
        auto const hint = 1 + random() % 8;
        auto const count = std::max<std::size_t>(hint, groups.back() + 1);
        auto const blocks = checked(weights, groups, hint);
        CHECK(heaviest(weights, blocks) == brute_force(weights, groups, count));
        CHECK(blocks.size() == std::min(count, n));
    }
}

TEST_CASE("sums beyond the largest double are no trap")
{
    double const largest = std::numeric_limits<double>::max();
    std::vector<double> const weights{largest, largest, largest};
    CHECK(checked(weights, {}, 1).size() == 1);
    CHECK(checked(weights, {}, 2).size() == 2);
    CHECK(heaviest(weights, checked(weights, {}, 3)) == largest);
    double const smallest = std::numeric_limits<double>::denorm_min();
    std::vector<double> const tiny{smallest, smallest, -0.0, smallest};
    CHECK(heaviest(tiny, checked(tiny, {}, 2)) == 2 * smallest);
    std::vector<double> const nothing{-0.0, -0.0};
    CHECK(checked(nothing, {}, 1).size() == 1);
}

TEST_CASE("a heavy item among many of weight 0 is split off without stripping them one by one")
{
    std::vector<double> weights(200'001, 0.0);
    weights[100'000] = 5;
    CHECK(checked(weights, {}, 20'000).size() == 20'000);
}

TEST_CASE("a million weights of wide spread are split to within one item of the mean")
{
    unsigned const seed = 4711;
    MESSAGE("seed ", seed);
    std::mt19937_64 random(seed);
    std::lognormal_distribution<double> draw(0, 2);
    std::vector<double> weights(1'000'000);
    for (auto& weight : weights) weight = draw(random);
    auto const blocks = checked(weights, {}, 1000);
    CHECK(blocks.size() == 1000);
    double const total = starmap::chunking::sum(weights, {0, weights.size()});
    double const largest = *std::ranges::max_element(weights);
    CHECK(heaviest(weights, blocks) >= total / 1000 * (1 - 1e-9));
    CHECK(heaviest(weights, blocks) <= total / 1000 + largest);
}

TEST_CASE("nothing gives nothing, and mismatched or missing input is refused")
{
    CHECK(partition_minimax({}, {}, 3).empty());
    std::vector<double> const weights{1, 2};
    std::vector<std::uint32_t> const groups{0, 0, 1};
    CHECK_THROWS_WITH_AS(partition_minimax(weights, groups, 3),
                         doctest::Contains("2 weights do not go with 3 groups"),
                         starmap::UsageError);
    CHECK_THROWS_AS(partition_minimax({}, {}, 0), starmap::UsageError);
}
