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
    CHECK(terminal.take() == Lines{"info: count  33%, ETA 12 s"});
    terminal.now += 6;
    starmap.done(1);
    CHECK(terminal.take() == Lines{"info: count  66%, ETA 6 s"});
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
    CHECK(terminal.take() == Lines{"info: x  10%", "info: x  20%", "info: x  30%", "info: x  40%",
                                   "info: x  50%", "info: x  60%", "info: x  70%", "info: x  80%",
                                   "info: x  90%", "info: x 100%"});
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
    CHECK(terminal.take() == Lines{"info: x   1%, ETA 4 min"});
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
    CHECK(terminal.take().back() == "info: x  50%");
    FakeStarmap items(display, {.starmap = 2, .name = "y", .items = 8});
    items.done(0, 6);
    CHECK(terminal.take().back() == "info: y  75%");
}

TEST_CASE("a total that is not known: the tasks are counted every two seconds")
{
    FakeTerminal terminal;
    auto display = terminal.display("log");
    FakeStarmap starmap(display, {.starmap = 1, .name = "count", .total_known = false});
    CHECK(terminal.take() == Lines{"info: Submitting \"count\" tasks"});
    starmap.info.items = 1300;
    starmap.info.weight_total = 1300;
    starmap.info.tasks = 1199;
    starmap.done(1);
    CHECK(terminal.take().empty());
    terminal.now += 2;
    display.tick(2);
    CHECK(terminal.take() == Lines{"info: count: 1200 tasks done"});
    terminal.now += 2;
    display.tick(4); // nothing came meanwhile
    CHECK(terminal.take().empty());
    starmap.done(1);
    CHECK(terminal.take() == Lines{"info: count: 1201 tasks done"});
    starmap.info.total_known = true;
    starmap.done(700);
    CHECK(terminal.take() == Lines{"info: count  54%, ETA 4 s"});
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
    CHECK(terminal.take() == Lines{"info: x  50%, ETA 3 s, 1 failed"});
    starmap.done(1);
    CHECK(terminal.take() == Lines{"info: x 100%, 1 failed"});
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
    CHECK(terminal.take() == Lines{"info: a  50%", "info: b  25%", "info: b  75%", "info: a 100%"});
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
