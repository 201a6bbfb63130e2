#include <starmap/chunking.hpp>
#include <starmap/error.hpp>

#include <doctest/doctest.h>

#include <algorithm>
#include <cstdint>
#include <limits>
#include <map>
#include <random>
#include <string>
#include <vector>

namespace {

struct Item {
    int id;
    double weight;
    std::string key;
};

std::vector<std::size_t> sizes(auto const& blocks)
{
    std::vector<std::size_t> result;
    for (auto const& block : blocks) result.push_back(block.items.size());
    return result;
}

auto const itself = [](char letter) { return letter; };

} // namespace

TEST_CASE("split_in_blocks keeps every item once, sorted by key, equal keys in input order")
{
    unsigned const seed = 77001;
    MESSAGE("seed ", seed);
    std::mt19937 random(seed);
    for (int round = 0; round < 300; ++round) {
        CAPTURE(round);
        std::vector<Item> items(random() % 50);
        std::map<std::string, int> keys;
        int id = 0;
        for (auto& item : items) {
            item = {id++, static_cast<double>(random() % 8) * 0.3,
                    std::string(1, "xaq"[random() % 3])};
            ++keys[item.key];
        }
        auto const hint = 1 + random() % 12;
        auto const blocks = starmap::split_in_blocks(items, hint, &Item::weight, &Item::key);
        std::ranges::stable_sort(items, {}, &Item::key);
        std::size_t next = 0;
        for (auto const& block : blocks) {
            REQUIRE(!block.items.empty());
            double weight = 0;
            for (auto const& item : block.items) {
                REQUIRE(next < items.size());
                CHECK(item.id == items[next++].id);
                CHECK(item.key == block.items[0].key);
                weight += item.weight;
            }
            CHECK(weight == block.weight);
        }
        CHECK(next == items.size());
        CHECK(blocks.size() == std::min(std::max<std::size_t>(hint, keys.size()), items.size()));
    }
}

TEST_CASE("with a hint as large as the input each item has a block of its own")
{
    auto const blocks =
        starmap::split_in_blocks(std::string("aaaabbb"), 10, starmap::UnitWeight{}, itself);
    CHECK(sizes(blocks) == std::vector<std::size_t>(7, 1));
    CHECK(sizes(starmap::split_in_blocks(std::string("aaaabbbccc"), 10)) ==
          std::vector<std::size_t>(10, 1));
}

TEST_CASE("each key has a block, even where the hint is smaller")
{
    auto const blocks =
        starmap::split_in_blocks(std::string("cabacb"), 1, starmap::UnitWeight{}, itself);
    REQUIRE(blocks.size() == 3);
    CHECK(blocks[0].items == std::vector<char>{'a', 'a'});
    CHECK(blocks[1].items == std::vector<char>{'b', 'b'});
    CHECK(blocks[2].items == std::vector<char>{'c', 'c'});
}

TEST_CASE("all blocks asked for are made, so that no worker lacks one")
{
    std::vector<double> const dominated{100, 1, 1, 1, 1, 1, 1, 1};
    auto const weight = [](double item) { return item; };
    CHECK(sizes(starmap::split_in_blocks(dominated, 4, weight)) ==
          std::vector<std::size_t>{1, 3, 2, 2});
    CHECK(starmap::split_in_blocks(std::vector<double>(9, 0.0), 4, weight).size() == 4);
}

TEST_CASE("keys may be truth values, and sorted input stays as it is")
{
    std::vector<int> const numbers{1, 2, 3, 4, 5, 6};
    auto const odd_last = [](int number) { return number % 2 == 1; };
    auto const blocks = starmap::split_in_blocks(numbers, 2, starmap::UnitWeight{}, odd_last);
    REQUIRE(blocks.size() == 2);
    CHECK(blocks[0].items == std::vector<int>{2, 4, 6});
    CHECK(blocks[1].items == std::vector<int>{1, 3, 5});
}

TEST_CASE("a hint below 1 of any integer type is refused with its value, empty input included")
{
    std::vector<int> const none;
    CHECK_THROWS_WITH_AS(starmap::split_in_blocks(none, 0), doctest::Contains("hint is 0 "),
                         starmap::UsageError);
    CHECK_THROWS_WITH_AS(starmap::split_in_blocks(none, -7L), doctest::Contains("hint is -7 "),
                         starmap::UsageError);
    CHECK_THROWS_WITH_AS(starmap::split_in_blocks(none, 0U), doctest::Contains("hint is 0 "),
                         starmap::UsageError);
    CHECK(starmap::split_in_blocks(none, std::numeric_limits<std::uint64_t>::max()).empty());
}

TEST_CASE("a wrong weight or key is named by its index before the sort")
{
    std::vector<Item> const items{{0, 1, "z"}, {1, -3, "y"}, {2, 1, "x"}};
    CHECK_THROWS_WITH_AS(starmap::split_in_blocks(items, 2, &Item::weight, &Item::key),
                         doctest::Contains("weight of item 1 is -3 "), starmap::UsageError);
    std::vector<double> const keys{3, 2, std::numeric_limits<double>::quiet_NaN()};
    CHECK_THROWS_WITH_AS(
        starmap::split_in_blocks(keys, 2, starmap::UnitWeight{}, [](double key) { return key; }),
        doctest::Contains("key of item 2 is nan"), starmap::UsageError);
}
