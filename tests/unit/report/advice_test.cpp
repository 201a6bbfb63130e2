// What is worked out of a record beyond means: where the time went, outliers, advice.
#include "report/advice.hpp"
#include "report/largest.hpp"
#include "report/outliers.hpp"
#include "report/time_use.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <random>

using namespace starmap;
using namespace starmap::report;
using doctest::Approx;

namespace {

/// A run of one Starmap of the policy `each`, put together task by task.
class Run {
public:
    explicit Run(std::uint32_t workers, std::string policy = "each")
        : workers_(workers),
          summarizer_(workers)
    {
        StarmapInfo starmap;
        starmap.starmap = 1;
        starmap.policy = std::move(policy);
        starmaps_.push_back(starmap);
    }

    Run& task(std::uint32_t worker, double start, double duration, double weight = 1)
    {
        TaskRecord record;
        record.task_no = ++tasks_;
        record.starmap = 1;
        record.items = items;
        record.worker = worker;
        record.start = start;
        record.duration = duration;
        record.weight = weight;
        record.cpu = duration * cores;
        record.status = status;
        summarizer_.add(record, "work");
        starmaps_[0].end = std::max(starmaps_[0].end, start + duration);
        return *this;
    }

    Run& ends(double end)
    {
        starmaps_[0].end = end;
        return *this;
    }

    Summary summary() const
    {
        std::vector<WorkerInfo> workers(workers_);
        for (std::uint32_t i = 0; i < workers_; ++i) workers[i].worker = i;
        return summarizer_.summary(starmaps_, workers);
    }

    /// The text on a topic, empty if there is none.
    std::string on(std::string const& topic) const
    {
        for (auto const& advice : advise(summary(), starmaps_))
            if (advice.topic == topic) return advice.text;
        return {};
    }

    std::uint32_t items = 1;
    double cores = 1;
    TaskStatus status = TaskStatus::ok;

private:
    std::uint32_t workers_;
    Summarizer summarizer_;
    std::vector<StarmapInfo> starmaps_;
    std::uint64_t tasks_ = 0;
};

bool has(std::string const& text, std::string const& part)
{
    INFO(text);
    return text.find(part) != std::string::npos;
}

} // namespace

TEST_CASE("the largest of a row of values, against a sort")
{
    std::mt19937 random(1);
    std::vector<double> values;
    Largest<double> largest(7);
    for (int i = 0; i < 1000; ++i) {
        values.push_back(std::uniform_int_distribution<int>(-50, 400)(random));
        largest.add(values.back(), values.back());
    }
    std::sort(values.rbegin(), values.rend());
    values.resize(7);
    CHECK(largest.sorted() == values);
    Largest<double> none(0);
    none.add(1, 1);
    CHECK(none.sorted().empty());
}

TEST_CASE("where the time of the workers went: one phase")
{
    // Worker 0: a task 1..3, a gap, a task 4..6. Worker 1: a failed one 1..2. The Starmap ends
    // at 7.
    TimeLedger ledger;
    ledger.add(1, 0, 1, 3, 1.5, true);
    ledger.add(1, 0, 4, 6, 2, true);
    ledger.add(1, 1, 1, 2, 1, false);
    auto const use = ledger.use(2, 7);
    CHECK(use.startup == Approx(2)); // two workers for 1 s
    CHECK(use.useful == Approx(3.5));
    CHECK(use.failed == Approx(1));
    CHECK(use.tail == Approx(4));       // worker 1 from 2 to 6
    CHECK(use.dispatch == Approx(1.5)); // the gap, and half a second of packing
    CHECK(use.manager == Approx(2));    // two workers from 6 to 7
    CHECK(use.total() == Approx(14));
}

TEST_CASE("Starmaps that overlap are one phase, those that follow one another are two")
{
    TimeLedger ledger;
    ledger.add(1, 0, 0, 4, 4, true);
    ledger.add(2, 1, 2, 6, 4, true); // overlaps with Starmap 1
    ledger.add(3, 0, 8, 9, 1, true);
    auto const use = ledger.use(2, 9);
    CHECK(use.startup == 0);
    CHECK(use.useful == Approx(9));
    CHECK(use.tail == Approx(2 + 1)); // worker 0 from 4 to 6, worker 1 in all of the last phase
    CHECK(use.manager == Approx(4));  // from 6 to 8
    CHECK(use.dispatch == Approx(2)); // worker 1 from 0 to 2
    CHECK(use.total() == Approx(18));
}

TEST_CASE("the parts add up to workers times time, whatever the tasks; seed 1 to 50")
{
    for (unsigned seed = 1; seed <= 50; ++seed) {
        CAPTURE(seed);
        std::mt19937 random(seed);
        auto const draw = [&](double most) {
            return std::uniform_real_distribution<double>(0, most)(random);
        };
        auto const workers = 1 + random() % 5;
        TimeLedger ledger;
        std::vector<double> free(workers, draw(1));
        for (int i = 0; i < 40; ++i) {
            auto const worker = random() % workers;
            auto const begin = free[worker] + draw(0.5);
            auto const end = begin + draw(2);
            ledger.add(static_cast<std::uint32_t>(1 + i / 10), worker, begin, end,
                       (end - begin) * draw(1), random() % 4 != 0);
            free[worker] = end;
        }
        auto const end = *std::max_element(free.begin(), free.end()) + draw(1);
        auto const use = ledger.use(workers, end);
        CHECK(use.total() == Approx(static_cast<double>(workers) * end));
        for (auto part : {use.useful, use.failed, use.tail, use.dispatch, use.manager, use.startup})
            CHECK(part >= 0);
    }
}

TEST_CASE("what rank 0 ran in place is its own work")
{
    Summarizer summarizer(2);
    TaskRecord record;
    record.starmap = 1;
    record.worker = 2; // workers are 0 and 1
    record.start = 1;
    record.duration = 3;
    summarizer.add(record, "alone");
    auto const use = summarizer.summary({}, {}).time_use;
    CHECK(use.manager == Approx(8));
    CHECK(use.useful == 0);
}

TEST_CASE("a resumed run is judged by its own session")
{
    Summarizer summarizer(1);
    TaskRecord record;
    record.starmap = 1;
    record.duration = 5;
    record.start = 100;
    record.session = 1;
    summarizer.add(record, "work");
    record.start = 1;
    record.duration = 2;
    record.session = 2;
    summarizer.add(record, "work");
    auto const summary = summarizer.summary({}, {});
    CHECK(summary.span == Approx(2));
    CHECK(summary.workers.at(0).busy() == Approx(2));
    CHECK(summary.time_use.total() == Approx(3));
    CHECK(summary.names.at(0).durations.sum() == Approx(7)); // its tasks are the tasks of both
}

TEST_CASE("the tasks farthest from what their weights say")
{
    Summarizer summarizer(1);
    std::vector<TaskRecord> records;
    for (std::uint64_t i = 1; i <= 20; ++i) {
        TaskRecord record;
        record.task_no = i;
        record.weight = static_cast<double>(i);
        record.duration = record.weight * (i == 5 ? 3 : 1); // 10 more than the others say
        records.push_back(record);
        summarizer.add(record, "work");
    }
    auto const summary = summarizer.summary({}, {});
    OutlierSearch search(summary, 2);
    for (auto const& record : records) search.add(record, "work");
    search.add(records[0], "unknown"); // came after the summary
    auto const outliers = search.outliers();
    REQUIRE(outliers.size() == 1);
    REQUIRE(outliers[0].size() == 2);
    CHECK(outliers[0][0].task.record.task_no == 5);
    // sum(w d) / sum(w w) = (2870 + 50) / 2870
    CHECK(outliers[0][0].expected == Approx(5 * 2920.0 / 2870));
}

TEST_CASE("advice: a task that takes longer than a fair share of the work")
{
    Run run(4);
    run.task(0, 0, 38);
    for (std::uint32_t i = 0; i < 62; ++i) run.task(1 + i % 3, i / 3, 1);
    auto const text = run.on("longest");
    CHECK(has(text, "item 0 of \"work\" alone takes 38 s, 38 % of all the work"));
    CHECK(has(text, "more than 3 workers cannot help; split it"));
    CHECK(run.on("tail").empty()); // said already

    Run divisible(4, "guided");
    divisible.items = 9;
    divisible.task(0, 0, 38);
    divisible.task(1, 0, 1);
    CHECK(divisible.on("longest").empty());
    CHECK(has(divisible.on("tail"), "workers wait"));
}

TEST_CASE("advice: blocks of fixed size")
{
    Run run(2, "blocks");
    for (std::uint32_t i = 0; i < 3; ++i) run.task(i % 2, 2 * (i / 2), 2);
    CHECK(has(run.on("blocks"), "25 % of their time"));
}

TEST_CASE("advice: weights that say little")
{
    Run bad(1);
    Run good(1);
    Run none(1);
    double time = 0;
    for (int i = 0; i < 20; ++i) {
        double const duration = 1 + i % 2 * 9;
        bad.task(0, time, duration, 1 + i / 10);
        good.task(0, time, duration, duration);
        none.task(0, time, duration);
        time += duration;
    }
    CHECK(has(bad.on("weights"), "weights explain 0 % of the durations of \"work\""));
    CHECK(has(bad.on("weights"), "--starmap-learn=FILE"));
    CHECK(good.on("weights").empty());
    CHECK(has(good.on("well"), "for 100 % of their time"));
    CHECK(has(none.on("weights"), "weigh the same, but their durations vary by 82 %"));
}

TEST_CASE("advice: dispatch, manager, start-up, cores, failures")
{
    Run tiny(1);
    for (int i = 0; i < 1000; ++i) tiny.task(0, i * 2e-3, 1e-3);
    CHECK(has(tiny.on("dispatch"), "50 % of their time, 0.001 s a task of 0.001 s: make tasks "
                                   "longer"));
    CHECK(has(Run(1).task(0, 0, 1).ends(4).on("manager"), "for 75 % of the time rank 0"));
    CHECK(has(Run(1).task(0, 3, 1).on("startup"), "75 % of the time passed before"));
    Run waiting(1);
    waiting.cores = 0.2;
    CHECK(has(waiting.task(0, 0, 1).on("cpu"), "use 20 % of a core"));
    Run threaded(1);
    threaded.cores = 4;
    CHECK(has(threaded.task(0, 0, 1).on("cpu"), "use 4 cores each"));
    Run failing(1);
    failing.task(0, 0, 1);
    failing.status = TaskStatus::crashed;
    failing.task(0, 1, 3);
    CHECK(has(failing.on("failures"), "1 of 2 attempts failed, and took 75 %"));
    CHECK(advise(Run(1).task(0, 0, 0.01).summary(), {}).empty()); // too short to tell
}
