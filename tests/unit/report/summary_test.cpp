#include "report/summary.hpp"

#include <doctest/doctest.h>

#include <array>
#include <cmath>
#include <limits>

using namespace starmap;
using namespace starmap::report;
using doctest::Approx;

namespace {

TaskRecord done(double duration, double weight = 1)
{
    TaskRecord record;
    record.task_no = 1;
    record.items = 1;
    record.duration = duration;
    record.weight = weight;
    return record;
}

Summary summarize(std::vector<TaskRecord> const& records,
                  std::vector<StarmapInfo> const& starmaps = {},
                  std::vector<WorkerInfo> const& workers = {})
{
    Summarizer summarizer;
    for (auto const& record : records) summarizer.add(record, "work");
    return summarizer.summary(starmaps, workers);
}

} // namespace

TEST_CASE("mean, deviation and slow factor of nine short tasks and a long one")
{
    std::vector<TaskRecord> records(9, done(5));
    records.push_back(done(50));
    auto const summary = summarize(records);
    auto const& name = summary.names.at(0);
    CHECK(name.durations.count() == 10);
    CHECK(name.items == 10);
    CHECK(name.durations.mean() == Approx(9.5));
    // sqrt((9 * 4.5^2 + 40.5^2) / 10)
    CHECK(name.durations.stddev() == Approx(13.5));
    CHECK(name.durations.min() == 5);
    CHECK(name.durations.max() == 50);
    CHECK(*name.slowfac() == Approx(50 / 9.5));
    CHECK(name.durations.all_x_equal());
    CHECK_FALSE(name.durations.r_squared());
    CHECK(*name.durations.slope_through_origin() == Approx(9.5));
}

TEST_CASE("the fit of duration against weight")
{
    // (1,2) (2,2) (3,5): through the origin (2+4+15)/(1+4+9) = 1.5; with an intercept the slope is
    // 3/2, SSres = 1.5 and SStot = 6, so R2 = 0.75.
    auto const summary = summarize({done(2, 1), done(2, 2), done(5, 3)});
    auto const& durations = summary.names.at(0).durations;
    CHECK(*durations.slope_through_origin() == Approx(1.5));
    CHECK(*durations.r_squared() == Approx(0.75));
    CHECK_FALSE(durations.all_x_equal());

    auto const flat = summarize({done(2, 1), done(2, 3)});
    CHECK_FALSE(flat.names.at(0).durations.r_squared());
    auto const weightless = summarize({done(2, 0), done(3, 0)});
    CHECK_FALSE(weightless.names.at(0).durations.slope_through_origin());
}

TEST_CASE("the spread of nearly equal durations does not drown in rounding")
{
    auto const summary = summarize({done(1e9 + 1), done(1e9 + 2), done(1e9 + 3)});
    CHECK(summary.names.at(0).durations.stddev() == Approx(std::sqrt(2.0 / 3)));
}

TEST_CASE("only attempts that ended ok count for durations")
{
    auto failed = done(100);
    failed.status = TaskStatus::failed;
    auto cancelled = done(0);
    cancelled.status = TaskStatus::cancelled;
    auto const summary = summarize({done(2), failed, cancelled});
    CHECK(summary.names.at(0).durations.count() == 1);
    CHECK(summary.names.at(0).durations.max() == 2);
    CHECK(summary.names.at(0).not_ok == 2);
    CHECK(summary.attempts() == 3);
    CHECK(summary.by_status == std::array<std::uint64_t, 6>{1, 1, 0, 0, 0, 1});
    CHECK(summary.slowest.size() == 1);
}

TEST_CASE("a name whose tasks all failed has no slow factor")
{
    auto crashed = done(1);
    crashed.status = TaskStatus::crashed;
    auto const summary = summarize({crashed});
    CHECK(summary.names.at(0).durations.count() == 0);
    CHECK_FALSE(summary.names.at(0).slowfac());
    CHECK(summary.slowest.empty());
}

TEST_CASE("busy shares and imbalance over the span of the run, idle workers included")
{
    auto first = done(4);
    first.worker = 1;
    first.rank = 1;
    first.start = 3;
    first.unpack = 1;
    first.pack = 1;
    auto second = done(2);
    second.worker = 2;
    second.rank = 2;
    second.start = 2;
    StarmapInfo starmap;
    starmap.starmap = 1;
    starmap.start = 0;
    starmap.end = 10;
    starmap.sent = 7;
    starmap.received = 9;
    std::vector<WorkerInfo> workers(3);
    for (std::uint32_t i = 0; i < 3; ++i) {
        workers[i].worker = i + 1;
        workers[i].hostname = i == 0 ? "a" : "b";
    }
    auto const summary = summarize({first, second}, {starmap}, workers);
    CHECK(summary.span == Approx(10));
    auto const shares = summary.busy_shares();
    REQUIRE(shares.size() == 3);
    CHECK(shares[0] == Approx(0.6));
    CHECK(shares[1] == Approx(0.2));
    CHECK(shares[2] == 0);
    CHECK(*summary.imbalance() == Approx(6.0 / (8.0 / 3) - 1)); // 1.25
    CHECK(summary.sent == 7);
    CHECK(summary.received == 9);
    CHECK(summary.slowest.at(0).hostname == "a");
    CHECK(summary.slowest.at(1).hostname == "b");
}

TEST_CASE("a task that holds several cores keeps others busy")
{
    // Worker 0 holds worker 1 (or 2) from 1 to 5; one second of work before that on each.
    auto const at = [](std::uint32_t worker, double start, double duration, std::uint32_t cores) {
        auto record = done(duration);
        record.worker = worker;
        record.starmap = 1;
        record.start = start;
        record.cores = cores;
        record.cpu = 0.5 * duration * cores;
        return record;
    };
    std::vector<TaskRecord> const records{at(0, 0, 1, 1), at(1, 0, 1, 1), at(2, 0, 1, 1),
                                          at(0, 1, 4, 2)};
    std::vector<WorkerInfo> workers(3);
    std::array<double, 3> const busy{5, 5, 1};
    for (std::uint32_t i = 0; i < 3; ++i) {
        workers[i].worker = i;
        workers[i].busy = busy[i];
    }
    StarmapInfo starmap;
    starmap.starmap = 1;
    starmap.start = 0;
    starmap.end = 5;
    auto const summary = summarize(records, {starmap}, workers);
    CHECK(summary.time_use.useful == Approx(3 + 8));
    CHECK(summary.time_use.tail == Approx(4)); // of the third worker
    CHECK(summary.time_use.dispatch == Approx(0));
    CHECK(summary.time_use.total() == Approx(15));
    auto const shares = summary.busy_shares();
    REQUIRE(shares.size() == 3);
    CHECK(shares[0] == Approx(1));
    CHECK(shares[1] == Approx(1));
    CHECK(shares[2] == Approx(0.2));
    CHECK(summary.workers[1].kept == Approx(4));
    CHECK(summary.names.at(0).held == Approx(11));

    // All of a node that has had no task yet.
    auto const alone = summarize({at(0, 0, 2, 3)}, {}, workers);
    CHECK(alone.time_use.useful == Approx(6));
    CHECK(alone.time_use.total() == Approx(6));
    CHECK(alone.time_use.tail == Approx(0));

    // Where all hold one, the table of workers says nothing that rows do not.
    auto const narrow = summarize({at(0, 0, 2, 1)}, {}, workers);
    CHECK(narrow.workers[1].busy() == 0);
}

TEST_CASE("a Starmap that is still open ends with its last task")
{
    StarmapInfo starmap;
    starmap.starmap = 1;
    starmap.start = 1;
    starmap.end = std::numeric_limits<double>::quiet_NaN();
    auto task = done(2);
    task.start = 2;
    CHECK(summarize({task}, {starmap}).span == Approx(3));
    CHECK(summarize({}, {starmap}).span == 0);
    CHECK(summarize({}, {starmap}).busy_shares().empty());
    CHECK_FALSE(summarize({}, {starmap}).imbalance());
}

TEST_CASE("the ten slowest come longest first, the earlier one first among equals")
{
    std::vector<TaskRecord> records;
    for (int i = 0; i < 30; ++i) {
        records.push_back(done(i % 15));
        records.back().task_no = static_cast<std::uint64_t>(i) + 1;
    }
    auto const slowest = summarize(records).slowest;
    REQUIRE(slowest.size() == 10);
    CHECK(slowest[0].record.task_no == 15);
    CHECK(slowest[1].record.task_no == 30);
    CHECK(slowest[9].record.duration == 10);
}

TEST_CASE("operations: time and counts add up, of memory the largest, longest time first")
{
    Summarizer summarizer;
    summarizer.add(OperationRecord{"reading", 1, -5, 2, 1});
    summarizer.add(OperationRecord{"computing", 4, 1, 1, 1});
    summarizer.add(OperationRecord{"reading", 2, -7, 3, 2});
    auto const operations = summarizer.summary({}, {}).operations;
    REQUIRE(operations.size() == 2);
    CHECK(operations[0].operation == "computing");
    CHECK(operations[1].time_sec == Approx(3));
    CHECK(operations[1].memory_mb == -5);
    CHECK(operations[1].counts == 5);
}
