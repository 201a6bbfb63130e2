#include <starmap/chunking.hpp>
#include <starmap/error.hpp>
#include <starmap/humansize.hpp>

#include <doctest/doctest.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <fstream>
#include <set>
#include <string>
#include <vector>

using Json = nlohmann::json;

namespace {

struct Named {
    std::string name;
    double weight;
    std::string key;
};

Json const& table()
{
    static Json const all = Json::parse(std::ifstream(SPLITTING_CASES));
    return all;
}

std::vector<Named> items_of(Json const& test)
{
    std::vector<Named> items;
    for (auto const& item : test["items"])
        items.push_back({item["name"], item["weight"],
                         item["key"].is_null() ? std::string() : std::string(item["key"])});
    return items;
}

void check_blocks(Json const& test)
{
    auto const blocks = starmap::block_splitter(items_of(test), test["max_weight"].get<double>(),
                                                &Named::weight, &Named::key);
    std::vector<std::vector<std::string>> names;
    for (auto const& block : blocks) {
        auto& list = names.emplace_back();
        for (auto const& item : block.items) list.push_back(item.name);
    }
    CHECK(names == test["expected"].get<std::vector<std::vector<std::string>>>());
}

void check_heaviest(Json const& test)
{
    auto items = items_of(test);
    auto const blocks =
        starmap::split_in_blocks(items, test["hint"].get<int>(), &Named::weight, &Named::key);
    CHECK(blocks.size() <= test["max_blocks"].get<std::size_t>());
    double heaviest = 0;
    std::vector<std::string> names;
    for (auto const& block : blocks) {
        heaviest = std::max(heaviest, block.weight);
        double weight = 0;
        std::set<std::string> keys;
        for (auto const& item : block.items) {
            names.push_back(item.name);
            weight += item.weight;
            keys.insert(item.key);
        }
        CHECK(weight == block.weight);
        CHECK(keys.size() == 1);
    }
    CHECK(heaviest == test["expected_heaviest"].get<double>());
    std::ranges::stable_sort(items, {}, &Named::key);
    std::vector<std::string> expected;
    for (auto const& item : items) expected.push_back(item.name);
    CHECK(names == expected);
}

} // namespace

TEST_CASE("the table of splitting cases holds")
{
    REQUIRE(table()["cases"].size() == 43);
    for (auto const& test : table()["cases"]) {
        CAPTURE(test["id"].get<std::string>());
        bool const by_weight = test["function"] == "block_splitter";
        auto const check = by_weight ? check_blocks : check_heaviest;
        if (test.value("expected", Json()) == "UsageError")
            CHECK_THROWS_AS(check(test), starmap::UsageError);
        else
            check(test);
    }
}

TEST_CASE("the table of slices holds")
{
    REQUIRE(!table()["split_in_slices"].empty());
    for (auto const& test : table()["split_in_slices"]) {
        auto const n = test["n"].get<int>();
        auto const k = test["k"].get<int>();
        CAPTURE(n);
        CAPTURE(k);
        if (test["expected"] == "UsageError") {
            CHECK_THROWS_AS(starmap::split_in_slices(n, k), starmap::UsageError);
            continue;
        }
        auto const expected =
            test["expected"].get<std::vector<std::pair<std::size_t, std::size_t>>>();
        CHECK(starmap::split_in_slices(n, k) == expected);
    }
}

TEST_CASE("the table of sizes holds")
{
    REQUIRE(!table()["humansize"].empty());
    for (auto const& test : table()["humansize"])
        CHECK(starmap::humansize(test["nbytes"].get<double>()) == test["text"].get<std::string>());
}
