#include "report/progress_text.hpp"

#include "report/recent_rate.hpp"

#include "unit/report_progress/fake_output.hpp"

#include <doctest/doctest.h>

#include <limits>

using namespace starmap::report;

TEST_CASE("a remaining time is rounded up")
{
    CHECK(eta_text(0.01) == "1 s");
    CHECK(eta_text(59) == "59 s");
    CHECK(eta_text(59.5) == "1 min");
    CHECK(eta_text(61) == "2 min");
    CHECK(eta_text(3540) == "59 min");
    CHECK(eta_text(3541) == "1 h 0 min");
    CHECK(eta_text(7500) == "2 h 5 min");
    CHECK(eta_text(-1) == "0 s");
    CHECK(eta_text(std::numeric_limits<double>::infinity()) == "277777 h 47 min");
}

TEST_CASE("a percentage is truncated: 100 is only what is all done")
{
    CHECK(percent_done(0) == 0);
    CHECK(percent_done(2.0 / 3) == 66);
    CHECK(percent_done(0.9999) == 99);
    CHECK(percent_done(1 - 1e-12) == 100);
    CHECK(percent_done(1) == 100);
}

TEST_CASE("the fraction stays between 0 and 1, and is 0 for an unknown total")
{
    CHECK(fraction_done(Given{.items = 2, .weight_total = 4}, 0, 5) == 1);
    CHECK(fraction_done(Given{.tasks = 3, .tasks_total = 2}, 0, 0) == 1); // a retry came on top
    CHECK(fraction_done(Given{.items = 2, .total_known = false, .weight_total = 4}, 2, 4) == 0);
    CHECK(fraction_done(Given{}, 0, 0) == 0);
}

TEST_CASE("a spread shares its unit where it can, and is left out where it does not show")
{
    using Interval = EndEstimate::Interval;
    auto const text = [](double low, double likely, double high) {
        return eta_text(Interval{.low = low, .likely = likely, .high = high, .has_spread = true});
    };
    CHECK(text(8.5, 11.2, 15.1) == "12 s (9-16 s)");
    CHECK(text(11.5, 11.7, 11.9) == "12 s");
    CHECK(text(50, 70, 110) == "2 min (50 s - 2 min)");
    CHECK(text(3000, 3500, 7500) == "59 min (50 min - 2 h 5 min)");
    CHECK(text(4000, 5000, 7500) == "1 h 24 min (1 h 7 min - 2 h 5 min)");
    CHECK(eta_text(Interval{.low = 1, .likely = 2, .high = 3}) == "2 s");
}

TEST_CASE("numbers in groups of three")
{
    CHECK(grouped(0) == "0");
    CHECK(grouped(999) == "999");
    CHECK(grouped(1000) == "1,000");
    CHECK(grouped(1234567) == "1,234,567");
    CHECK(grouped(~std::uint64_t{0}) == "18,446,744,073,709,551,615");
}

TEST_CASE("a total that is not known has a speed instead of an end")
{
    Progress progress;
    progress.name = "x";
    progress.total_known = false;
    progress.done = 1200;
    CHECK(log_text(progress) == "x: 1,200 tasks done");
    progress.done_per_second = 1234.5;
    progress.bytes_per_second = 2.5e6;
    progress.busy = 2;
    progress.workers = 3;
    CHECK(log_text(progress) == "x: 1,200 tasks done, 1,234/s, 2/3 workers busy, 2.5 MB/s");
    progress.done_per_second = 0.25;
    CHECK(bar_text(progress, 80) == "x  1,200 tasks done  0.2/s  2/3 busy  2.5 MB/s");
    CHECK(bar_text(progress, 20) == "x  1,200 tasks done");
}

TEST_CASE("a rate is that of the last seconds")
{
    RecentRate rate;
    CHECK(rate.per_second() == 0);
    rate.note(0, 0);
    rate.note(0.1, 100);
    CHECK(rate.per_second() == 0); // too short to tell
    for (int i = 1; i <= 100; ++i) rate.note(i * 0.1, 100.0 * i);
    CHECK(rate.per_second() == doctest::Approx(1000));
    for (int i = 101; i <= 200; ++i) rate.note(i * 0.1, 10000);
    CHECK(rate.per_second() == 0);
}
