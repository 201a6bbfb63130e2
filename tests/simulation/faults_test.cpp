#include "simulation/cluster.hpp"

#include <starmap/error.hpp>

#include <doctest/doctest.h>

#include <cstdint>
#include <map>
#include <set>
#include <span>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

using simulation::Cluster;
using simulation::for_clusters;
using simulation::numbers;
using simulation::tree_sum;
using starmap::OnFailure;

namespace {

bool is_bad(std::int64_t i) { return i % 13 == 5; }
double value_of(std::int64_t i) { return 1.0 / static_cast<double>(7 * i + 3); }

double fails_if_bad(std::int64_t i)
{
    if (is_bad(i)) throw std::domain_error("item " + std::to_string(i) + " is bad");
    return value_of(i);
}

/// All workers live in this process, so they can count how often each item was tried.
std::map<std::int64_t, int> tries;
std::map<std::int64_t, std::set<std::uint32_t>> tried_on;

double fails_twice_if_bad(std::int64_t i, starmap::Monitor& monitor)
{
    tried_on[i].insert(monitor.worker());
    if (++tries[i] <= 2 && is_bad(i)) throw std::runtime_error("not yet");
    return value_of(i);
}

std::int64_t block_fails_if_bad(std::span<std::int64_t const> items)
{
    std::int64_t sum = 0;
    for (auto const i : items) {
        if (i == 50) throw std::domain_error("the block of item 50");
        sum += i;
    }
    return sum;
}

/// What travels badly: packing item 3 or unpacking item 4 throws.
struct Fragile {
    std::int64_t value = 0;
    template <class Archive>
    void serialize(Archive& archive, unsigned)
    {
        if (Archive::is_saving::value && value == 3) throw std::runtime_error("cannot be packed");
        archive& value;
        if (Archive::is_loading::value && value == 4)
            throw std::runtime_error("cannot be unpacked");
    }
};
std::int64_t take_fragile(Fragile const& fragile) { return fragile.value; }
Fragile make_fragile(std::int64_t i) { return {i}; }
double with_fragile(std::int64_t i, Fragile const&) { return value_of(i); }
std::vector<Fragile> plain_fragile() { return {{1}, {2}, {5}}; }

double sum_of_good(std::int64_t count)
{
    // A missing position leaves the other values where they are in the tree.
    struct Tree {
        static std::pair<bool, double> sum(std::int64_t first, std::int64_t n)
        {
            if (n == 1) return {!is_bad(first), value_of(first)};
            std::int64_t half = 1;
            while (2 * half < n) half *= 2;
            auto const left = sum(first, half);
            auto const right = sum(first + half, n - half);
            if (!left.first) return right;
            if (!right.first) return left;
            return {true, left.second + right.second};
        }
    };
    return Tree::sum(0, count).second;
}

} // namespace

TEST_CASE("under raise the first failure comes out of reduce, and the session lives on")
{
    auto const items = numbers(100);
    for_clusters(5, [&](Cluster& cluster) {
        auto& session = cluster.session();
        auto failing = session.map(starmap::fn<fails_if_bad>, items);
        try {
            failing.reduce();
            FAIL("nothing was thrown");
        } catch (starmap::TaskError const& error) {
            CHECK(is_bad(static_cast<std::int64_t>(error.first_item)));
            CHECK(error.task_no == error.first_item + 1);
            CHECK(error.text == "item " + std::to_string(error.first_item) + " is bad");
            CHECK(error.type == "std::domain_error");
        }
        CHECK(failing.failures().size() >= 1);
        CHECK_THROWS_AS(session.starmap(starmap::fn<fails_if_bad>, items).collect(),
                        starmap::TaskError);
        CHECK_THROWS_AS(
            {
                for (auto const& value : session.starmap(starmap::fn<fails_if_bad>, items))
                    CHECK(value > 0);
            },
            starmap::TaskError);
        CHECK_THROWS_AS(
            session.apply(starmap::fn<block_fails_if_bad>, items, {.concurrent_tasks = 10}).wait(),
            starmap::TaskError);
        std::vector<std::int64_t> const good{1, 2, 3};
        CHECK(session.map(starmap::fn<fails_if_bad>, good).collect().size() == 3);
    });
}

TEST_CASE("under collect all others are finished, with the bits of the tree less what failed")
{
    auto const items = numbers(100);
    std::set<std::uint64_t> bad;
    std::vector<double> good;
    for (auto const i : items) {
        if (is_bad(i))
            bad.insert(static_cast<std::uint64_t>(i));
        else
            good.push_back(value_of(i));
    }
    auto const check_failures = [&](auto const& starmap) {
        std::set<std::uint64_t> failed;
        for (auto const& failure : starmap.failures())
            CHECK(failed.insert(failure.first_item).second);
        CHECK(failed == bad);
    };
    for_clusters(5, [&](Cluster& cluster) {
        auto& session = cluster.session();
        auto summed =
            session.map(starmap::fn<fails_if_bad>, items, {.on_failure = OnFailure::collect});
        CHECK(summed.reduce() == sum_of_good(100));
        check_failures(summed);
        CHECK(summed.stats().tasks_done == good.size());
        auto each =
            session.starmap(starmap::fn<fails_if_bad>, items, {.on_failure = OnFailure::collect});
        CHECK(each.reduce() == sum_of_good(100));
        check_failures(each);
        auto collected =
            session.map(starmap::fn<fails_if_bad>, items, {.on_failure = OnFailure::collect});
        CHECK(collected.collect() == good);
        check_failures(collected);
        auto waited =
            session.map(starmap::fn<fails_if_bad>, items, {.on_failure = OnFailure::collect});
        CHECK(waited.wait() == good.size());
        check_failures(waited);
        auto blocks = session.apply(starmap::fn<block_fails_if_bad>, items,
                                    {.max_weight = 10.0, .on_failure = OnFailure::collect});
        CHECK(blocks.reduce() == 99 * 100 / 2 - (50 + 59) * 10 / 2);
        CHECK(blocks.failures().size() == 1);
    });
}

TEST_CASE("retries mend what fails twice, on another worker, and change no bit")
{
    auto const items = numbers(80);
    std::vector<double> values;
    for (auto const i : items) values.push_back(value_of(i));
    auto const expected = tree_sum(values);
    for_clusters(5, [&](Cluster& cluster) {
        for (auto const each : {true, false}) {
            tries.clear();
            tried_on.clear();
            auto& session = cluster.session();
            auto const sum =
                each ? session.starmap(starmap::fn<fails_twice_if_bad>, items, {.retries = 2})
                           .reduce()
                     : session.map(starmap::fn<fails_twice_if_bad>, items, {.retries = 2}).reduce();
            CHECK(sum == expected);
            for (auto const& [item, count] : tries) CHECK(count == (is_bad(item) ? 3 : 1));
            if (session.workers() > 1)
                for (auto const& [item, workers] : tried_on)
                    CHECK(workers.size() >= (is_bad(item) ? 2 : 1));
        }
        tries.clear();
        CHECK_THROWS_AS(
            cluster.session().map(starmap::fn<fails_twice_if_bad>, items, {.retries = 1}).reduce(),
            starmap::TaskError);
        tries.clear();
        auto collected = cluster.session().map(starmap::fn<fails_twice_if_bad>, items,
                                               {.on_failure = OnFailure::collect, .retries = 1});
        CHECK(collected.reduce() == sum_of_good(80));
        CHECK(collected.failures().size() == 6);
    });
}

TEST_CASE("what cannot be packed or unpacked fails by itself, and the session lives on")
{
    std::vector<Fragile> const items{{1}, {2}, {3}, {4}, {5}};
    std::vector<std::int64_t> const plain{1, 2, 3, 4, 5};
    for_clusters(5, [&](Cluster& cluster) {
        auto& session = cluster.session();
        auto made =
            session.starmap(starmap::fn<make_fragile>, plain, {.on_failure = OnFailure::collect});
        std::vector<std::int64_t> back;
        for (auto const& fragile : made.collect()) back.push_back(fragile.value);
        CHECK(back == std::vector<std::int64_t>{1, 2, 5});
        CHECK(made.failures().size() == 2);
        CHECK_THROWS_AS(session.map(starmap::fn<take_fragile>, items).collect(),
                        starmap::TaskError);
        CHECK_THROWS_AS(session.map(starmap::fn<make_fragile>, plain).collect(),
                        starmap::TaskError);
        // A worker whose first chunk could not be packed is of use afterwards.
        auto many = std::vector<Fragile>(60);
        for (std::size_t i = 0; i < many.size(); i += 3) many[i].value = 3;
        auto sent =
            session.starmap(starmap::fn<take_fragile>, many, {.on_failure = OnFailure::collect});
        CHECK(sent.collect().size() == 40);
        CHECK(sent.failures().size() == 20);
        for (auto const& failure : sent.failures())
            CHECK(failure.text.find("could not be packed") != std::string::npos);
        CHECK_THROWS_AS(
            session.map(starmap::fn<with_fragile>, plain, starmap::shared(Fragile{3})).wait(),
            starmap::TaskError);
        auto none = session.starmap(starmap::fn<take_fragile>, plain_fragile(),
                                    {.on_failure = OnFailure::collect});
        CHECK(none.reduce() == 1 + 2 + 5);
        auto shared = session.map(starmap::fn<with_fragile>, plain, starmap::shared(Fragile{3}),
                                  {.on_failure = OnFailure::collect});
        CHECK(shared.wait() == 0);
        for (auto const& failure : shared.failures())
            CHECK(failure.text.find("cannot be packed") != std::string::npos);
    });
}

TEST_CASE("what cannot be packed costs that task alone, and not those that travel with it")
{
    std::vector<Fragile> const items{{1}, {2}, {3}, {4}, {5}};
    for_clusters(3, [&](Cluster& cluster) {
        auto sent = cluster.session().starmap(starmap::fn<take_fragile>, items,
                                              {.on_failure = OnFailure::collect});
        CHECK(sent.collect() == std::vector<std::int64_t>{1, 2, 5});
        CHECK(sent.failures().size() == 2);
    });
}
