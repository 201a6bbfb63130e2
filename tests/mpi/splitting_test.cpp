// Chunks are what the public splitters make, hold every item once, and never mix keys.
#include "support/session.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <cstdint>
#include <random>
#include <set>
#include <span>
#include <string>
#include <tuple>
#include <vector>

namespace {

struct Site {
    int id;
    int region;
    double cost;
    bool operator==(Site const&) const = default;
};

std::vector<Site> listed(std::span<Site const> sites) { return {sites.begin(), sites.end()}; }
std::size_t counted(std::span<Site const> sites) { return sites.size(); }
double weighed(std::span<Site const>, starmap::Monitor& monitor) { return monitor.weight(); }

/// Costs are multiples of 1/8, so that sums are exact in any order.
std::vector<Site> random_sites(std::mt19937_64& random, int n)
{
    std::vector<Site> sites;
    for (int i = 0; i < n; ++i) {
        auto const shape = random() % 10;
        auto const cost = shape == 0   ? 0.0
                          : shape == 1 ? 1000.0
                                       : static_cast<double>(random() % 80) / 8;
        sites.push_back({i, static_cast<int>(random() % 4), cost});
    }
    return sites;
}

template <class Block>
std::vector<std::vector<Site>> items_of(std::vector<Block> const& blocks)
{
    std::vector<std::vector<Site>> items;
    for (auto const& block : blocks) items.push_back(block.items);
    return items;
}

void check_each_once(std::vector<std::vector<Site>> const& chunks, std::vector<Site> const& sites)
{
    std::vector<Site> all;
    for (auto const& chunk : chunks) {
        CHECK(!chunk.empty());
        all.insert(all.end(), chunk.begin(), chunk.end());
    }
    std::sort(all.begin(), all.end(), [](auto const& a, auto const& b) { return a.id < b.id; });
    CHECK(all == sites);
}

} // namespace

TEST_CASE("apply with concurrent_tasks makes the blocks of split_in_blocks")
{
    constexpr std::uint64_t seed = 20240607;
    CAPTURE(seed);
    std::mt19937_64 random(seed);
    auto& s = session();
    for (int round = 0; round < 12; ++round) {
        auto const sites = random_sites(random, 1 + static_cast<int>(random() % 60));
        auto const hint = std::size_t{1 + random() % 12};
        CAPTURE(sites.size());
        CAPTURE(hint);
        auto const plain = starmap::split_in_blocks(sites, hint);
        CHECK(s.apply(starmap::fn<listed>, sites, {.concurrent_tasks = hint}).collect() ==
              items_of(plain));
        auto const weighted = starmap::split_in_blocks(sites, hint, &Site::cost);
        CHECK(s.apply(starmap::fn<listed>, sites, {.weight = &Site::cost, .concurrent_tasks = hint})
                  .collect() == items_of(weighted));
        auto const keyed = starmap::split_in_blocks(sites, hint, &Site::cost, &Site::region);
        CHECK(s.apply(starmap::fn<listed>, sites,
                      {.weight = &Site::cost, .key = &Site::region, .concurrent_tasks = hint})
                  .collect() == items_of(keyed));
        std::vector<std::size_t> counts;
        std::vector<double> weights;
        for (auto const& block : keyed) {
            counts.push_back(block.items.size());
            weights.push_back(block.weight);
        }
        CHECK(s.apply(starmap::fn<counted>, sites,
                      {.weight = &Site::cost, .key = &Site::region, .concurrent_tasks = hint})
                  .collect() == counts);
        CHECK(s.apply(starmap::fn<weighed>, sites,
                      {.weight = &Site::cost, .key = &Site::region, .concurrent_tasks = hint})
                  .collect() == weights);
    }
}

TEST_CASE("apply with max_weight makes the blocks of block_splitter, and max_weight wins")
{
    constexpr std::uint64_t seed = 77;
    CAPTURE(seed);
    std::mt19937_64 random(seed);
    auto& s = session();
    for (int round = 0; round < 12; ++round) {
        auto const sites = random_sites(random, 1 + static_cast<int>(random() % 60));
        auto const most = 1 + static_cast<double>(random() % 160) / 8;
        CAPTURE(sites.size());
        CAPTURE(most);
        auto const expected = items_of(starmap::block_splitter(sites, most, &Site::cost));
        CHECK(s.apply(starmap::fn<listed>, sites, {.weight = &Site::cost, .max_weight = most})
                  .collect() == expected);
        CHECK(s.apply(starmap::fn<listed>, sites,
                      {.weight = &Site::cost, .concurrent_tasks = 2, .max_weight = most})
                  .collect() == expected);
        auto const chunks =
            s.apply(starmap::fn<listed>, sites,
                    {.weight = &Site::cost, .key = &Site::region, .max_weight = most})
                .collect();
        check_each_once(chunks, sites);
        for (auto const& chunk : chunks) {
            double sum = 0;
            for (auto const& site : chunk) {
                CHECK(site.region == chunk.front().region);
                sum += site.cost;
            }
            CHECK((sum <= most || chunk.size() == 1));
        }
    }
}

TEST_CASE("guided apply gives every item once and mixes no keys")
{
    constexpr std::uint64_t seed = 5;
    CAPTURE(seed);
    std::mt19937_64 random(seed);
    auto& s = session();
    for (int const n : {1, 2, 10, 500}) {
        auto const sites = random_sites(random, n);
        CAPTURE(n);
        check_each_once(s.apply(starmap::fn<listed>, sites).collect(), sites);
        check_each_once(s.apply(starmap::fn<listed>, sites, {.weight = &Site::cost}).collect(),
                        sites);
        auto const chunks =
            s.apply(starmap::fn<listed>, sites, {.weight = &Site::cost, .key = &Site::region})
                .collect();
        check_each_once(chunks, sites);
        for (auto const& chunk : chunks)
            for (auto const& site : chunk) CHECK(site.region == chunk.front().region);
        double total = 0;
        for (auto const& site : sites) total += site.cost;
        CHECK(s.apply(starmap::fn<weighed>, sites, {.weight = &Site::cost}).reduce() == total);
    }
}

TEST_CASE("map gives the same for any weights, keys and fixed blocks")
{
    constexpr std::uint64_t seed = 11;
    CAPTURE(seed);
    std::mt19937_64 random(seed);
    auto const sites = random_sites(random, 400);
    auto const id = [](Site const& site) { return site.id; };
    std::vector<int> expected;
    for (auto const& site : sites) expected.push_back(site.id);
    auto& s = session();
    CHECK(s.map(id, sites, {.weight = &Site::cost}).collect() == expected);
    CHECK(s.map(id, sites, {.key = &Site::region}).collect() == expected);
    CHECK(s.map(id, sites, {.weight = &Site::cost, .key = &Site::region}).collect() == expected);
    CHECK(s.map(id, sites, {.weight = &Site::cost, .key = &Site::region, .concurrent_tasks = 9})
              .collect() == expected);
    CHECK(s.map(id, sites, {.weight = &Site::cost, .key = &Site::region, .max_weight = 30})
              .collect() == expected);
    CHECK(s.starmap(id, sites, {.weight = &Site::cost, .key = &Site::region}).collect() ==
          expected);
    auto const name_key = [](Site const& site) { return "region " + std::to_string(site.region); };
    CHECK(s.map(id, sites, {.key = name_key}).collect() == expected);
}

TEST_CASE("map with fixed blocks is handed out in those blocks")
{
    std::vector<Site> sites;
    for (int i = 0; i < 100; ++i) sites.push_back({i, 0, 1});
    auto map = session().map([](Site const&) { return 1; }, sites, {.concurrent_tasks = 10});
    CHECK(map.reduce() == 100);
    CHECK(map.stats().tasks == 10);
    CHECK(map.stats().tasks_done == 100);
}
