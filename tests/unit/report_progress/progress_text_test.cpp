#include "report/progress_text.hpp"

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
