// The numbers that Monitor::seed gives, and sums of floating-point numbers, are constants: this
// program compares the runs alone and with 1, 2, 3 and 5 ranks with the same ones.
#include "support/session.hpp"

#include <doctest/doctest.h>

#include <bit>
#include <cstddef>
#include <cstdint>
#include <iterator>
#include <span>
#include <vector>

namespace {

/// SplitMix64, so that the input does not depend on the standard library.
std::uint64_t random_bits(std::uint64_t i)
{
    i += 0x9e3779b97f4a7c15;
    i = (i ^ (i >> 30)) * 0xbf58476d1ce4e5b9;
    i = (i ^ (i >> 27)) * 0x94d049bb133111eb;
    return i ^ (i >> 31);
}
/// Between 1 and 2, so that every sum rounds.
double rounding(std::uint32_t i)
{
    return 1 + static_cast<double>(random_bits(i) >> 12) / 4503599627370496.0;
}
double sum_of(std::span<std::uint32_t const> items)
{
    double sum = 0;
    for (auto const i : items) sum += rounding(i);
    return sum;
}

std::uint64_t seed(std::uint32_t, starmap::Monitor& monitor)
{
    return monitor.seed() ^ monitor.seed(1) << 1;
}
std::vector<std::uint64_t> seeds(std::span<std::uint32_t const> items, starmap::Monitor& monitor)
{
    std::vector<std::uint64_t> all;
    for (std::size_t i = 0; i < items.size(); ++i) all.push_back(monitor.seed(i));
    return all;
}

constexpr std::uint32_t n = 100'000;
constexpr std::uint64_t tree_sum = 4684390236922829813;
constexpr std::uint64_t weighted_sum = 4684390236922829812;
constexpr std::uint64_t sum_of_blocks = 4684390236922829812;

std::vector<std::uint32_t> all_numbers()
{
    std::vector<std::uint32_t> all(n);
    for (std::uint32_t i = 0; i < n; ++i) all[i] = i;
    return all;
}
std::uint64_t bits(double value) { return std::bit_cast<std::uint64_t>(value); }
std::uint64_t digest(std::vector<std::uint64_t> const& values)
{
    std::uint64_t mixed = 0;
    for (auto const value : values) mixed = (mixed * 0x100000001b3) ^ value;
    return mixed;
}

/// The same numbers, from an input whose length nobody knows.
struct Generator {
    struct iterator {
        using value_type = std::uint32_t;
        using difference_type = std::ptrdiff_t;
        using iterator_concept = std::input_iterator_tag;
        std::uint32_t i = 0;
        std::uint32_t operator*() const { return i; }
        iterator& operator++()
        {
            ++i;
            return *this;
        }
        void operator++(int) { ++i; }
        bool operator==(std::default_sentinel_t) const { return i == n; }
    };
    iterator begin() const { return {}; }
    std::default_sentinel_t end() const { return {}; }
};

} // namespace

// The first in this program, so that its Starmaps are numbers 1, 2, ...: a seed belongs to one.
TEST_CASE("seeds are constants")
{
    std::vector<std::uint32_t> const items(1000);
    auto& s = session();
    CHECK(digest(s.map(starmap::fn<seed>, items).collect()) == 14657683307006273733U);
    CHECK(digest(s.map(starmap::fn<seed>, items, {.concurrent_tasks = 13}).collect()) ==
          17007628998270979799U);
    CHECK(digest(s.starmap(starmap::fn<seed>, items).collect()) == 13776234115000916492U);
    auto const flat = [](auto const& chunks) {
        std::vector<std::uint64_t> all;
        for (auto const& chunk : chunks) all.insert(all.end(), chunk.begin(), chunk.end());
        return all;
    };
    auto const weight = [](std::uint32_t) { return 0.5; };
    CHECK(digest(flat(s.apply(starmap::fn<seeds>, items, {.concurrent_tasks = 9}).collect())) ==
          5422197137269285375U);
    CHECK(digest(flat(s.apply(starmap::fn<seeds>, items, {.weight = weight}).collect())) ==
          6024798704668200869U);
}

TEST_CASE("a sum has the same bits however it was cut, sent and returned")
{
    auto const items = all_numbers();
    auto& s = session();
    auto const f = starmap::fn<rounding>;
    CHECK(bits(s.map(f, items).reduce()) == tree_sum);
    for (std::size_t const tasks : {1, 2, 7, 100, 1001})
        CHECK(bits(s.map(f, items, {.concurrent_tasks = tasks}).reduce()) == tree_sum);
    for (double const most : {3.0, 999.5, 1e9})
        CHECK(bits(s.map(f, items, {.max_weight = most}).reduce()) == tree_sum);
    CHECK(bits(s.map(f, Generator()).reduce()) == tree_sum);
    CHECK(bits(s.starmap(f, Generator()).reduce()) == tree_sum);
    CHECK(bits(s.starmap(f, items).reduce()) == tree_sum);
    auto const weight = [](std::uint32_t i) { return static_cast<double>(i % 13); };
    CHECK(bits(s.map(f, items, {.weight = weight}).reduce()) == weighted_sum);
    CHECK(bits(s.starmap(f, items, {.weight = weight}).reduce()) == weighted_sum);
    CHECK(bits(s.apply(starmap::fn<sum_of>, items, {.concurrent_tasks = 50}).reduce()) ==
          sum_of_blocks);
}

TEST_CASE("a fold adds as a loop does")
{
    auto const items = all_numbers();
    auto const add = [](double sum, double value) { return sum + value; };
    CHECK(bits(session().map(starmap::fn<rounding>, items).reduce(add, 0.0)) ==
          bits(sum_of(items)));
    CHECK(bits(session().starmap(starmap::fn<rounding>, items).reduce(add, 0.0)) ==
          bits(sum_of(items)));
}

TEST_CASE("failures and retries change no bits of the others")
{
    auto const fail_some = [](std::uint32_t i) {
        if (i % 1000 == 999) throw i;
        return rounding(i);
    };
    auto items = all_numbers();
    items.resize(20'000);
    constexpr std::uint64_t without_some = 4673966755955054853;
    for (unsigned const retries : {0U, 2U}) {
        auto map = session().map(fail_some, items,
                                 {.on_failure = starmap::OnFailure::collect, .retries = retries});
        CHECK(bits(map.reduce()) == without_some);
        CHECK(map.failures().size() == 20);
    }
}
