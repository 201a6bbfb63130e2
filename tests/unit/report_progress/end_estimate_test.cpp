#include "report/end_estimate.hpp"
#include "support/sanitized.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdint>
#include <functional>
#include <queue>
#include <random>
#include <string>
#include <vector>

using namespace starmap::report;

namespace {

using Random = std::mt19937_64;

struct Task {
    double weight = 1;
    double begin = 0;
    double end = 0;
};

/// Tasks in their order, each by the worker that is free first.
std::vector<Task> ran(std::vector<Task> tasks, std::size_t workers)
{
    std::priority_queue<double, std::vector<double>, std::greater<>> free;
    for (std::size_t i = 0; i < workers; ++i) free.push(1e-4 * static_cast<double>(i));
    for (auto& task : tasks) {
        task.begin = free.top();
        free.pop();
        task.end += task.begin; // was its duration
        free.push(task.end);
    }
    std::sort(tasks.begin(), tasks.end(), [](auto& a, auto& b) { return a.end < b.end; });
    return tasks;
}

constexpr std::array<double, 4> moments{0.25, 0.5, 0.75, 0.9};

/// How often the real end lay within the interval, by the part of the tasks that was done then.
std::array<double, 4> coverage(std::function<double(Random&)> const& cost, bool weighted,
                               std::size_t count, std::size_t workers)
{
    constexpr int runs = 300;
    Random random(20261126);
    std::array<double, 4> inside{};
    for (int run = 0; run < runs; ++run) {
        std::vector<Task> tasks(count);
        std::uniform_real_distribution<double> weight(0.2, 2.2);
        if (weighted)
            for (auto& task : tasks) task.weight = weight(random);
        std::sort(tasks.begin(), tasks.end(), [](auto& a, auto& b) { return a.weight > b.weight; });
        double left = 0;
        for (auto& task : tasks) {
            task.end = task.weight * cost(random);
            left += task.weight;
        }
        tasks = ran(std::move(tasks), workers);
        EndEstimate estimate;
        for (std::size_t i = 0, next = 0; i < count && next < moments.size(); ++i) {
            auto const now = tasks[i].end;
            estimate.add(tasks[i].weight, now - tasks[i].begin);
            left -= tasks[i].weight;
            if (static_cast<double>(i + 1) < moments[next] * static_cast<double>(count)) continue;
            EndEstimate::Moment moment{.elapsed = now,
                                       .weight_left = left,
                                       .units_left = static_cast<double>(count - i - 1),
                                       .workers = 0};
            for (auto const& task : tasks)
                if (task.begin < now && task.end > now) {
                    ++moment.workers;
                    moment.running += now - task.begin;
                }
            auto const interval = estimate.at(moment);
            auto const real = tasks.back().end - now;
            constexpr double slack = 1e-2; // tasks that all take as long: nothing is shorter
            if (interval && interval->has_spread && interval->low - slack <= real &&
                real <= interval->high + slack)
                inside[next] += 1.0 / runs;
            ++next;
        }
    }
    return inside;
}

void check(std::string const& what, std::array<double, 4> const& inside, double least)
{
    for (std::size_t i = 0; i < inside.size(); ++i) {
        INFO(what << " when " << moments[i] << " was done");
        CHECK(inside[i] >= least);
    }
}

double equal(Random&) { return 1; }
double uniform(Random& random) { return std::uniform_real_distribution<double>(0.5, 1.5)(random); }
double exponential(Random& random) { return std::exponential_distribution<double>(1)(random); }
double lognormal(Random& random) { return std::lognormal_distribution<double>(0, 0.5)(random); }

} // namespace

TEST_CASE("some 4 of 5 simulated runs end within the spread, or more" * doctest::skip(sanitized))
{
    for (auto const workers : {8U, 64U}) {
        auto const tasks = workers * 100U;
        check("equal", coverage(equal, false, tasks, workers), 0.99);
        check("uniform", coverage(uniform, false, tasks, workers), 0.75);
        check("lognormal", coverage(lognormal, false, tasks, workers), 0.65);
        check("exponential", coverage(exponential, false, tasks, workers), 0.7);
        check("weighted uniform", coverage(uniform, true, tasks, workers), 0.75);
        check("weighted exponential", coverage(exponential, true, tasks, workers), 0.7);
    }
}

TEST_CASE("the spread is no wider than it has to be")
{
    auto const inside = coverage(uniform, false, 1000, 8);
    CHECK(inside[0] < 0.9); // while much is left the interval is the one of the quantiles
    EndEstimate estimate;
    Random random(7);
    for (int i = 0; i < 500; ++i) estimate.add(1, uniform(random));
    auto const end = estimate.at(
        {.elapsed = 62.5, .weight_left = 500, .units_left = 500, .running = 4, .workers = 8});
    REQUIRE(end);
    CHECK(end->likely == doctest::Approx(62.5).epsilon(0.05));
    CHECK(end->high - end->low < 0.06 * 62.5);
    CHECK(end->low < end->likely);
    CHECK(end->likely < end->high);
}

TEST_CASE("few results give an end without a spread, none nothing")
{
    EndEstimate estimate;
    EndEstimate::Moment const moment{
        .elapsed = 10, .weight_left = 3, .units_left = 3, .running = 0, .workers = 1};
    CHECK_FALSE(estimate.at(moment));
    estimate.add(1, 10);
    auto const end = estimate.at(moment);
    REQUIRE(end);
    CHECK(end->likely == doctest::Approx(30));
    CHECK_FALSE(end->has_spread);
    for (int i = 0; i < 7; ++i) estimate.add(1, 10);
    CHECK(estimate.at(moment)->has_spread);
}

TEST_CASE("what runs has been at it for a while, and failed attempts cost time")
{
    EndEstimate estimate;
    for (int i = 0; i < 8; ++i) estimate.add(1, 10);
    // Four workers, in the middle of their third task each.
    EndEstimate::Moment moment{
        .elapsed = 25, .weight_left = 8, .units_left = 8, .running = 20, .workers = 4};
    CHECK(estimate.at(moment)->low == doctest::Approx(15));
    moment.elapsed = 50; // half of it went astray
    CHECK(estimate.at(moment)->low == doctest::Approx(30));
}

TEST_CASE("costs that drift widen the spread")
{
    EndEstimate even;
    EndEstimate drifting;
    for (int i = 0; i < 1000; ++i) {
        even.add(1, i % 2 == 0 ? 0.5 : 1.5);
        drifting.add(1, 0.5 + i * 1e-3);
    }
    EndEstimate::Moment const moment{
        .elapsed = 125, .weight_left = 1000, .units_left = 1000, .running = 0, .workers = 8};
    auto const width = [&](EndEstimate const& estimate) {
        auto const end = estimate.at(moment);
        return end->high - end->low;
    };
    CHECK(width(drifting) > 5 * width(even));
}

TEST_CASE("what is no number, and weights of zero, do no harm")
{
    EndEstimate estimate;
    estimate.add(std::nan(""), 1);
    estimate.add(1, INFINITY);
    estimate.add(-1, 1);
    estimate.add(0, 1);
    EndEstimate::Moment const moment{
        .elapsed = 1, .weight_left = 1, .units_left = 0, .running = 0, .workers = 0};
    CHECK_FALSE(estimate.at(moment));
    for (int i = 0; i < 100; ++i) estimate.add(i % 2, 1);
    auto const end = estimate.at(moment);
    REQUIRE(end);
    CHECK(std::isfinite(end->low));
    CHECK(std::isfinite(end->high));
}
