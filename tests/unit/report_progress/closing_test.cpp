#include "report/closing.hpp"

#include <doctest/doctest.h>

#include <vector>

using namespace starmap;
using namespace starmap::report;

namespace {

StarmapInfo job(std::uint32_t number, std::string policy = "each", std::string name = "work")
{
    StarmapInfo info;
    info.starmap = number;
    info.name = std::move(name);
    info.policy = std::move(policy);
    return info;
}

TaskRecord task(std::uint32_t worker, double start, double duration,
                TaskStatus status = TaskStatus::ok)
{
    TaskRecord made;
    made.worker = worker;
    made.start = start;
    made.duration = duration;
    made.items = 1;
    made.status = status;
    return made;
}

void run(ClosingFigures& figures, StarmapInfo const& info, std::vector<TaskRecord> const& tasks)
{
    figures.starmap_opened(info);
    figures.tasks_done(info, tasks);
    figures.starmap_closed(info);
}

ClosingFigures of_workers(std::uint32_t workers)
{
    ClosingFigures figures;
    RunInfo run;
    run.num_workers = workers;
    figures.run_started(run);
    return figures;
}

void end(ClosingFigures& figures, double seconds, ManagerTime manager = {},
         std::uint64_t chunks = 0)
{
    Pulse last;
    last.now = seconds;
    last.manager = manager;
    last.chunks = chunks;
    figures.pulse(last);
}

} // namespace

TEST_CASE("the parts are those of the record's time use, and the time to the end")
{
    auto figures = of_workers(2);
    run(figures, job(1), {task(0, 1, 4), task(1, 1, 2), task(1, 3.5, 1, TaskStatus::failed)});
    run(figures, job(2), {task(0, 7, 1), task(1, 7, 1)});
    end(figures, 10);
    auto const closing = figures.figures();
    CHECK(closing.tasks == 5);
    CHECK(closing.failed == 1);
    CHECK(closing.use.startup == doctest::Approx(2));
    CHECK(closing.use.useful == doctest::Approx(8));
    CHECK(closing.use.failed == doctest::Approx(1));
    CHECK(closing.use.tail == doctest::Approx(0.5));
    CHECK(closing.use.dispatch == doctest::Approx(0.5));
    CHECK(closing.use.manager == doctest::Approx(8)); // from 5 to 7, and from 8 to 10
    CHECK(closing.use.total() == doctest::Approx(20));
}

TEST_CASE("Starmaps that are open at once are one phase; private ones and rank 0's own stay out")
{
    auto figures = of_workers(2);
    auto const a = job(1);
    auto const b = job(2);
    auto hidden = job(3);
    hidden.is_private = true;
    figures.starmap_opened(a);
    figures.starmap_opened(b);
    figures.tasks_done(a, std::vector{task(0, 0, 2), task(1, 0, 2)});
    figures.starmap_closed(a);
    run(figures, hidden, {task(0, 2, 1)});
    figures.tasks_done(b, std::vector{task(0, 3, 1), task(1, 3, 1), task(2, 3, 1)});
    figures.starmap_closed(b);
    end(figures, 4);
    auto const closing = figures.figures();
    CHECK(closing.tasks == 5);
    CHECK(closing.use.manager == 0);
    CHECK(closing.use.dispatch == doctest::Approx(2)); // from 2 to 3
    CHECK(closing.use.useful == doctest::Approx(6));
}

TEST_CASE("a run without tasks has no line")
{
    auto figures = of_workers(2);
    run(figures, job(1), {});
    end(figures, 1);
    CHECK(closing_text(figures.figures()).empty());
}

TEST_CASE("the line of a run where all is well")
{
    Closing closing;
    closing.tasks = 12345;
    closing.chunks = 550;
    closing.workers = 8;
    closing.seconds = 63.2;
    closing.inside = closing.use.useful = 493.8;
    closing.use.tail = 9.6;
    closing.use.dispatch = 8 * 63.2 - 493.8 - 9.6;
    closing.manager = {.main = 0.1, .input = 0.7, .results = 1.2, .messages = 0.2, .waiting = 61};
    CHECK(closing_text(closing) ==
          "Starmap: 12,345 tasks in 63.2 s on 8 workers: 98% busy; rank 0 3% (1.2 s combining "
          "results, 700 ms reading input); mean task 40 ms, chunk 898 ms; tail 1.2 s");
}

TEST_CASE("where much went astray the line says what would help")
{
    Closing closing;
    closing.tasks = closing.chunks = 100;
    closing.workers = 4;
    closing.seconds = 10;
    closing.inside = closing.use.useful = 20;
    closing.manager.waiting = 10;
    auto const ends = [&](std::string const& text) {
        auto const line = closing_text(closing);
        INFO(line);
        CHECK(line.ends_with(text));
    };
    SUBCASE("tail")
    {
        closing.use.tail = 20;
        ends("- 50% of the workers' time was lost for the last tasks: they are too few or too "
             "long for 4 workers");
        closing.in_blocks = true;
        ends("for the last blocks: ask for more of them, or leave concurrent_tasks and max_weight "
             "out");
        closing.longest = "big";
        closing.longest_seconds = 7;
        closing.longest_lost = 18;
        ends("for one task of \"big\", of 7 s: split it");
    }
    SUBCASE("dispatch")
    {
        closing.use.dispatch = 20;
        ends("lost between tasks: starmap info has more on it");
        closing.inside = 0.5;
        ends("lost between tasks: make them longer, or use map, which groups items");
        closing.packing = 11;
        ends("for packing: send what tasks have in common by shared(), and return less");
        closing.manager = {.input = 6, .results = 1, .messages = 2, .waiting = 1};
        ends("for rank 0, which reads the input: let tasks read it");
        closing.manager = {.input = 1, .results = 6, .messages = 2, .waiting = 1};
        ends("for rank 0, which combines results: return less from each task");
        closing.manager = {.main = 6, .messages = 2, .waiting = 1};
        ends("for main, between results: do less there for each");
        closing.manager = {.messages = 9, .waiting = 1};
        ends("busy with messages: make tasks longer, or use map, which groups items");
    }
    SUBCASE("rank 0 alone, and failures")
    {
        closing.use.manager = 20;
        ends("lost while rank 0 alone was at work: let tasks do some of that");
        closing.use.manager = 0;
        closing.use.startup = 20;
        ends("before the first task: rank 0 prepared, or the run is short for its ranks");
        closing.use.startup = 0;
        closing.use.failed = 20;
        closing.failed = 7;
        ends("tail 0 s; 7 failed - 50% of the workers' time was lost in attempts that failed: "
             "starmap info --failed lists them");
    }
    SUBCASE("nothing to mend")
    {
        closing.use.tail = 2;
        ends("tail 500 ms");
        closing.use.tail = 20;
        closing.seconds = 0.4;
        ends("tail 5 s");
    }
}

TEST_CASE("times have three digits at the most")
{
    CHECK(time_text(0) == "0 s");
    CHECK(time_text(4.44e-6) == "4.44 us");
    CHECK(time_text(0.0123456) == "12.3 ms");
    CHECK(time_text(0.9996) == "1 s");
    CHECK(time_text(63.21) == "63.2 s");
    CHECK(time_text(4567.8) == "4,568 s");
    CHECK(time_text(-1) == "0 s");
}
