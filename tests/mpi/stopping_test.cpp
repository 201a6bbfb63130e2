// Starmaps that their consumer stops before their end.
#include "support/numbers.hpp"
#include "support/session.hpp"

#include <starmap/error.hpp>

#include <doctest/doctest.h>

#include <chrono>
#include <filesystem>
#include <fstream>
#include <thread>
#include <vector>

namespace {

using starmap::Monitor;
using starmap::test::numbers;
using Clock = std::chrono::system_clock;

constexpr std::chrono::seconds patience{20}; // with which a test fails instead of hanging

int take_a_little(int i)
{
    std::this_thread::sleep_for(std::chrono::milliseconds(1));
    return i;
}

/// The first returns at once, the others when they are to end.
int wait_for_the_end(int i, Monitor& monitor)
{
    auto const give_up = Clock::now() + patience;
    while (i != 0 && Clock::now() < give_up) {
        if (monitor.deadline() != Clock::time_point::max())
            throw starmap::Interrupted("it is to end");
        std::this_thread::sleep_for(std::chrono::milliseconds(1));
    }
    return i;
}

constexpr auto begun = "begun"; // a file that all processes see

/// Ends well, though it is told to end. The first returns when another has begun.
int end_when_told(int i, Monitor& monitor)
{
    auto const give_up = Clock::now() + patience;
    if (i != 0) std::ofstream{begun};
    auto const is_to_end = [&] {
        return i == 0 ? std::filesystem::exists(begun)
                      : monitor.deadline() != Clock::time_point::max();
    };
    while (!is_to_end() && Clock::now() < give_up)
        std::this_thread::sleep_for(std::chrono::milliseconds(1));
    return i;
}

constexpr auto itself = [](int i) { return i; };

} // namespace

TEST_CASE("what was begun ends and counts, what was not begun is no failure")
{
    auto work = session().starmap(starmap::fn<take_a_little>, numbers(3000));
    auto results = work.results();
    std::uint64_t taken = 0;
    for (auto const value : results) {
        CHECK(value >= 0);
        if (++taken == 20) results.stop();
    }
    CHECK(taken >= 20);
    CHECK(taken < 3000);
    CHECK(work.stats().tasks_done == taken);
    CHECK(work.failures().empty());
    CHECK(session().map(starmap::fn<take_a_little>, numbers(100)).reduce() == 99 * 50);
}

TEST_CASE("tasks that run are told to end, those of other Starmaps are not")
{
    if (session().workers() == 1) return; // the first would wait for the others
    auto other = session().starmap(starmap::fn<take_a_little>, numbers(50));
    auto others = other.results();
    auto work = session().starmap(starmap::fn<wait_for_the_end>, numbers(50), {.key = itself});
    auto results = work.results();
    std::vector<int> taken;
    for (auto const value : results) {
        taken.push_back(value);
        results.stop();
    }
    CHECK(taken == std::vector<int>{0});
    CHECK(work.failures().empty());
    CHECK(work.stats().tasks_done == 1);
    int sum = 0;
    for (auto const value : others) sum += value;
    CHECK(sum == 49 * 25);
    // The same tasks, and the same workers: nobody is told anything any more.
    CHECK(session().starmap(starmap::fn<take_a_little>, numbers(50)).reduce() == 49 * 25);
}

TEST_CASE("results of what ran are taken, and they count")
{
    if (session().workers() == 1) return;
    std::filesystem::remove(begun);
    auto work = session().starmap(starmap::fn<end_when_told>, numbers(50), {.key = itself});
    auto results = work.results();
    std::uint64_t taken = 0;
    for (auto const value : results) {
        CHECK(value < 50);
        ++taken;
        results.stop();
    }
    CHECK(taken > 1);
    CHECK(taken < 50);
    CHECK(work.stats().tasks_done == taken);
}
