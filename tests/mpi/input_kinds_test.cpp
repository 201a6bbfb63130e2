// All ways to make tasks over every kind of input give the same results, for none, one and many.
#include "support/numbers.hpp"
#include "support/session.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <cstddef>
#include <deque>
#include <forward_list>
#include <functional>
#include <iterator>
#include <list>
#include <numeric>
#include <ranges>
#include <set>
#include <span>
#include <sstream>
#include <stdexcept>
#include <string>
#include <vector>

using starmap::test::numbers;

namespace {

long second_power(long x) { return x * x; }
long sum_of(std::span<long const> items) { return std::accumulate(items.begin(), items.end(), 0L); }

template <class Container>
Container filled(long n)
{
    auto const all = numbers<long>(n);
    return Container(all.begin(), all.end());
}

/// Gives 0, 1, ... to n - 1 once. To ask for the end again after it was reached is an error, as
/// with a file; its iterator cannot be copied.
class Generator {
public:
    explicit Generator(long n, long* pulled = nullptr) : n_(n), pulled_(pulled) {}
    class iterator {
    public:
        using value_type = long;
        using difference_type = std::ptrdiff_t;
        using iterator_concept = std::input_iterator_tag;

        explicit iterator(Generator& generator) : generator_(&generator) {}
        iterator(iterator&&) = default;
        iterator& operator=(iterator&&) = default;
        long operator*() const { return generator_->next_; }
        iterator& operator++()
        {
            ++generator_->next_;
            if (generator_->pulled_ != nullptr) *generator_->pulled_ = generator_->next_;
            return *this;
        }
        void operator++(int) { ++*this; }
        bool operator==(std::default_sentinel_t) const
        {
            if (generator_->ended_) throw std::logic_error("asked for the end twice");
            return generator_->ended_ = generator_->next_ == generator_->n_;
        }

    private:
        Generator* generator_;
    };
    iterator begin() { return iterator(*this); }
    std::default_sentinel_t end() const { return {}; }

private:
    long n_;
    long* pulled_;
    long next_ = 0;
    bool ended_ = false;
};
static_assert(std::ranges::input_range<Generator> && !std::ranges::forward_range<Generator>);

/// All three ways over the input that `make` makes, which must be 0, 1, ... to n - 1.
template <class Make>
void check_all_ways(Make make, long n)
{
    CAPTURE(n);
    std::vector<long> squares;
    for (auto const x : numbers<long>(n)) squares.push_back(x * x);
    auto const sum = n * (n - 1) / 2;
    auto const weight = [](long x) { return static_cast<double>(x % 5); };
    auto& s = session();
    CHECK(s.map(starmap::fn<second_power>, make()).collect() == squares);
    CHECK(s.map(starmap::fn<second_power>, make(), {.weight = weight}).collect() == squares);
    CHECK(s.map(starmap::fn<second_power>, make(), {.concurrent_tasks = 3}).collect() == squares);
    CHECK(s.map(starmap::fn<second_power>, make(), {.weight = weight, .max_weight = 9}).collect() ==
          squares);
    CHECK(s.starmap(starmap::fn<second_power>, make()).collect() == squares);
    CHECK(s.starmap(starmap::fn<second_power>, make(), {.weight = weight}).collect() == squares);
    CHECK(s.apply(starmap::fn<sum_of>, make()).reduce() == sum);
    CHECK(s.apply(starmap::fn<sum_of>, make(), {.weight = weight}).reduce() == sum);
    CHECK(s.apply(starmap::fn<sum_of>, make(), {.concurrent_tasks = 4}).reduce() == sum);
}

} // namespace

TEST_CASE("containers that are moved in")
{
    for (long const n : {0L, 1L, 100L}) {
        check_all_ways([n] { return numbers<long>(n); }, n);
        check_all_ways([n] { return filled<std::deque<long>>(n); }, n);
        check_all_ways([n] { return filled<std::list<long>>(n); }, n);
        check_all_ways([n] { return filled<std::forward_list<long>>(n); }, n);
        check_all_ways([n] { return filled<std::set<long>>(n); }, n);
    }
}

TEST_CASE("containers that are referred to stay as they are")
{
    for (long const n : {0L, 1L, 100L}) {
        auto const vector = numbers<long>(n);
        auto list = filled<std::list<long>>(n);
        check_all_ways(
            [&]() -> auto& { return vector; }, n);
        check_all_ways(
            [&]() -> auto& { return list; }, n);
        check_all_ways([&] { return std::span<long const>(vector); }, n);
        CHECK(vector == numbers<long>(n));
        CHECK(std::equal(list.begin(), list.end(), vector.begin(), vector.end()));
    }
    std::array<long, 3> const three{0, 1, 2};
    check_all_ways(
        [&]() -> auto& { return three; }, 3);
}

TEST_CASE("elements and results that are bits")
{
    std::vector<bool> bits(100);
    for (std::size_t i = 0; i < bits.size(); i += 3) bits[i] = true;
    auto& s = session();
    CHECK(s.map([](bool bit) { return bit ? 1 : 0; }, bits).reduce() == 34);
    auto const count = [](std::span<bool const> some) {
        return static_cast<long>(std::count(some.begin(), some.end(), true));
    };
    CHECK(s.apply(count, bits, {.concurrent_tasks = 7}).reduce() == 34);
    CHECK(s.apply(count, bits).reduce() == 34);
    CHECK(s.starmap([](bool bit) { return !bit; }, bits).reduce(std::logical_or<>()));
    auto flipped = bits;
    flipped.flip();
    CHECK(s.map([](bool bit) { return !bit; }, bits).collect() == flipped);
    std::deque<bool> const deque(bits.begin(), bits.end());
    CHECK(s.map([](bool bit) { return !bit; }, deque).collect() == flipped);
}

// clang cannot compile the views of g++ 12's library before version 16.
#if !defined(__clang__) || __clang_major__ >= 16
TEST_CASE("views")
{
    for (long const n : {0L, 1L, 100L}) {
        check_all_ways([n] { return std::views::iota(0L, n); }, n);
        check_all_ways(
            [n] {
                return std::views::iota(1L, n + 1) |
                       std::views::transform([](long x) { return x - 1; });
            },
            n);
        check_all_ways(
            [n] {
                return std::views::iota(0L, 2 * n) |
                       std::views::filter([](long x) { return x % 2 == 0; }) |
                       std::views::transform([](long x) { return x / 2; });
            },
            n);
    }
}

TEST_CASE("numbers read from a stream")
{
    std::istringstream text("3 1 4 1 5");
    CHECK(
        session().map(starmap::fn<second_power>, std::ranges::istream_view<long>(text)).collect() ==
        std::vector<long>{9, 1, 16, 1, 25});
}
#endif

TEST_CASE("generators of unknown length, shorter and longer than a window")
{
    for (long const n : {0L, 1L, 2L, 100L, 4096L, 10000L})
        check_all_ways([n] { return Generator(n); }, n);
}

TEST_CASE("what is read of a long generator stays near what was taken")
{
    // Not too quick: of the quickest tasks many thousands travel at once.
    auto const work = [](long x) {
        auto const until = std::chrono::steady_clock::now() + std::chrono::microseconds(20);
        while (std::chrono::steady_clock::now() < until) {
        }
        return x;
    };
    long pulled = 0;
    long taken = 0;
    long furthest_ahead = 0;
    auto const n = 30'000L;
    for (auto const value : session().map(work, Generator(n, &pulled))) {
        taken += value >= 0 ? 1 : 0;
        furthest_ahead = std::max(furthest_ahead, pulled - taken);
    }
    CHECK(taken == n);
    CHECK(furthest_ahead < n / 2);
}

TEST_CASE("an empty input gives an empty result of any kind")
{
    std::vector<std::string> const none;
    auto const text = [](std::string const& x) { return x; };
    auto const letters = [](std::string const&) { return starmap::AccumDict<char, long>{}; };
    auto const length = [](std::string const& x) { return x.size(); };
    auto& s = session();
    CHECK(s.map(text, none).reduce().empty());
    CHECK(s.map(letters, none).reduce().empty());
    CHECK(s.starmap(length, none).reduce() == 0);
    CHECK(s.map(length, none).reduce([](auto a, auto b) { return std::max(a, b); }) == 0);
    CHECK(s.map(length, none).reduce([](int a, std::size_t) { return a; }, 7) == 7);
    CHECK(s.map(text, none).collect().empty());
    CHECK(s.map(text, none).wait() == 0);
    CHECK(s.map(text, none, {.order = starmap::Order::arrival}).reduce().empty());
    for (auto const& never : s.map(text, none)) FAIL(never);
    for (auto const& never : s.starmap([](int x) { return x; })) FAIL(never);
}
