#include "report/charts.hpp"

#include <doctest/doctest.h>

#include <limits>
#include <numeric>
#include <random>

using namespace starmap;
using namespace starmap::report;
using doctest::Approx;

namespace {

TaskRecord task(std::uint32_t worker, double start, double duration,
                TaskStatus status = TaskStatus::ok)
{
    TaskRecord record;
    record.task_no = 1;
    record.items = 1;
    record.worker = worker;
    record.start = start;
    record.duration = duration;
    record.status = status;
    return record;
}

double busy_of(Timeline const& timeline, std::size_t lane)
{
    double sum = 0;
    for (std::size_t bin = 0; bin < timeline.bins(); ++bin)
        sum += static_cast<double>(timeline.cells()[lane * timeline.bins() + bin].busy);
    return sum;
}

/// Of tasks that all worked under the names given in turn.
Summary summary_of(std::vector<TaskRecord> const& records, std::vector<std::string> const& names)
{
    Summarizer summarizer;
    for (std::size_t i = 0; i < records.size(); ++i)
        summarizer.add(records[i], names[i % names.size()]);
    return summarizer.summary({}, {});
}

} // namespace

TEST_CASE("a grid whose time grows loses no second of any worker")
{
    for (unsigned seed = 0; seed < 5; ++seed) {
        CAPTURE(seed);
        std::mt19937 random(seed);
        std::lognormal_distribution<> duration(0, 3);
        Timeline timeline({3, 7}, {.lanes = 8, .cells = 128, .bins = 64, .tasks = 10});
        double free[] = {0, 0};
        double total[] = {0, 0};
        for (int i = 0; i < 500; ++i) {
            auto const lane = random() % 2;
            auto const length = duration(random);
            CHECK(timeline.add(task(lane == 0 ? 3 : 7, free[lane], length), 0));
            free[lane] += 1.5 * length;
            total[lane] += length;
        }
        CHECK(timeline.bins() == 64);
        CHECK(timeline.bin_width() * 64 >= timeline.end());
        CHECK(timeline.bin_width() * 32 < timeline.end());
        CHECK_FALSE(timeline.has_each_task());
        CHECK(timeline.tasks().empty());
        for (std::size_t lane = 0; lane < 2; ++lane)
            CHECK(busy_of(timeline, lane) == Approx(total[lane]).epsilon(1e-4));
    }
}

TEST_CASE(
    "a task lies in the bins of its time, and the name that takes most of one gives its colour")
{
    // 2^20 bins of 1e-6 s reach to 1.05 s; four bins of 2^18 times that.
    Timeline timeline({0}, {.lanes = 1, .cells = 4, .bins = 4, .tasks = 10});
    double const width = 0.262144;
    timeline.add(task(0, 0.5 * width, width), 1);
    timeline.add(task(0, 3 * width, 0.2 * width), 2);
    timeline.add(task(0, 3.2 * width, 0.7 * width, TaskStatus::failed), 3);
    REQUIRE(timeline.bin_width() == Approx(width));
    auto const& cells = timeline.cells();
    CHECK(static_cast<double>(cells[0].busy) == Approx(0.5 * width));
    CHECK(static_cast<double>(cells[1].busy) == Approx(0.5 * width));
    CHECK(cells[2].busy == 0);
    CHECK(static_cast<double>(cells[3].busy) == Approx(0.9 * width));
    CHECK(static_cast<double>(cells[3].failed) == Approx(0.7 * width));
    CHECK(cells[1].colour == 1);
    CHECK(cells[3].colour == 3);
    CHECK(timeline.tasks().size() == 3);
    CHECK(timeline.last_ends()[0] == Approx(3.9 * width));
}

TEST_CASE("workers beyond the limit of lanes share them by their numbers")
{
    Timeline timeline({0, 1, 2, 3, 9}, {.lanes = 2, .cells = 16, .bins = 8, .tasks = 10});
    CHECK(timeline.workers_a_lane() == 3);
    CHECK(timeline.lanes() == 2);
    CHECK(timeline.lane_of(2) == 0U);
    CHECK(timeline.lane_of(9) == 1U);
    CHECK_FALSE(timeline.lane_of(4));
    timeline.add(task(0, 0, 1), 0);
    timeline.add(task(2, 0, 1), 0);
    timeline.add(task(9, 0, 1), 0);
    CHECK(busy_of(timeline, 0) == Approx(2));
    CHECK(busy_of(timeline, 1) == Approx(1));
}

TEST_CASE("times that a damaged record may hold are left out, or bounded")
{
    Timeline timeline({0}, {.lanes = 1, .cells = 16, .bins = 16, .tasks = 10});
    auto const infinity = std::numeric_limits<double>::infinity();
    auto const nan = std::numeric_limits<double>::quiet_NaN();
    for (auto const& bad : {task(0, nan, 1), task(0, 0, nan), task(0, infinity, 1),
                            task(0, 0, infinity), task(0, 1, -2), task(0, 3, -1), task(5, 0, 1)})
        CHECK_FALSE(timeline.add(bad, 0));
    CHECK(timeline.add(task(0, 1e300, 1e300), 0));
    CHECK(timeline.add(task(0, -1, 2), 0)); // clocks of nodes differ
    CHECK(timeline.bins() == 16);
    Timeline nobody({});
    CHECK_FALSE(nobody.add(task(0, 0, 1), 0));
}

TEST_CASE("a histogram counts every value, in bins by width or by ratio")
{
    Histogram linear(2, 4, 4);
    for (double const value : {2.0, 2.49, 2.51, 3.9, 4.0, 1.0, 9.0}) linear.add(value);
    CHECK_FALSE(linear.is_logarithmic());
    CHECK(linear.counts() == std::vector<std::uint64_t>{3, 1, 0, 3});
    Histogram ratios(1e-2, 1e2, 4);
    for (double const value : {0.0, 0.05, 0.5, 0.9, 5.0, 99.0}) ratios.add(value);
    CHECK(ratios.is_logarithmic());
    CHECK(ratios.counts() == std::vector<std::uint64_t>{2, 2, 1, 1});
    Histogram same(3, 3, 4);
    same.add(3);
    CHECK(same.low() < 3);
    CHECK(same.high() > 3);
    Histogram nothing(std::numeric_limits<double>::infinity(), 0, 4); // no task ended ok
    nothing.add(std::numeric_limits<double>::quiet_NaN());
    CHECK(nothing.counts()[0] == 1);
}

TEST_CASE("a sample keeps all of few values, and of many any with the same probability")
{
    Sample<int> few(10);
    for (int i = 0; i < 7; ++i) few.add(i);
    CHECK(few.values() == std::vector<int>{0, 1, 2, 3, 4, 5, 6});
    Sample<int> some(1000);
    for (int i = 0; i < 100'000; ++i) some.add(i);
    CHECK(some.values().size() == 1000);
    CHECK(some.seen() == 100'000);
    auto const sum = std::accumulate(some.values().begin(), some.values().end(), 0.0);
    CHECK(sum / 1000 == Approx(49'999.5).epsilon(0.08)); // 4 standard errors of the mean
}

TEST_CASE("charts tell names apart, and take the times of the last session alone")
{
    std::vector<TaskRecord> records;
    for (int i = 0; i < 40; ++i) records.push_back(task(0, i, 0.5));
    records[3].status = TaskStatus::crashed;
    records[4].mem_gb = 3;
    for (int i = 30; i < 40; ++i) records[static_cast<std::size_t>(i)].session = 2;
    records[35].status = TaskStatus::failed;
    records[36].duration = 0.9;
    std::vector<std::string> names;
    for (int i = 0; i < 20; ++i) names.push_back("name" + std::to_string(i));
    auto const summary = summary_of(records, names);

    Charts charts(summary, {.bins = 10, .sample = 100, .longest = 3});
    for (std::size_t i = 0; i < records.size(); ++i)
        charts.add(records[i], names[i % names.size()]);
    CHECK(charts.names().size() == 11);
    CHECK(charts.names()[0] == "name16"); // 0.5 s and 0.9 s
    REQUIRE(charts.durations().size() == 12);
    std::uint64_t counted = 0;
    for (auto const& histogram : charts.durations())
        for (auto const count : histogram.counts()) counted += count;
    CHECK(counted == 38);
    CHECK(charts.sample().values().size() == 38);
    CHECK(charts.timeline().tasks().size() == 10);
    CHECK(charts.longest().size() == 3);
    CHECK(charts.longest()[0].record.duration == 0.9);
    REQUIRE(charts.not_ok().size() == 1);
    CHECK(charts.not_ok()[0].record.status == TaskStatus::failed);
    REQUIRE(charts.hungriest().size() == 1);
    CHECK(charts.hungriest()[0].record.mem_gb == 3);
}
