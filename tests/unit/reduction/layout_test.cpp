#include <starmap/detail/layout.hpp>
#include <starmap/error.hpp>

#include <doctest/doctest.h>

#include <algorithm>
#include <cstdint>
#include <limits>
#include <numeric>
#include <random>
#include <set>
#include <vector>

using starmap::detail::BlockLayout;
using starmap::detail::ItemFigures;
using starmap::detail::ItemLayout;

namespace {

ItemFigures random_figures(std::mt19937_64& random, std::size_t count, std::uint32_t groups)
{
    ItemFigures figures;
    for (std::size_t i = 0; i < count; ++i) {
        figures.weights.push_back(static_cast<double>(random() % 6) / 2);
        if (groups > 1) figures.groups.push_back(static_cast<std::uint32_t>(random() % groups));
    }
    // Keys are ranked the other way round than they are numbered.
    for (std::uint32_t g = 0; groups > 1 && g < groups; ++g)
        figures.group_ranks.push_back(groups - 1 - g);
    return figures;
}

} // namespace

TEST_CASE("uniform items keep their places and are plain")
{
    ItemLayout layout;
    auto const window = layout.add_uniform(5);
    CHECK(window.count == 5);
    CHECK(window.weight == 5);
    CHECK(window.items == 5);
    CHECK_FALSE(window.weights);
    layout.add_uniform(3);
    for (std::uint64_t p = 0; p < 8; ++p) {
        CHECK(layout.index(p) == p);
        CHECK(layout.weight(p) == 1);
    }
    CHECK(layout.plain(0, 8));
    CHECK(layout.plain(6, 2));
}

TEST_CASE("weighted items: by window a permutation, groups together, heaviest first and stable")
{
    for (std::uint64_t seed = 1; seed <= 200; ++seed) {
        CAPTURE(seed);
        std::mt19937_64 random(seed);
        ItemLayout layout;
        std::uint64_t base = 0;
        for (int turn = 0; turn < 4; ++turn) {
            auto const count = random() % 15 + 1;
            auto const figures = random_figures(random, count, turn % 2 == 0 ? 1 : 3);
            auto const window = layout.add(figures, std::nullopt);
            REQUIRE(window.count == count);
            REQUIRE(window.items == count);
            REQUIRE(window.blocks.empty());
            REQUIRE(window.weight ==
                    std::accumulate(figures.weights.begin(), figures.weights.end(), 0.0));
            std::set<std::uint64_t> indices;
            std::set<std::uint32_t> closed;
            for (std::uint64_t i = 0; i < count; ++i) {
                auto const index = layout.index(base + i);
                REQUIRE(index >= base);
                REQUIRE(index < base + count);
                REQUIRE(indices.insert(index).second);
                REQUIRE(layout.weight(base + i) == figures.weights[index - base]);
                REQUIRE((*window.weights)[i] == figures.weights[index - base]);
                REQUIRE_FALSE(layout.plain(base + i, 1));
                if (!figures.groups.empty())
                    REQUIRE(window.groups[i] == figures.groups[index - base]);
                if (i == 0) continue;
                auto const before = layout.index(base + i - 1);
                if (!figures.groups.empty() && window.groups[i] != window.groups[i - 1]) {
                    REQUIRE(closed.insert(window.groups[i - 1]).second);
                    REQUIRE_FALSE(closed.contains(window.groups[i]));
                    continue;
                }
                auto const heavier = figures.weights[before - base];
                auto const weight = figures.weights[index - base];
                REQUIRE((heavier > weight || (heavier == weight && before < index)));
            }
            base += count;
        }
    }
}

TEST_CASE("blocks over the canonical order cover it, by one group each, within the weight")
{
    for (std::uint64_t seed = 1; seed <= 100; ++seed) {
        CAPTURE(seed);
        std::mt19937_64 random(seed);
        ItemLayout layout;
        auto const by_weight = seed % 2 == 0;
        std::uint64_t next = 0;
        for (int turn = 0; turn < 2; ++turn) {
            auto const window =
                layout.add(random_figures(random, 20, 3),
                           by_weight ? starmap::detail::BlockRule{.max_weight = 4.0}
                                     : starmap::detail::BlockRule{.max_weight = {}, .hint = 6});
            if (!by_weight) CHECK(window.blocks.size() <= 6);
            for (auto const& block : window.blocks) {
                REQUIRE(block.first == next);
                REQUIRE(block.count > 0);
                double weight = 0;
                for (auto p = next; p < next + block.count; ++p) {
                    weight += layout.weight(p);
                    REQUIRE(window.groups[p - 20U * static_cast<unsigned>(turn)] ==
                            window.groups[next - 20U * static_cast<unsigned>(turn)]);
                }
                REQUIRE(block.weight == weight);
                if (by_weight) REQUIRE((weight <= 4 || block.count == 1));
                next += block.count;
            }
        }
        CHECK(next == 40);
    }
}

TEST_CASE("windows can be released in any order, and the others stay")
{
    for (std::uint64_t seed = 1; seed <= 100; ++seed) {
        CAPTURE(seed);
        std::mt19937_64 random(seed);
        ItemLayout layout;
        std::vector<std::uint64_t> index_of;
        std::vector<std::uint64_t> open;
        for (int turn = 0; turn < 60; ++turn) {
            if (random() % 3 == 0) {
                auto const before = index_of.size();
                auto const count = random() % 6 + 1;
                if (random() % 2 == 0)
                    layout.add_uniform(count);
                else
                    layout.add(random_figures(random, count, 1), std::nullopt);
                for (auto p = before; p < before + count; ++p) {
                    index_of.push_back(layout.index(p));
                    open.push_back(p);
                }
            } else if (!open.empty()) {
                std::swap(open[random() % open.size()], open.back());
                layout.release(open.back(), 1);
                open.pop_back();
            }
            for (auto const p : open) REQUIRE(layout.index(p) == index_of[p]);
        }
    }
}

TEST_CASE("blocks of items: cut in input order or by key, placed heaviest first")
{
    for (std::uint64_t seed = 1; seed <= 200; ++seed) {
        CAPTURE(seed);
        std::mt19937_64 random(seed);
        auto const by_weight = seed % 2 == 0;
        auto const groups = seed % 3 == 0 ? 1U : 3U;
        auto const count = random() % 30 + 1;
        auto const figures = random_figures(random, count, groups);
        BlockLayout layout;
        auto const window = layout.add(
            figures, by_weight ? starmap::detail::BlockRule{.max_weight = 3.0}
                               : starmap::detail::BlockRule{.max_weight = {}, .hint = 5});
        REQUIRE(window.items == count);
        std::set<std::uint64_t> numbers;
        std::set<std::uint64_t> items;
        for (std::uint64_t p = 0; p < window.count; ++p) {
            auto const& block = layout.block(p);
            REQUIRE(numbers.insert(block.number).second);
            double weight = 0;
            for (auto place = block.begin; place < block.end; ++place) {
                auto const item = layout.item(place);
                REQUIRE(items.insert(item).second);
                weight += figures.weights[item];
                if (groups > 1)
                    REQUIRE(figures.groups[item] == figures.groups[layout.item(block.begin)]);
            }
            REQUIRE(weight == block.weight);
            REQUIRE(weight == (*window.weights)[p]);
            if (p > 0) {
                auto const& before = layout.block(p - 1);
                REQUIRE((before.weight > block.weight ||
                         (before.weight == block.weight && before.number < block.number)));
            }
        }
        REQUIRE(items.size() == count);
        REQUIRE(*numbers.rbegin() == window.count - 1);
        // Read by number, the blocks give the input, stably sorted by the rank of the key.
        std::vector<BlockLayout::Block> by_number(window.count);
        for (std::uint64_t p = 0; p < window.count; ++p)
            by_number[layout.block(p).number] = layout.block(p);
        std::vector<std::uint64_t> read;
        for (auto const& block : by_number)
            for (auto place = block.begin; place < block.end; ++place)
                read.push_back(layout.item(place));
        std::vector<std::uint64_t> expected(count);
        std::iota(expected.begin(), expected.end(), std::uint64_t{0});
        if (groups > 1 && !by_weight)
            std::stable_sort(expected.begin(), expected.end(), [&](auto a, auto b) {
                return figures.group_ranks[figures.groups[a]] <
                       figures.group_ranks[figures.groups[b]];
            });
        REQUIRE(read == expected);
    }
}

TEST_CASE("blocks of a stream: windows follow one another")
{
    std::mt19937_64 random(5);
    BlockLayout layout;
    std::vector<std::uint64_t> read;
    std::set<std::uint64_t> numbers;
    std::uint64_t position = 0;
    for (int turn = 0; turn < 4; ++turn) {
        auto const window = layout.add(random_figures(random, 10, 1), {.max_weight = 4.0});
        for (std::uint64_t i = 0; i < window.count; ++i) {
            auto const& block = layout.block(position++);
            numbers.insert(block.number);
            for (auto place = block.begin; place < block.end; ++place)
                read.push_back(layout.item(place));
        }
    }
    std::sort(read.begin(), read.end());
    std::vector<std::uint64_t> expected(40);
    std::iota(expected.begin(), expected.end(), std::uint64_t{0});
    CHECK(read == expected);
    // Task numbers come from these: no two blocks of a Starmap may share one.
    CHECK(numbers.size() == position);
}

TEST_CASE("wrong weights are named by the item's place in the whole input")
{
    ItemLayout layout;
    layout.add_uniform(10);
    ItemFigures figures{.weights = {1, -1}, .groups = {}, .group_ranks = {}};
    try {
        layout.add(figures, std::nullopt);
        FAIL("nothing was thrown");
    } catch (starmap::UsageError const& error) {
        CHECK(std::string(error.what()).find("11") != std::string::npos);
    }
    figures.weights = {std::numeric_limits<double>::quiet_NaN()};
    CHECK_THROWS_AS(layout.add(figures, std::nullopt), starmap::UsageError);
    CHECK_THROWS_AS(BlockLayout().add(figures, {.max_weight = 1.0}), starmap::UsageError);
}

TEST_CASE("blocks are freed one by one; those that are left stay where they are")
{
    BlockLayout layout;
    starmap::detail::BlockRule const rule{.max_weight = 2.0};
    std::uint64_t position = 0;
    for (std::uint64_t window = 0; window < 5; ++window) {
        auto const blocks =
            layout.add({.weights = {1, 1, 1, 1}, .groups = {}, .group_ranks = {}}, rule).count;
        REQUIRE(blocks == 2);
        CHECK(layout.block(position).number == 2 * window);
        CHECK(layout.block(position + 1).begin == 4 * window + 2);
        layout.release(position, 1);
        CHECK(layout.block(position + 1).number == 2 * window + 1);
        layout.release(position + 1, 1);
        position += 2;
    }
}
