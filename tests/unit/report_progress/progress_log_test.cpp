#include "unit/report_progress/fake_output.hpp"

#include <doctest/doctest.h>

using namespace starmap;
using namespace starmap::report;

TEST_CASE("three tasks: the lines that scripts look for")
{
    FakeTerminal terminal;
    auto display = terminal.display("log");
    FakeStarmap starmap(
        display, {.starmap = 1, .name = "count", .items = 3, .weight_total = 3, .tasks_total = 3});
    CHECK(terminal.take() == Lines{"info: Submitting 3 \"count\" tasks"});
    terminal.now += 6;
    starmap.done(1);
    CHECK(terminal.take() == Lines{"info: count  33%, ETA 12 s, 1/3 tasks"});
    terminal.now += 6;
    starmap.done(1);
    CHECK(terminal.take() == Lines{"info: count  66%, ETA 6 s, 2/3 tasks"});
    terminal.now += 6;
    starmap.done(1);
    CHECK(terminal.take() == Lines{"info: count 100%"});
    starmap.info.sent = 1045;
    starmap.info.received = 1444;
    starmap.info.received_max = 483;
    starmap.close();
    CHECK(terminal.take() == Lines{"info: Sent 1.02 KB of data in 3 task(s)",
                                   "info: Received 1.41 KB of data, maximum per task 483 B"});
}

TEST_CASE("a private Starmap says everything at debug")
{
    FakeTerminal terminal;
    auto display = terminal.display("log");
    FakeStarmap starmap(display, {.starmap = 1,
                                  .name = "_count",
                                  .is_private = true,
                                  .items = 1,
                                  .weight_total = 1,
                                  .tasks_total = 1});
    starmap.done(1);
    starmap.close();
    auto const lines = terminal.take();
    CHECK(lines.size() == 4);
    for (auto const& line : lines) CHECK(line.starts_with("debug: "));
}

TEST_CASE("many quick tasks: a line each ten points")
{
    FakeTerminal terminal;
    auto display = terminal.display("log");
    FakeStarmap starmap(display, {.starmap = 1, .name = "x", .items = 1000, .weight_total = 1000});
    terminal.take();
    for (int i = 0; i < 1000; ++i) starmap.done(1);
    auto const lines = terminal.take();
    REQUIRE(lines.size() == 10);
    CHECK(lines.front() == "info: x  10%, 100/1,000 items");
    CHECK(lines[8] == "info: x  90%, 900/1,000 items");
    CHECK(lines.back() == "info: x 100%");
}

TEST_CASE("slow tasks: a line after two seconds where the percentage has grown")
{
    FakeTerminal terminal;
    auto display = terminal.display("log");
    FakeStarmap starmap(display, {.starmap = 1, .name = "x", .items = 1000, .weight_total = 1000});
    terminal.take();
    terminal.now += 1.9;
    starmap.done(10);
    CHECK(terminal.take().empty());
    terminal.now += 0.1;
    starmap.done(0);
    CHECK(terminal.take() == Lines{"info: x   1%, ETA 4 min, 2/1,000 items"});
    terminal.now += 50;
    starmap.done(9); // still 1 %
    CHECK(terminal.take().empty());
    starmap.done(1);
    CHECK(terminal.take().size() == 1);
}

TEST_CASE("the last line is 100% though the sums differ in their last bits")
{
    FakeTerminal terminal;
    auto display = terminal.display("log");
    FakeStarmap starmap(display, {.starmap = 1, .name = "x", .items = 3, .weight_total = 0.6});
    terminal.take();
    for (auto const weight : {0.1, 0.2, 0.3 - 1e-15}) starmap.done(weight);
    CHECK(terminal.take().back() == "info: x 100%");
}

TEST_CASE("without weights the tasks are counted, or the items")
{
    FakeTerminal terminal;
    auto display = terminal.display("log");
    FakeStarmap tasks(display, {.starmap = 1, .name = "x", .items = 8, .tasks_total = 2});
    tasks.done(0, 4);
    CHECK(terminal.take().back() == "info: x  50%, 1/2 tasks");
    FakeStarmap items(display, {.starmap = 2, .name = "y", .items = 8});
    items.done(0, 6);
    CHECK(terminal.take().back() == "info: y  75%, 6/8 items");
}

TEST_CASE("a total that is not known: the tasks are counted every two seconds")
{
    FakeTerminal terminal;
    auto display = terminal.display("log");
    FakeStarmap starmap(display, {.starmap = 1, .name = "count", .total_known = false});
    CHECK(terminal.take() == Lines{"info: Submitting \"count\" tasks"});
    starmap.info.items = 1300;
    starmap.info.weight_total = 1300;
    starmap.info.tasks = starmap.info.tasks_done = 1199;
    starmap.done(1);
    CHECK(terminal.take().empty());
    terminal.now += 2;
    display.tick(2);
    CHECK(terminal.take() == Lines{"info: count: 1,200 tasks done"});
    terminal.now += 2;
    display.tick(4); // nothing came meanwhile
    CHECK(terminal.take().empty());
    starmap.done(1);
    CHECK(terminal.take() == Lines{"info: count: 1,201 tasks done"});
    starmap.info.total_known = true;
    starmap.done(700);
    CHECK(terminal.take() == Lines{"info: count  54%, ETA 4 s, 3/1,300 items"});
}

TEST_CASE("items that are not split yet")
{
    FakeTerminal terminal;
    auto display = terminal.display("log");
    FakeStarmap const starmap(display, {.starmap = 1, .name = "count", .items = 20});
    CHECK(terminal.take() == Lines{"info: Submitting 20 items in \"count\" tasks"});
}

TEST_CASE("no tasks at all")
{
    FakeTerminal terminal;
    auto display = terminal.display("log");
    FakeStarmap known(display, {.starmap = 1, .name = "count"});
    known.close();
    CHECK(terminal.take() == Lines{"info: No count tasks were submitted"});
    FakeStarmap unknown(display, {.starmap = 2, .name = "count", .total_known = false});
    unknown.close();
    CHECK(terminal.take() ==
          Lines{"info: Submitting \"count\" tasks", "info: No count tasks were submitted"});
}

TEST_CASE("failures are counted in the line")
{
    FakeTerminal terminal;
    auto display = terminal.display("log");
    FakeStarmap starmap(display, {.starmap = 1, .name = "x", .items = 2, .weight_total = 2});
    terminal.take();
    starmap.info.failures = 1;
    terminal.now += 3;
    starmap.done(1);
    CHECK(terminal.take() == Lines{"info: x  50%, ETA 3 s, 1 failed, 1/2 items"});
    starmap.done(1);
    CHECK(terminal.take() == Lines{"info: x 100%, 1 failed"});
}

TEST_CASE("a retry shows, and counts no more once its task is done")
{
    FakeTerminal terminal;
    auto display = terminal.display("log");
    FakeStarmap starmap(
        display, {.starmap = 1, .name = "x", .items = 4, .weight_total = 4, .tasks_total = 4});
    terminal.take();
    starmap.failed(false);
    starmap.done(1);
    CHECK(terminal.take() == Lines{"info: x  25%, 1 retried, 1/4 tasks"});
    starmap.failed(true);
    starmap.done(1);
    CHECK(terminal.take() == Lines{"info: x  50%, 1 failed, 1 retried, 2/4 tasks"});
}

TEST_CASE("what an earlier run has done counts as done, and not as quick")
{
    FakeTerminal terminal;
    auto display = terminal.display("log");
    FakeStarmap starmap(
        display,
        {.starmap = 1, .name = "x", .items = 100, .weight_total = 100, .tasks_total = 100});
    terminal.take();
    starmap.known(89, 89);
    terminal.now += 10;
    starmap.done(1);
    CHECK(terminal.take() == Lines{"info: x  90%, ETA 2 min, 90/100 tasks"}); // 10 times 10 s
    for (int i = 0; i < 10; ++i) starmap.done(1);
    starmap.close();
    CHECK(terminal.take()[1] == "info: 89 of 100 \"x\" tasks were known from the checkpoint");
}

TEST_CASE("tasks of a chunk, and those that returned as failures, are not known from before")
{
    FakeTerminal terminal;
    auto display = terminal.display("log");
    FakeStarmap starmap(display, {.starmap = 1, .name = "x", .items = 100, .weight_total = 100});
    starmap.done(60, 60);
    starmap.failed(true);
    starmap.info.tasks_done = 100;
    starmap.close();
    for (auto const& line : terminal.take()) CHECK(line.find("known") == std::string::npos);
}

TEST_CASE(
    "the time of tasks that run, and of those that wait for a first one, is taken into account")
{
    FakeTerminal terminal;
    auto display = terminal.display("log");
    FakeStarmap starmap(
        display, {.starmap = 1, .name = "x", .items = 12, .weight_total = 12, .tasks_total = 12});
    terminal.take();
    terminal.now += 100; // until a first worker has something
    auto const pulse = [&](std::uint32_t workers, double seconds) {
        Pulse now;
        now.workers = 4;
        now.running[1] = {.workers = workers, .seconds = seconds};
        display.pulse(now);
    };
    pulse(4, 0);
    for (int round = 0; round < 2; ++round) {
        terminal.now += 10;
        for (int i = 0; i < 4; ++i) starmap.done(1, 1, 10);
    }
    terminal.take();
    pulse(4, 0);
    terminal.now += 5;
    pulse(4, 20);
    starmap.done(1, 1, 10);
    // Three are left that need 5 s each; the pulse has counted the fourth with them.
    CHECK(terminal.take() == Lines{"info: x  75%, ETA 5 s (3-7 s), 9/12 tasks, 4/4 workers busy"});
}

TEST_CASE("lines come at growing intervals")
{
    FakeTerminal terminal;
    auto display = terminal.display("log");
    FakeStarmap starmap(display, {.starmap = 1, .name = "x", .total_known = false});
    terminal.take();
    std::size_t lines = 0;
    for (int second = 1; second <= 36000; ++second) {
        terminal.now += 1;
        starmap.done(1);
        lines += terminal.take().size();
        if (second == 20) CHECK(lines == 10);
    }
    CHECK(lines > 600); // a minute between two at the most
    CHECK(lines < 650);
}

TEST_CASE("several open at once do not disturb each other")
{
    FakeTerminal terminal;
    auto display = terminal.display("log");
    FakeStarmap a(display, {.starmap = 1, .name = "a", .items = 2, .weight_total = 2});
    FakeStarmap b(display, {.starmap = 2, .name = "b", .items = 4, .weight_total = 4});
    terminal.take();
    a.done(1);
    b.done(1);
    b.done(2);
    a.done(1);
    CHECK(terminal.take() == Lines{"info: a  50%, 1/2 items", "info: b  25%, 1/4 items",
                                   "info: b  75%, 2/4 items", "info: a 100%"});
    a.close();
    b.done(1);
    CHECK(terminal.take().back() == "info: b 100%");
}

TEST_CASE("none shows nothing; what auto is depends on terminal and log")
{
    FakeTerminal terminal;
    auto display = terminal.display("none");
    FakeStarmap starmap(display, {.starmap = 1, .name = "x", .items = 1, .weight_total = 1});
    starmap.done(1);
    starmap.close();
    CHECK(terminal.lines.empty());
    CHECK(terminal.drawings.empty());

    FakeOutput const output(terminal);
    CHECK(progress_mode("auto", output) == ProgressMode::log);
    terminal.is_terminal = true;
    CHECK(progress_mode("auto", output) == ProgressMode::bar);
    CHECK(progress_mode("log", output) == ProgressMode::log);
    terminal.threshold = base::Level::warning;
    CHECK(progress_mode("auto", output) == ProgressMode::none);
    CHECK(progress_mode("bar", output) == ProgressMode::bar);
}
