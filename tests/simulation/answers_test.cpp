#include "simulation/cluster.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <cstdint>
#include <functional>
#include <numeric>
#include <span>
#include <string>
#include <tuple>
#include <vector>

using simulation::Cluster;
using simulation::Counting;
using simulation::for_clusters;
using simulation::numbers;
using simulation::tree_sum;

namespace {

double part_of_a_sum(std::int64_t i) { return 1.0 / static_cast<double>(3 * i + 1); }
double scaled(std::int64_t i, double factor) { return factor * part_of_a_sum(i); }
std::string pair_of(std::int64_t a, std::string const& b) { return std::to_string(a) + b; }
std::string text_of(std::int64_t i) { return std::to_string(i) + ','; }
std::int64_t sum_of(std::span<std::int64_t const> items)
{
    return std::accumulate(items.begin(), items.end(), std::int64_t{0});
}
std::vector<std::int64_t> copy_of(std::span<std::int64_t const> items)
{
    return {items.begin(), items.end()};
}
void nothing(std::int64_t) {}
std::uint64_t seed_of(std::int64_t, starmap::Monitor& monitor) { return monitor.seed(1); }

std::vector<double> parts(std::int64_t count)
{
    std::vector<double> values;
    for (auto const i : numbers(count)) values.push_back(part_of_a_sum(i));
    return values;
}

double weight_of(std::int64_t i) { return static_cast<double>(i * 7 % 11); }

/// The values in canonical order: heaviest first, equal weights in input order.
std::vector<std::int64_t> by_weight(std::int64_t count)
{
    auto items = numbers(count);
    std::stable_sort(items.begin(), items.end(),
                     [](auto a, auto b) { return weight_of(a) > weight_of(b); });
    return items;
}

} // namespace

TEST_CASE("sums of floating numbers have the bits of the tree, whatever happens on the way")
{
    for (std::int64_t const count : {0, 1, 2, 7, 64, 301}) {
        auto const expected = tree_sum(parts(count));
        auto const items = numbers(count);
        for_clusters(3, [&](Cluster& cluster) {
            auto& session = cluster.session();
            CHECK(session.map(starmap::fn<part_of_a_sum>, items).reduce() == expected);
            CHECK(session.starmap(starmap::fn<part_of_a_sum>, items).reduce() == expected);
            auto const plus = [](double a, double b) { return a + b; };
            CHECK(session.map(starmap::fn<part_of_a_sum>, items).reduce(plus) == expected);
            double offset = 0; // an operation with a state stays on rank 0
            auto const with_state = [&offset](double a, double b) { return a + b + offset; };
            CHECK(session.map(starmap::fn<part_of_a_sum>, items).reduce(with_state) == expected);
        });
    }
}

TEST_CASE("weighted, keyed and blocked sums have the bits of their canonical order")
{
    constexpr std::int64_t count = 120;
    auto const items = numbers(count);
    std::vector<double> values;
    for (auto const i : by_weight(count)) values.push_back(scaled(i, 0.1));
    auto const expected = tree_sum(values);
    for_clusters(3, [&](Cluster& cluster) {
        auto& session = cluster.session();
        auto const scale = starmap::shared(0.1);
        CHECK(session.map(starmap::fn<scaled>, items, scale, {.weight = weight_of}).reduce() ==
              expected);
        CHECK(session
                  .map(starmap::fn<scaled>, items, scale,
                       {.weight = weight_of, .concurrent_tasks = 9})
                  .reduce() == expected);
        CHECK(session
                  .map(starmap::fn<scaled>, items, scale, {.weight = weight_of, .max_weight = 20.0})
                  .reduce() == expected);
        auto const key = [](std::int64_t i) { return i % 3; };
        std::vector<double> keyed;
        for (std::int64_t k = 0; k < 3; ++k)
            for (auto const i : by_weight(count))
                if (i % 3 == k) keyed.push_back(scaled(i, 0.1));
        CHECK(session.map(starmap::fn<scaled>, items, scale, {.weight = weight_of, .key = key})
                  .reduce() == tree_sum(keyed));
    });
}

TEST_CASE("the order of what is combined is the canonical one: concatenation shows it")
{
    auto const items = numbers(90);
    std::string in_order;
    for (auto const i : items) in_order += text_of(i);
    std::string heaviest_first;
    for (auto const i : by_weight(90)) heaviest_first += text_of(i);
    for_clusters(4, [&](Cluster& cluster) {
        auto& session = cluster.session();
        CHECK(session.map(starmap::fn<text_of>, items).reduce() == in_order);
        CHECK(session.starmap(starmap::fn<text_of>, items, {.weight = weight_of}).reduce() ==
              heaviest_first);
        CHECK(session.map(starmap::fn<text_of>, items, {.weight = weight_of}).reduce() ==
              heaviest_first);
        auto const append = [](std::size_t length, std::string const& text) {
            return 31 * length + text.size();
        };
        std::size_t folded = 0;
        for (auto const i : by_weight(90)) folded = append(folded, text_of(i));
        CHECK(session.map(starmap::fn<text_of>, items, {.weight = weight_of})
                  .reduce(append, std::size_t{0}) == folded);
    });
}

TEST_CASE("collect() and results() bring every result, in task order where that is promised")
{
    auto const items = numbers(75);
    std::vector<std::string> expected;
    for (auto const i : items) expected.push_back(text_of(i));
    for_clusters(4, [&](Cluster& cluster) {
        auto& session = cluster.session();
        CHECK(session.map(starmap::fn<text_of>, items, {.weight = weight_of}).collect() ==
              expected);
        CHECK(session.starmap(starmap::fn<text_of>, items).collect() == expected);
        std::vector<std::string> canonical;
        auto starmap = session.map(starmap::fn<text_of>, items);
        for (auto& text : starmap.results(starmap::Order::canonical)) canonical.push_back(text);
        CHECK(canonical == expected);
        std::vector<std::string> arrived;
        for (auto& text : session.starmap(starmap::fn<text_of>, items)) arrived.push_back(text);
        std::sort(arrived.begin(), arrived.end());
        auto sorted = expected;
        std::sort(sorted.begin(), sorted.end());
        CHECK(arrived == sorted);
    });
}

TEST_CASE("apply: each item is in one block, blocks are combined in order")
{
    auto const items = numbers(200);
    for_clusters(4, [&](Cluster& cluster) {
        auto& session = cluster.session();
        CHECK(session.apply(starmap::fn<sum_of>, items).reduce() == 199 * 200 / 2);
        auto const blocks =
            session.apply(starmap::fn<copy_of>, items, {.concurrent_tasks = 7}).collect();
        CHECK(blocks.size() == 7);
        std::vector<std::int64_t> all;
        for (auto const& block : blocks) all.insert(all.end(), block.begin(), block.end());
        CHECK(all == items);
        auto const join = [](std::vector<std::int64_t> a, std::vector<std::int64_t> const& b) {
            a.insert(a.end(), b.begin(), b.end());
            return a;
        };
        CHECK(session.apply(starmap::fn<copy_of>, items).reduce(join) == items);
    });
}

TEST_CASE("tuples, generators, void tasks, seeds")
{
    std::vector<std::tuple<std::int64_t, std::string>> const pairs{{1, "a"}, {2, "b"}, {3, "c"}};
    std::vector<std::uint64_t> seeds;
    for_clusters(4, [&](Cluster& cluster) {
        auto& session = cluster.session();
        CHECK(session.starmap(starmap::fn<pair_of>, pairs).reduce() == "1a2b3c");
        CHECK(session.starmap(starmap::fn<nothing>, numbers(40)).wait() == 40);
        CHECK(session.map(starmap::fn<nothing>, Counting(300)).wait() == 300);
        CHECK(session.starmap(starmap::fn<part_of_a_sum>, Counting(100)).reduce() ==
              tree_sum(parts(100)));
        CHECK(session.map(starmap::fn<part_of_a_sum>, Counting(5000)).reduce() ==
              tree_sum(parts(5000)));
        CHECK(session.map(starmap::fn<part_of_a_sum>, Counting(0)).reduce() == 0);
        // Always the seventh Starmap of its session.
        auto const own = session.map(starmap::fn<seed_of>, numbers(30)).collect();
        if (seeds.empty()) seeds = own;
        CHECK(own == seeds);
    });
    std::sort(seeds.begin(), seeds.end());
    CHECK(std::adjacent_find(seeds.begin(), seeds.end()) == seeds.end());
}
