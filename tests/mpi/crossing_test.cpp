// Starmaps that are open together, feed one another, are left half-way or never used.
#include "support/numbers.hpp"
#include "support/session.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <iterator>
#include <numeric>
#include <string>
#include <thread>
#include <vector>

using starmap::test::numbers;

namespace {

long late(long value)
{
    std::this_thread::sleep_for(std::chrono::milliseconds(1500));
    return value;
}
long next(long x) { return x + 1; }

/// Asks another Starmap for each item it gives.
struct Asking {
    long at = 0;
    struct iterator {
        using value_type = long;
        using difference_type = std::ptrdiff_t;
        using iterator_concept = std::input_iterator_tag;
        Asking* asking;
        long operator*() const
        {
            return session().map(starmap::fn<next>, numbers<long>(10)).reduce() + asking->at;
        }
        iterator& operator++()
        {
            ++asking->at;
            return *this;
        }
        void operator++(int) { ++asking->at; }
        bool operator==(std::default_sentinel_t) const { return asking->at == 20; }
    };
    iterator begin() { return {this}; }
    std::default_sentinel_t end() const { return {}; }
};

} // namespace

TEST_CASE("three open at once, taken in turns")
{
    auto const items = numbers<long>(200);
    for (int first = 0; first < 3; ++first) {
        std::vector<long> sums(3);
        auto a = session().map(starmap::fn<next>, items);
        auto b = session().starmap(starmap::fn<next>, items);
        auto c = session().map(starmap::fn<next>, items, {.concurrent_tasks = 5});
        auto ra = a.results();
        auto rb = b.results(starmap::Order::canonical);
        auto rc = c.results();
        auto const rest = [](auto& results, long& sum) {
            for (auto at = results.begin(); at != results.end(); ++at) sum += *at;
        };
        auto ia = ra.begin();
        auto ib = rb.begin();
        auto ic = rc.begin();
        for (int i = 0; i < 50; ++i, ++ia, ++ib, ++ic) {
            sums[0] += *ia;
            sums[1] += *ib;
            sums[2] += *ic;
        }
        for (int i = 0; i < 3; ++i) {
            auto const which = (first + i) % 3;
            if (which == 0) rest(ra, sums[0]);
            if (which == 1) rest(rb, sums[1]);
            if (which == 2) rest(rc, sums[2]);
        }
        CHECK(sums == std::vector<long>(3, 200 * 201 / 2));
    }
}

TEST_CASE("the results of one are the input of another while both run")
{
    auto& s = session();
    auto first = s.map(starmap::fn<next>, numbers<long>(3000));
    auto const sum = s.map(starmap::fn<next>, first.results()).reduce();
    CHECK(sum == 3000L * 2999 / 2 + 2 * 3000);

    auto one = s.starmap(starmap::fn<next>, numbers<long>(300));
    auto two = s.starmap(starmap::fn<next>, one.results(starmap::Order::canonical));
    auto three = s.map(starmap::fn<next>, two.results(starmap::Order::canonical));
    auto const last = three.collect();
    REQUIRE(last.size() == 300);
    for (std::size_t i = 0; i < last.size(); ++i) CHECK(last[i] == static_cast<long>(i) + 3);
}

TEST_CASE("the first element of an input may be longer in coming than rank 0's rounds take")
{
    auto slow = session().map(starmap::fn<late>, numbers<long>(2));
    CHECK(session().map(starmap::fn<next>, slow.results()).reduce() == 3);
}

TEST_CASE("an input may run Starmaps of its own")
{
    auto const expected = 20L * 55 + 19 * 20 / 2 + 20;
    CHECK(session().map(starmap::fn<next>, Asking()).reduce() == expected);
    CHECK(session().starmap(starmap::fn<next>, Asking()).reduce() == expected);
    auto outer = session().map(starmap::fn<next>, numbers<long>(1000));
    auto results = outer.results();
    auto at = results.begin();
    CHECK(session().starmap(starmap::fn<next>, Asking()).reduce() == expected);
    long sum = 0;
    for (; at != results.end(); ++at) sum += *at;
    CHECK(sum == 1000 * 1001 / 2);
}

TEST_CASE("inside a reduction there is an error, not a wrong answer")
{
    auto const op = [](long sum, long x) {
        return sum + x + session().map(starmap::fn<next>, numbers<long>(3)).reduce();
    };
    CHECK_THROWS_AS(session().starmap(starmap::fn<next>, numbers<long>(20)).reduce(op, 0L),
                    starmap::UsageError);
    long sum = 0;
    for (long const x : session().starmap(starmap::fn<next>, numbers<long>(20))) sum = op(sum, x);
    CHECK(sum == 20 * 21 / 2 + 20 * 6);
}

TEST_CASE("what is left half-way or never used costs nothing and harms nothing")
{
    for (int round = 0; round < 20; ++round) {
        auto const never = session().map(starmap::fn<next>, numbers<long>(100));
        CHECK(never.stats().tasks == 0);
        auto left = session().starmap(starmap::fn<next>, numbers<long>(100));
        auto results = left.results();
        CHECK(*results.begin() >= 1);
        CHECK(session().map(starmap::fn<next>, numbers<long>(10)).reduce() == 55);
    }
}

TEST_CASE("a Starmap and its results may be moved")
{
    auto made = session().map(starmap::fn<next>, numbers<long>(50));
    auto moved = std::move(made);
    CHECK(moved.reduce() == 50 * 51 / 2);
    std::vector<starmap::Starmap<long>> all;
    for (long n = 1; n < 20; ++n) all.push_back(session().map(starmap::fn<next>, numbers<long>(n)));
    long sum = 0;
    for (auto& each : all) sum += each.reduce();
    CHECK(sum == 19 * 20 * 21 / 6);
}

TEST_CASE("submit while others are open")
{
    auto grows =
        session().starmap([](int n, std::string const& text) { return std::to_string(n) + text; });
    grows.submit(3, "x");
    auto other = session().map(starmap::fn<next>, numbers<long>(100));
    std::vector<std::string> seen;
    long sum = 0;
    for (auto const& text : grows) {
        seen.push_back(text);
        auto const n = std::stoi(text);
        if (n > 0) {
            grows.submit(n - 1, "y");
            grows.submit(0, "z");
        }
        if (n == 2) sum = other.reduce();
    }
    std::sort(seen.begin(), seen.end());
    std::string all;
    for (auto const& text : seen) all += text + ' ';
    CHECK(all == "0y 0z 0z 0z 1y 2y 3x ");
    CHECK(sum == 100 * 101 / 2);
}
