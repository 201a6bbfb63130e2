#include "unit/report_progress/fake_output.hpp"

#include <doctest/doctest.h>

using namespace starmap;
using namespace starmap::report;

namespace {
std::string const erase = "\r\x1b[K";
}

TEST_CASE("the bar is one line, drawn anew at most ten times a second")
{
    FakeTerminal terminal;
    auto display = terminal.display("bar");
    FakeStarmap starmap(display, {.starmap = 1, .name = "x", .items = 4, .weight_total = 4});
    CHECK(terminal.take() == Lines{"info: Submitting 4 items in \"x\" tasks"});
    terminal.now += 1;
    starmap.done(1);
    CHECK(terminal.take_drawings() == Lines{erase + "x  25%, ETA 3 s"});
    terminal.now += 0.05;
    starmap.done(1);
    CHECK(terminal.take_drawings().empty());
    terminal.now += 0.95;
    display.tick(0);
    CHECK(terminal.take_drawings() == Lines{erase + "x  50%, ETA 2 s"});
    CHECK(terminal.take().empty()); // no percent lines in the log
}

TEST_CASE("a line of the log clears the bar first, and it comes back")
{
    FakeTerminal terminal;
    auto display = terminal.display("bar");
    FakeStarmap starmap(display, {.starmap = 1, .name = "x", .items = 4, .weight_total = 4});
    REQUIRE(terminal.hook);
    terminal.hook(); // nothing is drawn yet
    CHECK(terminal.take_drawings().empty());
    starmap.done(1);
    terminal.take_drawings();
    terminal.hook(); // someone else logs
    CHECK(terminal.take_drawings() == Lines{erase});
    display.tick(0);
    CHECK(terminal.take_drawings() == Lines{erase + "x  25%"});
    starmap.close();
    CHECK(terminal.take_drawings() == Lines{erase});
}

TEST_CASE("several Starmaps share the line; private ones stay out of it")
{
    FakeTerminal terminal;
    auto display = terminal.display("bar");
    FakeStarmap a(display, {.starmap = 1, .name = "a", .items = 2, .weight_total = 2});
    FakeStarmap b(display, {.starmap = 2, .name = "b", .total_known = false});
    FakeStarmap c(display,
                  {.starmap = 3, .name = "_c", .is_private = true, .items = 2, .weight_total = 2});
    terminal.take();
    c.done(1);
    CHECK(terminal.take_drawings().empty());
    CHECK(terminal.take() == Lines{"debug: _c  50%"});
    a.done(1);
    CHECK(terminal.take_drawings() == Lines{erase + "a  50% | b: 0 tasks done"});
    a.close();
    CHECK(terminal.take_drawings() == Lines{erase});
    terminal.now += 1;
    b.done(1);
    CHECK(terminal.take_drawings() == Lines{erase + "b: 1 tasks done"});
}

TEST_CASE("the bar is cut to the terminal's width, between characters")
{
    FakeTerminal terminal;
    terminal.width = 4;
    auto display = terminal.display("bar");
    FakeStarmap starmap(display, {.starmap = 1, .name = "\u00e4\u00f6\u00fc\u00df", .items = 2});
    starmap.done(0);
    CHECK(terminal.take_drawings() == Lines{erase + "\u00e4\u00f6\u00fc"});
}

TEST_CASE("the end of the run, and of the display, leave no bar and no hook")
{
    FakeTerminal terminal;
    {
        auto display = terminal.display("bar");
        FakeStarmap starmap(display, {.starmap = 1, .name = "x", .items = 4, .weight_total = 4});
        starmap.done(1);
        terminal.take_drawings();
        display.run_ended(false);
        CHECK(terminal.take_drawings() == Lines{erase});
        display.tick(0);
        CHECK(terminal.take_drawings().empty());
    }
    CHECK_FALSE(terminal.hook);
}
