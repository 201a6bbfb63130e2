// The ways to take results: in which order they are combined, and what comes out.
#include "support/numbers.hpp"
#include "support/session.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <functional>
#include <map>
#include <numeric>
#include <set>
#include <span>
#include <string>
#include <utility>
#include <vector>

using starmap::test::numbers;

namespace {

using starmap::Order;

std::string letter(int i) { return {static_cast<char>('a' + i % 26)}; }
std::string bracketed(std::string const& left, std::string const& right)
{
    return "(" + left + right + ")";
}

/// The letters in this order of items.
std::string alphabet(std::vector<int> const& items)
{
    std::string all;
    for (auto const i : items) all += letter(i);
    return all;
}
/// The tree of docs/design.md over the results of n items: halves at powers of two.
std::string tree(int first, int n)
{
    if (n == 1) return letter(first);
    int left = 1;
    while (2 * left < n) left *= 2;
    return bracketed(tree(first, left), tree(first + left, n - left));
}

/// Neither copied more than needed nor with a + : only reduce(op) can combine it.
struct Interval {
    int low = 0;
    int high = 0;
};

double weight_of(int item) { return item % 7; }
std::vector<int> heaviest_first(int n)
{
    auto items = numbers(n);
    std::stable_sort(items.begin(), items.end(),
                     [](int a, int b) { return weight_of(a) > weight_of(b); });
    return items;
}

} // namespace

TEST_CASE("what is not commutative is combined in the order of the input")
{
    for (int const n : {1, 2, 3, 26, 1000}) {
        CAPTURE(n);
        auto const items = numbers(n);
        auto const expected = alphabet(items);
        auto& s = session();
        auto const op = [](std::string left, std::string const& right) { return left + right; };
        CHECK(s.map(starmap::fn<letter>, items).reduce() == expected);
        CHECK(s.map(starmap::fn<letter>, items).reduce(op) == expected);
        CHECK(s.map(starmap::fn<letter>, items).reduce(std::plus<>()) == expected);
        CHECK(s.starmap(starmap::fn<letter>, items).reduce() == expected);
        CHECK(s.map(starmap::fn<letter>, items, {.concurrent_tasks = 7}).reduce() == expected);
        auto const words = [](std::span<int const> chunk) {
            std::string all;
            for (auto const i : chunk) all += letter(i);
            return all;
        };
        CHECK(s.apply(words, items).reduce() == expected);
        CHECK(s.apply(words, items, {.concurrent_tasks = 7}).reduce() == expected);
    }
}

TEST_CASE("weights put the heaviest first, equal ones in the order of the input")
{
    auto const items = numbers(500);
    auto const expected = alphabet(heaviest_first(500));
    CHECK(session().map(starmap::fn<letter>, items, {.weight = weight_of}).reduce() == expected);
    CHECK(session().starmap(starmap::fn<letter>, items, {.weight = weight_of}).reduce() ==
          expected);
}

TEST_CASE("the shape of the tree is fixed, even for an op that is not associative")
{
    for (int const n : {1, 2, 3, 4, 5, 7, 8, 9, 31, 100, 257}) {
        CAPTURE(n);
        auto const items = numbers(n);
        auto const expected = tree(0, n);
        auto const op = [](std::string const& l, std::string const& r) { return bracketed(l, r); };
        std::string const nothing;
        auto const captured = [&nothing](std::string const& l, std::string const& r) {
            return bracketed(l, r) + nothing;
        };
        auto& s = session();
        CHECK(s.map(starmap::fn<letter>, items).reduce(op) == expected);
        CHECK(s.map(starmap::fn<letter>, items).reduce(captured) == expected);
        CHECK(s.map(starmap::fn<letter>, items, {.concurrent_tasks = 5}).reduce(op) == expected);
        CHECK(s.map(starmap::fn<letter>, items, {.max_weight = 3}).reduce(op) == expected);
        CHECK(s.starmap(starmap::fn<letter>, items).reduce(op) == expected);
    }
}

TEST_CASE("reduce(op, init) folds in canonical order into another type")
{
    auto const items = numbers(300);
    auto const append = [](std::vector<std::string> all, std::string const& next) {
        all.push_back(next);
        return all;
    };
    std::vector<std::string> expected{"start"};
    for (auto const i : items) expected.push_back(letter(i));
    std::vector<std::string> const start{"start"};
    CHECK(session().map(starmap::fn<letter>, items).reduce(append, start) == expected);
    CHECK(session().starmap(starmap::fn<letter>, items).reduce(append, start) == expected);

    expected.assign(1, "start");
    for (auto const i : heaviest_first(300)) expected.push_back(letter(i));
    CHECK(session().map(starmap::fn<letter>, items, {.weight = weight_of}).reduce(append, start) ==
          expected);
    CHECK(session()
              .map(starmap::fn<letter>, items)
              .reduce([](std::size_t n, std::string const& text) { return n + text.size(); },
                      std::size_t{5}) == 305);
}

TEST_CASE("a start value that is zero or empty is a start value")
{
    auto const items = numbers(5);
    CHECK(session().map([](int i) { return i; }, items).reduce(std::plus<>(), 0) == 10);
    CHECK(session().map(starmap::fn<letter>, items).reduce(std::plus<>(), std::string()) ==
          "abcde");
}

TEST_CASE("reduce(op) needs no +")
{
    auto const merged = session()
                            .map(
                                [](int i) {
                                    return Interval{-i, 3 * i};
                                },
                                numbers(50))
                            .reduce([](Interval a, Interval b) {
                                return Interval{std::min(a.low, b.low), std::max(a.high, b.high)};
                            });
    CHECK(merged.low == -49);
    CHECK(merged.high == 147);
}

TEST_CASE("in order of arrival everything arrives")
{
    auto const items = numbers(200);
    auto text = session().map(starmap::fn<letter>, items, {.order = Order::arrival}).reduce();
    auto expected = alphabet(items);
    std::sort(text.begin(), text.end());
    std::sort(expected.begin(), expected.end());
    CHECK(text == expected);
    auto const sum = session()
                         .starmap([](int i) { return i; }, items, {.order = Order::arrival})
                         .reduce(std::plus<>(), 1000L);
    CHECK(sum == 1000 + 199 * 200 / 2);
}

TEST_CASE("collect() follows the input, whatever the weights")
{
    std::vector<std::string> expected;
    for (int i = 0; i < 300; ++i) expected.push_back(letter(i));
    auto const items = numbers(300);
    CHECK(session().map(starmap::fn<letter>, items, {.weight = weight_of}).collect() == expected);
    CHECK(session().starmap(starmap::fn<letter>, items, {.weight = weight_of}).collect() ==
          expected);
}

TEST_CASE("results come one by one, as they arrive or in canonical order")
{
    auto const items = numbers(300);
    auto const same = [](int i) { return i; };
    std::vector<int> arrived;
    for (int const value : session().map(same, items)) arrived.push_back(value);
    std::sort(arrived.begin(), arrived.end());
    CHECK(arrived == items);

    arrived.clear();
    auto starmap = session().starmap(same, items);
    for (int const value : starmap.results()) arrived.push_back(value);
    std::sort(arrived.begin(), arrived.end());
    CHECK(arrived == items);

    arrived.clear();
    auto ordered = session().map(same, items, {.weight = weight_of});
    for (int const value : ordered.results(Order::canonical)) arrived.push_back(value);
    CHECK(arrived == heaviest_first(300));
}

TEST_CASE("a result may be moved out of the iteration")
{
    std::vector<std::string> taken;
    for (auto&& text : session().map(starmap::fn<letter>, numbers(26)))
        taken.push_back(std::move(text));
    std::sort(taken.begin(), taken.end());
    CHECK(taken.front() == "a");
    CHECK(taken.back() == "z");
    CHECK(taken.size() == 26);
}

TEST_CASE("dictionaries add up, nested ones too")
{
    using Losses = starmap::AccumDict<std::string, starmap::AccumDict<int, std::vector<double>>>;
    auto const losses = [](int i) {
        Losses mine;
        mine["site" + std::to_string(i % 3)][i % 2] = {1.0, 0.5 * i};
        return mine;
    };
    Losses expected;
    for (int i = 0; i < 60; ++i) expected += losses(i);
    CHECK(session().map(losses, numbers(60)).reduce() == expected);
    CHECK(session().starmap(losses, numbers(60)).reduce() == expected);
    CHECK(session().map(losses, numbers(60), {.concurrent_tasks = 4}).reduce() == expected);
}

TEST_CASE("small numbers add up in their own type")
{
    CHECK(session().map([](int) { return short{1}; }, numbers(100)).reduce() == 100);
    CHECK(session().map([](int) { return 0.5F; }, numbers(100)).reduce() == 50);
    CHECK(session().map([](int) { return std::size_t{1}; }, numbers(100)).reduce() == 100);
}
