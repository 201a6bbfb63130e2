#include <starmap/chunking.hpp>
#include <starmap/error.hpp>

#include <doctest/doctest.h>

#include <cmath>
#include <iterator>
#include <limits>
#include <memory>
#include <random>
#include <span>
#include <sstream>
#include <string>
#include <vector>

namespace {

struct Item {
    int id;
    double weight;
    int key;
};

/// Can be read once, and knows no length.
struct Numbers {
    std::istream& stream;
    auto begin() const { return std::istream_iterator<int>(stream); }
    static auto end() { return std::default_sentinel; }
};

std::string message_of(auto const& call)
{
    try {
        call();
    } catch (starmap::UsageError const& error) {
        return error.what();
    }
    return "no error";
}

bool contains(std::string const& text, std::string const& part)
{
    return text.find(part) != std::string::npos;
}

} // namespace

TEST_CASE("block_splitter keeps all items in order, one key a block, and fills to the limit")
{
    unsigned const seed = 20240611;
    MESSAGE("seed ", seed);
    std::mt19937 random(seed);
    for (int round = 0; round < 500; ++round) {
        CAPTURE(round);
        bool const whole = round % 2 == 0;
        std::vector<Item> items(random() % 60);
        int id = 0;
        for (auto& item : items) {
            auto const draw = static_cast<double>(random() % 20);
            item = {id++, whole ? draw : draw * 0.1, static_cast<int>(random() % 3)};
        }
        double const max_weight = whole ? 1 + static_cast<double>(random() % 40)
                                        : 0.05 + 0.1 * static_cast<double>(random() % 40);
        auto const blocks = starmap::block_splitter(items, max_weight, &Item::weight, &Item::key);
        int next = 0;
        for (std::size_t b = 0; b < blocks.size(); ++b) {
            auto const& block = blocks[b];
            REQUIRE(!block.items.empty());
            double weight = 0;
            for (auto const& item : block.items) {
                CHECK(item.id == next++);
                CHECK(item.key == block.items[0].key);
                weight += item.weight;
            }
            CHECK(block.weight == weight);
            CHECK((weight <= max_weight || block.items.size() == 1));
            if (b + 1 == blocks.size()) continue;
            auto const& following = blocks[b + 1].items[0];
            CHECK((following.key != block.items[0].key || weight + following.weight > max_weight));
        }
        CHECK(next == static_cast<int>(items.size()));
    }
}

TEST_CASE("without weight and key each item weighs 1 and any may be neighbours")
{
    auto const blocks = starmap::block_splitter(std::string("ABCDE"), 3);
    REQUIRE(blocks.size() == 2);
    CHECK(blocks[0].items == std::vector<char>{'A', 'B', 'C'});
    CHECK(blocks[0].weight == 3);
    CHECK(blocks[1].items == std::vector<char>{'D', 'E'});
    CHECK(blocks[1].weight == 2);
}

TEST_CASE("weight and key may be lambdas of any arithmetic and ordered type")
{
    std::vector<std::string> const words{"a", "bb", "CC", "dddd"};
    auto const blocks = starmap::block_splitter(
        words, 3, [](std::string const& word) { return word.size(); },
        [](std::string const& word) { return word[0] < 'a'; });
    REQUIRE(blocks.size() == 3);
    CHECK(blocks[0].items == std::vector<std::string>{"a", "bb"});
    CHECK(blocks[1].items == std::vector<std::string>{"CC"});
    CHECK(blocks[2].items == std::vector<std::string>{"dddd"});
}

TEST_CASE("an infinite max_weight splits by key alone")
{
    std::vector<int> const items{1, 1, 2, 2, 2};
    auto const blocks = starmap::block_splitter(items, std::numeric_limits<double>::infinity(),
                                                starmap::UnitWeight{}, [](int i) { return i; });
    REQUIRE(blocks.size() == 2);
    CHECK(blocks[1].weight == 3);
}

TEST_CASE("an lvalue is left as it was, an rvalue is moved from, a view is not")
{
    std::vector<std::string> words{"some words that are too long", "for the small string buffer"};
    auto const original = words;
    starmap::block_splitter(words, 1);
    CHECK(words == original);
    starmap::block_splitter(std::span(words), 1);
    CHECK(words == original);
    auto const* const first = words[0].data();
    auto const blocks = starmap::block_splitter(std::move(words), 1);
    CHECK(blocks[0].items[0].data() == first);

    std::vector<std::unique_ptr<int>> pointers;
    pointers.push_back(std::make_unique<int>(7));
    CHECK(*starmap::block_splitter(std::move(pointers), 1)[0].items[0] == 7);
}

TEST_CASE("a range that can be read only once is enough")
{
    std::istringstream numbers("3 1 4 1 5");
    auto const blocks =
        starmap::block_splitter(Numbers{numbers}, 5, [](int number) { return number; });
    REQUIRE(blocks.size() == 3);
    CHECK(blocks[0].items == std::vector<int>{3, 1});
    CHECK(blocks[1].items == std::vector<int>{4, 1});
    CHECK(blocks[2].items == std::vector<int>{5});
}

TEST_CASE("wrong arguments are refused by name, value and index, empty input included")
{
    double const nan = std::numeric_limits<double>::quiet_NaN();
    double const infinity = std::numeric_limits<double>::infinity();
    auto const with_limit = [](double limit) {
        return message_of([limit] { starmap::block_splitter(std::vector<int>{}, limit); });
    };
    CHECK(contains(with_limit(0), "max_weight is 0 "));
    CHECK(contains(with_limit(-2.5), "max_weight is -2.5 "));
    CHECK(contains(with_limit(nan), "max_weight is nan "));
    CHECK(with_limit(1e-300) == "no error");

    auto const with_weight = [](double weight) {
        std::vector<double> const weights{1, 2, weight, -9};
        return message_of(
            [&] { starmap::block_splitter(weights, 5, [](double item) { return item; }); });
    };
    CHECK(contains(with_weight(-1), "weight of item 2 is -1 "));
    CHECK(contains(with_weight(nan), "weight of item 2 is nan "));
    CHECK(contains(with_weight(infinity), "weight of item 2 is inf "));
    CHECK(contains(with_weight(-0.0), "weight of item 3 is -9 "));

    std::vector<double> const keys{1, nan};
    auto const text = message_of([&] {
        starmap::block_splitter(keys, 5, starmap::UnitWeight{}, [](double key) { return key; });
    });
    CHECK(contains(text, "key of item 1 is nan"));
}

TEST_CASE("slices cover everything once, and bad counts are refused")
{
    CHECK(starmap::split_in_slices(0, 3).empty());
    for (std::size_t n = 1; n < 40; ++n) {
        for (unsigned k = 1; k < 45; ++k) {
            auto const slices = starmap::split_in_slices(n, k);
            CHECK(slices.size() <= k);
            std::size_t next = 0;
            for (auto const& [first, last] : slices) {
                CHECK(first == next);
                CHECK(last - first <= (n + k - 1) / k);
                CHECK(last > first);
                next = last;
            }
            CHECK(next == n);
        }
    }
    CHECK(contains(message_of([] { starmap::split_in_slices(3, 0); }), "k = 0"));
    CHECK(contains(message_of([] { starmap::split_in_slices(3, -4); }), "k = -4"));
    CHECK(contains(message_of([] { starmap::split_in_slices(-3L, 4U); }), "n = -3"));
    auto const huge = std::numeric_limits<std::size_t>::max();
    CHECK(starmap::split_in_slices(huge, 2).back().second == huge);
}
