#include "simulation/cluster.hpp"

#include <doctest/doctest.h>

#include <cstdint>
#include <stdexcept>
#include <string>
#include <vector>

using simulation::Cluster;
using simulation::Counting;
using simulation::for_clusters;
using simulation::numbers;

namespace {

std::int64_t square_of(std::int64_t i) { return i * i; }
std::string digits_of(std::int64_t i) { return std::to_string(i); }

constexpr std::int64_t squares_below(std::int64_t n) { return (n - 1) * n * (2 * n - 1) / 6; }

} // namespace

TEST_CASE("two Starmaps are consumed in turns")
{
    auto const items = numbers(150);
    for_clusters(6, [&](Cluster& cluster) {
        auto& session = cluster.session();
        auto a = session.map(starmap::fn<square_of>, items).results();
        auto b = session.starmap(starmap::fn<digits_of>, items).results(starmap::Order::canonical);
        auto in_a = a.begin();
        auto in_b = b.begin();
        std::int64_t sum = 0;
        std::vector<std::string> texts;
        while (in_a != a.end() || in_b != b.end()) {
            if (in_a != a.end()) {
                sum += *in_a;
                ++in_a;
            }
            for (int i = 0; i < 2 && in_b != b.end(); ++i, ++in_b) texts.push_back(*in_b);
        }
        CHECK(sum == squares_below(150));
        REQUIRE(texts.size() == 150);
        for (std::size_t i = 0; i < texts.size(); ++i) CHECK(texts[i] == std::to_string(i));
    });
}

TEST_CASE("one Starmap waits, held back, while another is reduced")
{
    for_clusters(4, [&](Cluster& cluster) {
        auto& session = cluster.session();
        auto slow = session.map(starmap::fn<square_of>, Counting(3000)).results();
        auto at = slow.begin();
        REQUIRE(at != slow.end());
        CHECK(session.map(starmap::fn<square_of>, numbers(2000)).reduce() == squares_below(2000));
        CHECK(session.starmap(starmap::fn<square_of>, numbers(50)).reduce() == squares_below(50));
        std::int64_t sum = 0;
        for (; at != slow.end(); ++at) sum += *at;
        CHECK(sum == squares_below(3000));
    });
}

TEST_CASE("a Starmap in order is held back with a gap in its results, and still comes to its end")
{
    for_clusters(4, [&](Cluster& cluster) {
        auto& session = cluster.session();
        auto ordered = session.starmap(starmap::fn<square_of>, Counting(800))
                           .results(starmap::Order::canonical);
        auto at = ordered.begin();
        for (int i = 0; i < 5; ++i) {
            CHECK(session.starmap(starmap::fn<square_of>, numbers(60)).reduce() ==
                  squares_below(60));
            REQUIRE(at != ordered.end());
            ++at;
        }
        std::int64_t next = 5;
        for (; at != ordered.end(); ++at, ++next) CHECK(*at == next * next);
        CHECK(next == 800);
    });
}

TEST_CASE("a loop that is left early drops the rest, and what runs is awaited")
{
    for_clusters(6, [&](Cluster& cluster) {
        auto& session = cluster.session();
        for (int const leave_after : {1, 5, 40}) {
            int seen = 0;
            for (auto const value : session.starmap(starmap::fn<square_of>, Counting(100'000))) {
                CHECK(value >= 0);
                if (++seen == leave_after) break;
            }
            CHECK(seen == leave_after);
            CHECK(session.map(starmap::fn<square_of>, numbers(30)).reduce() == squares_below(30));
        }
        {
            auto never_looked_at = session.map(starmap::fn<square_of>, numbers(500)).results();
        }
        CHECK_THROWS_AS(
            {
                for (auto const value : session.map(starmap::fn<square_of>, numbers(500)))
                    if (value > 100) throw std::runtime_error("out of the loop");
            },
            std::runtime_error);
        CHECK(session.starmap(starmap::fn<square_of>, numbers(30)).reduce() == squares_below(30));
    });
}

TEST_CASE("an input that throws ends its Starmap alone")
{
    for_clusters(4, [&](Cluster& cluster) {
        auto& session = cluster.session();
        auto other = session.map(starmap::fn<square_of>, numbers(200)).results();
        auto at = other.begin();
        auto const heavy = [](std::int64_t i) -> double {
            if (i == 4500) throw std::out_of_range("no weight");
            return 1;
        };
        CHECK_THROWS_AS(
            session.map(starmap::fn<square_of>, Counting(9000), {.weight = heavy}).reduce(),
            std::out_of_range);
        auto const bad_op = [](std::int64_t, std::int64_t) -> std::int64_t {
            throw std::logic_error("no sum");
        };
        std::int64_t offset = 0;
        CHECK_THROWS_AS(
            session.starmap(starmap::fn<square_of>, numbers(20))
                .reduce([&](std::int64_t a, std::int64_t b) { return bad_op(a, b) + offset; }),
            std::logic_error);
        std::int64_t sum = 0;
        for (; at != other.end(); ++at) sum += *at;
        CHECK(sum == squares_below(200));
    });
}

TEST_CASE("tasks that are submitted while their results are taken")
{
    for_clusters(6, [&](Cluster& cluster) {
        auto growing = cluster.session().starmap(starmap::fn<square_of>);
        for (std::int64_t i = 1; i <= 3; ++i) growing.submit(i);
        int seen = 0;
        std::int64_t sum = 0;
        for (auto const value : growing) {
            ++seen;
            sum += value;
            if (value < 1000) growing.submit(value + 1);
        }
        // 1 -> 2 -> 5 -> 26 -> 677^2 ...: each chain ends at the first square of 1000 or more.
        std::int64_t expected = 0;
        int expected_seen = 0;
        for (std::int64_t i = 1; i <= 3; ++i)
            for (auto task = i;; task = task * task + 1) {
                expected += task * task;
                ++expected_seen;
                if (task * task >= 1000) break;
            }
        CHECK(seen == expected_seen);
        CHECK(sum == expected);
    });
}

TEST_CASE("an operation that throws costs no row of the tasks that were done")
{
    auto const items = numbers(30);
    for_clusters(3, [&](Cluster& cluster) {
        int calls = 0; // an operation with a state stays with the manager
        auto const fails = [&calls](std::int64_t a, std::int64_t b) {
            if (++calls == 3) throw std::runtime_error("the third sum");
            return a + b;
        };
        auto tasks = cluster.session().starmap(starmap::fn<square_of>, items);
        CHECK_THROWS_WITH_AS(tasks.reduce(fails), "the third sum", std::runtime_error);
        auto const& books = cluster.ledger().starmaps.at(1);
        CHECK(books.items_ok == tasks.stats().tasks);
        CHECK(books.items_ok >= 4);
    });
}
