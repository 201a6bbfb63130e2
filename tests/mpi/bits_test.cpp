// The same bits from any number of ranks, any chunking and any order of arrival.
#include "support/session.hpp"
#include "support/skewed.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <bit>
#include <chrono>
#include <cmath>
#include <cstdint>
#include <numeric>
#include <random>
#include <span>
#include <string>
#include <thread>
#include <utility>
#include <vector>

namespace {

/// Values over three decades, of both signs: their sum depends on the order it is taken in.
double wild(std::uint64_t i)
{
    auto const mixed = i * 0x9e3779b97f4a7c15ULL;
    return std::ldexp(static_cast<double>(mixed >> 12) - 2e15, static_cast<int>(mixed % 12));
}

double delayed(std::uint64_t i)
{
    if (i % 97 == 0) std::this_thread::sleep_for(std::chrono::microseconds(i % 700));
    return wild(i);
}

std::vector<std::uint64_t> indices(std::uint64_t n)
{
    std::vector<std::uint64_t> result;
    for (std::uint64_t i = 0; i < n; ++i) result.push_back(i);
    return result;
}

std::uint64_t bits(double x) { return std::bit_cast<std::uint64_t>(x); }

/// The sum along the tree, written anew: halves of the largest power of two below n.
double tree_sum(std::vector<double> const& values, std::size_t first, std::size_t count)
{
    if (count == 1) return values[first];
    auto const left = std::bit_floor(count - 1);
    return tree_sum(values, first, left) + tree_sum(values, first + left, count - left);
}

std::string letter(std::uint64_t i) { return std::string(1, static_cast<char>('a' + i % 26)); }

} // namespace

TEST_CASE("a floating-point sum is that of the tree, however it is cut")
{
    constexpr std::uint64_t n = 20'011;
    auto const input = indices(n);
    std::vector<double> values;
    double in_order = 0;
    for (auto const i : input) {
        values.push_back(wild(i));
        in_order += values.back();
    }
    auto const expected = bits(tree_sum(values, 0, values.size()));
    CHECK(expected != bits(in_order)); // else the test could not fail
    auto const f = starmap::fn<wild>;
    CHECK(bits(session().map(f, input).reduce()) == expected);
    CHECK(bits(session().map(f, input, {.concurrent_tasks = 13}).reduce()) == expected);
    CHECK(bits(session().map(f, input, {.max_weight = 77}).reduce()) == expected);
    CHECK(bits(session().starmap(f, input).reduce()) == expected);
    CHECK(bits(session().map(starmap::fn<delayed>, input).reduce()) == expected);
    // An operation that cannot travel is used on rank 0 alone, along the same tree.
    int calls = 0;
    auto const counting = [&calls](double a, double b) {
        ++calls;
        return a + b;
    };
    CHECK(bits(session().map(f, input).reduce(counting)) == expected);
    CHECK(calls == n - 1);
}

TEST_CASE("with weights the order is that of the weights, still the same bits")
{
    auto const input = indices(5'000);
    auto const weight = [](std::uint64_t i) { return static_cast<double>(i * 7919 % 1000); };
    auto const key = [](std::uint64_t i) { return i % 3; };
    auto const f = starmap::fn<wild>;
    auto const expected = bits(session().starmap(f, input, {.weight = weight}).reduce());
    CHECK(bits(session().map(f, input, {.weight = weight}).reduce()) == expected);
    CHECK(bits(session().map(f, input, {.weight = weight, .concurrent_tasks = 40}).reduce()) ==
          expected);
    auto const keyed = bits(session().starmap(f, input, {.weight = weight, .key = key}).reduce());
    CHECK(bits(session().map(f, input, {.weight = weight, .key = key}).reduce()) == keyed);
    // The constants hold all numbers of ranks to one another.
    CHECK(expected == 4915662482580319103ULL);
    CHECK(keyed == 4915662482580319104ULL);
}

TEST_CASE("only an associative operation is needed")
{
    auto const input = indices(3'000);
    std::string expected;
    for (auto const i : input) expected += letter(i);
    auto const join = [](std::string a, std::string const& b) { return a + b; };
    CHECK(session().map(starmap::fn<letter>, input).reduce(join) == expected);
    CHECK(session().starmap(starmap::fn<letter>, input).reduce() == expected);
    CHECK(session().map(starmap::fn<letter>, input).reduce(join, std::string("> ")) ==
          "> " + expected);
    std::string arrived;
    for (auto const& one :
         session().map(starmap::fn<letter>, input).results(starmap::Order::canonical))
        arrived += one;
    CHECK(arrived == expected);
}

TEST_CASE("seeds depend on session, Starmap and item alone")
{
    auto const input = indices(500);
    auto const draw = [](std::uint64_t, starmap::Monitor& monitor) { return monitor.seed(); };
    auto const mapped = session().map(draw, input).collect();
    auto const chunked =
        session()
            .apply(
                [](std::span<std::uint64_t const> items, starmap::Monitor& monitor) {
                    std::vector<std::uint64_t> seeds;
                    for (std::size_t i = 0; i < items.size(); ++i) seeds.push_back(monitor.seed(i));
                    return seeds;
                },
                input, {.concurrent_tasks = 7})
            .reduce(
                [](std::vector<std::uint64_t> all, std::vector<std::uint64_t> const& more) {
                    all.insert(all.end(), more.begin(), more.end());
                    return all;
                },
                std::vector<std::uint64_t>());
    CHECK(mapped.size() == 500);
    CHECK(chunked.size() == 500);
    CHECK(mapped != chunked); // another Starmap has other seeds
    auto digest = std::uint64_t{0};
    for (auto const seed : mapped) digest = digest * 31 + seed;
    for (auto const seed : chunked) digest = digest * 31 + (seed != 0);
    CHECK(digest == 17341167128619249326ULL); // held to the other numbers of ranks
}

TEST_CASE("any other order, and any other shape, gives other bits")
{
    constexpr std::uint64_t n = 9'001;
    auto const values = skewed::results_of(skewed::value, skewed::canonical(n, 1));
    auto const sum = [](std::vector<double> const& in) {
        return bits(skewed::tree(std::span<double const>(in), skewed::Op()));
    };
    auto const expected = sum(values);
    CHECK(expected == sum(values));
    auto other = values;
    for (std::size_t i = 0; i + 1 < n; i += 9) {
        std::swap(other[i], other[i + 1]);
        CHECK(sum(other) != expected);
        std::swap(other[i], other[i + 1]);
    }
    std::mt19937_64 random(1);
    for (int i = 0; i < 100; ++i) {
        std::shuffle(other.begin(), other.end(), random);
        CHECK(sum(other) != expected);
    }
    auto chain = values.front();
    for (std::size_t i = 1; i < n; ++i) chain = skewed::Op()(chain, values[i]);
    CHECK(bits(chain) != expected);
    auto const middle = std::span<double const>(values).first(n / 2);
    auto const rest = std::span<double const>(values).subspan(n / 2);
    CHECK(bits(skewed::Op()(skewed::tree(middle, skewed::Op()),
                            skewed::tree(rest, skewed::Op()))) != expected);
}

TEST_CASE("first attempts that fail, delays and windows change neither order nor bits")
{
    skewed::check_all_ways(session(), 9'001, [](auto const& found, auto const& expected) {
        CHECK(found == expected);
    });
    auto tasks = session().starmap(starmap::fn<skewed::shaky>, skewed::list(1'000'000, 1'000),
                                   {.retries = 8});
    tasks.wait();
    CHECK(tasks.stats().tasks >= 1'000 + 5); // something did fail at first
}

namespace {

/// Quick at first, so that the last ones, which are slow, are predicted to be quick too.
double quick_then_slow(int item)
{
    std::this_thread::sleep_for(std::chrono::microseconds(item < 400 ? 200 : 20000));
    return 1.0 / (item + 1);
}

} // namespace

TEST_CASE("what is given back to idle workers keeps its place in the sum")
{
    std::vector<int> items(432);
    std::iota(items.begin(), items.end(), 0);
    auto moving = session().map(starmap::fn<quick_then_slow>, items);
    auto const sum = moving.reduce();
    auto const fixed =
        session().map(starmap::fn<quick_then_slow>, items, {.max_weight = 3.0}).reduce();
    CHECK(bits(sum) == bits(fixed));
    auto const& stats = moving.stats();
    // Whether anything had to move is a matter of time, and of what else the machine does.
    MESSAGE(stats.moved_items << " items moved in " << stats.moves << " moves");
    if (stats.workers.size() == 1) CHECK(stats.moves == 0);
    CHECK((stats.moved_items > 0) == (stats.moves > 0));
}
