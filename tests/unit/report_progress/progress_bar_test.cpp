#include "unit/report_progress/fake_output.hpp"

#include <doctest/doctest.h>

#include <algorithm>

using namespace starmap;
using namespace starmap::report;

namespace {

std::string const to_end = "\x1b[K";
std::string const erase = "\r\x1b[J";

/// One line, drawn over whatever one was there.
std::string line(std::string const& text) { return "\r" + text + to_end; }

Pulse pulse(double now, std::uint32_t workers, std::map<std::uint32_t, Pulse::Running> running)
{
    return {
        .now = now, .workers = workers, .running = std::move(running), .chunks = 0, .manager = {}};
}

} // namespace

TEST_CASE("the bar is one line, drawn anew at most ten times a second")
{
    FakeTerminal terminal;
    auto display = terminal.display("bar");
    FakeStarmap starmap(display, {.starmap = 1, .name = "x", .items = 4, .weight_total = 4});
    CHECK(terminal.take() == Lines{"info: Submitting 4 items in \"x\" tasks"});
    terminal.now += 1;
    starmap.done(1);
    CHECK(terminal.take_drawings() ==
          Lines{line("x  [#####...............]   25%  ETA 3 s  1/4 items")});
    terminal.now += 0.05;
    starmap.done(1);
    CHECK(terminal.take_drawings().empty());
    terminal.now += 0.95;
    display.tick(0);
    CHECK(terminal.take_drawings() ==
          Lines{line("x  [##########..........]   50%  ETA 2 s  2/4 items")});
    CHECK(terminal.take().empty()); // no percent lines in the log
}

TEST_CASE("what ends at once is not drawn")
{
    FakeTerminal terminal;
    auto display = terminal.display("bar");
    FakeStarmap starmap(display, {.starmap = 1, .name = "x", .items = 2, .weight_total = 2});
    terminal.now += 0.15;
    starmap.done(1);
    display.tick(0);
    CHECK(terminal.take_drawings().empty());
    terminal.now += 0.15;
    display.tick(0);
    CHECK(terminal.take_drawings().size() == 1);
}

TEST_CASE("a line of the log clears the bar first, and it comes back")
{
    FakeTerminal terminal;
    auto display = terminal.display("bar");
    FakeStarmap starmap(display, {.starmap = 1, .name = "x", .items = 4, .weight_total = 4});
    REQUIRE(terminal.hook);
    terminal.hook(); // nothing is drawn yet
    CHECK(terminal.take_drawings().empty());
    terminal.now += 1;
    starmap.done(1);
    terminal.take_drawings();
    terminal.hook(); // someone else logs
    CHECK(terminal.take_drawings() == Lines{erase});
    terminal.now += 0.15;
    display.tick(0);
    CHECK(terminal.take_drawings().size() == 1);
    starmap.close();
    CHECK(terminal.take_drawings() == Lines{erase});
}

TEST_CASE("each Starmap has a line; private ones stay out of it")
{
    FakeTerminal terminal;
    auto display = terminal.display("bar");
    FakeStarmap a(display, {.starmap = 1, .name = "long", .items = 2, .weight_total = 2});
    FakeStarmap b(display, {.starmap = 2, .name = "b", .total_known = false});
    FakeStarmap c(display,
                  {.starmap = 3, .name = "_c", .is_private = true, .items = 2, .weight_total = 2});
    terminal.take();
    terminal.now += 1;
    c.done(1);
    CHECK(terminal.take_drawings().empty());
    CHECK(terminal.take() == Lines{"debug: _c  50%, ETA 1 s, 1/2 items"});
    a.done(1);
    auto const line_a = "long  [##########..........]   50%  ETA 1 s  1/2 items" + to_end;
    CHECK(terminal.take_drawings() == Lines{"\r" + line_a + "\n\rb     0 tasks done" + to_end});
    terminal.now += 1;
    display.tick(0);
    CHECK(terminal.take_drawings().front().starts_with("\r\x1b[1Along")); // over the same lines
    a.close();
    CHECK(terminal.take_drawings() == Lines{"\r\x1b[1A\x1b[J"}); // before the line of the log
    terminal.now += 1;
    b.done(1);
    CHECK(terminal.take_drawings() == Lines{line("b  1 tasks done")});
}

TEST_CASE("a low terminal has fewer lines, and says how many are left out")
{
    FakeTerminal terminal;
    terminal.height = 3;
    auto display = terminal.display("bar");
    std::vector<std::unique_ptr<FakeStarmap>> starmaps;
    for (std::uint32_t i = 1; i <= 4; ++i)
        starmaps.push_back(std::make_unique<FakeStarmap>(
            display, Given{.starmap = i, .name = "x", .total_known = false}));
    terminal.now += 1;
    display.tick(0);
    CHECK(terminal.take_drawings() == Lines{line("x  0 tasks done") + "\n\rand 3 more" + to_end});
    starmaps[0]->close();
    starmaps[1]->close();
    starmaps[2]->close();
    terminal.take_drawings();
    terminal.now += 1;
    display.tick(0);
    CHECK(terminal.take_drawings() == Lines{line("x  0 tasks done")});
}

TEST_CASE("fewer lines than before leave none of them behind")
{
    FakeTerminal terminal;
    auto display = terminal.display("bar");
    FakeStarmap a(display, {.starmap = 1, .name = "a", .total_known = false});
    FakeStarmap b(display, {.starmap = 2, .name = "b", .total_known = false});
    terminal.now += 1;
    display.tick(0);
    terminal.take_drawings();
    terminal.height = 2; // somebody has made the window smaller
    terminal.now += 1;
    display.tick(0);
    CHECK(terminal.take_drawings() == Lines{"\r\x1b[1Aand 2 more" + to_end + "\x1b[J"});
}

TEST_CASE("workers, failures, retries and traffic are shown as far as they fit")
{
    FakeTerminal terminal;
    terminal.width = 120;
    auto display = terminal.display("bar");
    FakeStarmap starmap(
        display,
        {.starmap = 1, .name = "x", .items = 2000, .weight_total = 2000, .tasks_total = 2000});
    display.pulse(pulse(0, 8, {{1, {.workers = 7, .seconds = 0}}}));
    for (int i = 0; i < 998; ++i) starmap.done(1, 1, 0.01);
    starmap.failed(false);
    starmap.failed(true);
    starmap.info.received = 20'000'000;
    terminal.now += 10;
    starmap.done(1, 1, 0.01);
    display.pulse(pulse(10, 8, {{1, {.workers = 7, .seconds = 0}}}));
    terminal.take_drawings();
    auto const drawn = [&](std::size_t width) {
        terminal.width = width;
        terminal.now += 0.15;
        display.tick(0);
        auto text = terminal.take_drawings().at(0);
        CHECK(columns_of(text) <=
              std::max<std::size_t>(width, 2) + 3); // with the return and the clearing
        return text.substr(1, text.size() - 4);
    };
    CHECK(drawn(120) == "x  [#########...........]   49%  ETA 11 s  1 failed, 1 retried  "
                        "999/2,000 tasks  7/8 busy  2.0 MB/s");
    CHECK(drawn(90) == "x  [####......]   49%  ETA 11 s  1 failed, 1 retried  999/2,000 tasks  "
                       "7/8 busy  2.0 MB/s");
    CHECK(drawn(70) == "x   49%  ETA 11 s  1 failed, 1 retried  999/2,000 tasks  7/8 busy");
    CHECK(drawn(60) == "x   49%  ETA 11 s  1 failed, 1 retried  999/2,000 tasks");
    CHECK(drawn(40) == "x   49%  ETA 11 s  1 failed, 1 retried");
    CHECK(drawn(20) == "x   49%  ETA 11 s");
    CHECK(drawn(10) == "x   49%");
    CHECK(drawn(4) == "x  ");
    CHECK(drawn(1) == "x");
}

TEST_CASE("the bar is cut between characters, and shows no control characters")
{
    FakeTerminal terminal;
    terminal.width = 4;
    auto display = terminal.display("bar");
    FakeStarmap starmap(display, {.starmap = 1, .name = "\u00e4\u00f6\u00fc\u00df", .items = 2});
    terminal.now += 1;
    starmap.done(0);
    CHECK(terminal.take_drawings() == Lines{line("\u00e4\u00f6\u00fc")});
    CHECK(printable("a\x1b[2J\nb\x7f\u00e4") == "a?[2J?b?\u00e4");
}

TEST_CASE("the end of the run, and of the display, leave no bar and no hook")
{
    FakeTerminal terminal;
    {
        auto display = terminal.display("bar");
        FakeStarmap starmap(display, {.starmap = 1, .name = "x", .items = 4, .weight_total = 4});
        terminal.now += 1;
        starmap.done(1);
        terminal.take_drawings();
        display.run_ended(false);
        CHECK(terminal.take_drawings().front() == erase);
        display.tick(0);
        CHECK(terminal.take_drawings().empty());
    }
    CHECK_FALSE(terminal.hook);
}
