#include "scheduling/cost_model.hpp"

#include <doctest/doctest.h>

#include <cmath>
#include <cstdint>

using starmap::scheduling::Cost;
using starmap::scheduling::CostModel;

TEST_CASE("a model that has seen nothing knows nothing")
{
    CostModel model;
    model.observe({.first = 0, .count = 0, .weight = 0, .group = 0}, 3);
    CHECK_FALSE(model.knows_anything());
    CHECK(model.seconds(0, 5, 2) == 0);
    CHECK(std::isinf(model.weight(0, 1)));
    CHECK(model.seconds_per_unit(0) == 0);
}

TEST_CASE("seconds follow weights, by group, and all groups teach those not seen")
{
    CostModel model;
    model.observe({.first = 0, .count = 2, .weight = 4, .group = 0}, 8);
    model.observe({.first = 2, .count = 6, .weight = 4, .group = 7}, 24);
    CHECK(model.knows_anything());
    CHECK(model.seconds(0, 3, 1) == 6);
    CHECK(model.seconds(7, 3, 1) == 18);
    CHECK(model.seconds(5, 3, 1) == 12);
    CHECK(model.weight(0, 6) == 3);
    CHECK(model.weight(7, 6) == 1);
    CHECK(model.weight(5, 8) == 2);
    CHECK(model.seconds_per_unit(0) == 4);
    CHECK(model.seconds_per_unit(7) == 4);
    CHECK(model.seconds_per_unit(5) == 4);
}

TEST_CASE("weights of zero are counted by the unit, work that takes no time has no weight limit")
{
    CostModel model;
    model.observe({.first = 0, .count = 4, .weight = 0, .group = 0}, 2);
    CHECK(model.seconds(0, 0, 3) == 1.5);
    CHECK(std::isinf(model.weight(0, 1)));
    model.observe({.first = 4, .count = 1, .weight = 1, .group = 1}, 0);
    CHECK(model.seconds(1, 9, 9) == 0);
    CHECK(std::isinf(model.weight(1, 1)));
}

TEST_CASE(
    "what takes far longer than it should counts for 16 times that, and what always does, fully")
{
    CostModel model;
    model.observe({.first = 0, .count = 9, .weight = 9, .group = 0}, 9);
    model.observe({.first = 9, .count = 1, .weight = 1, .group = 0}, 1e6);
    CHECK(model.seconds(0, 10, 10) == 9 + 16);
    for (int i = 0; i < 40; ++i)
        model.observe({.first = 10, .count = 1, .weight = 1, .group = 0}, 1e3);
    CHECK(model.seconds(0, 1, 1) > 500);
    // Short work may take a millisecond more than it should.
    CostModel quick;
    quick.observe({.first = 0, .count = 1, .weight = 1, .group = 0}, 0);
    quick.observe({.first = 1, .count = 1, .weight = 1, .group = 0}, 1);
    CHECK(quick.seconds(0, 2, 2) == 1e-3);
}

TEST_CASE("seconds per unit follow the latest results, seconds per weight all of them")
{
    CostModel model;
    model.observe({.first = 0, .count = 1, .weight = 8, .group = 0}, 8);
    for (std::uint64_t i = 1; i <= 60; ++i)
        model.observe({.first = i, .count = 1, .weight = 0.25, .group = 0}, 0.25);
    CHECK(model.seconds_per_unit(0) == doctest::Approx(0.25).epsilon(0.01));
    CHECK(model.seconds(0, 3, 1) == doctest::Approx(3));
}

TEST_CASE("what an earlier run tells is believed at first, by group, and counts for four units")
{
    CostModel model;
    model.expect({.seconds = 200, .weight = 100, .units = 50});
    model.expect(7, {.seconds = 30, .weight = 10, .units = 10});
    CHECK(model.knows_anything());
    CHECK(model.observed().empty());
    CHECK(model.seconds(0, 3, 1) == doctest::Approx(6));
    CHECK(model.seconds(7, 3, 1) == doctest::Approx(9));
    CHECK(model.seconds_per_unit(0) == doctest::Approx(4));
    CHECK(model.weight(7, 9) == doctest::Approx(3));
    // Four units of the prior, four of this run.
    model.observe({.first = 0, .count = 4, .weight = 8, .group = 0}, 32);
    CHECK(model.seconds(0, 1, 1) == doctest::Approx(4));
    CHECK(model.observed().size() == 1);
    CHECK(model.observed().at(0).seconds == 32);
    CHECK(model.observed().at(0).weight == 8);
    CHECK(model.observed().at(0).units == 4);
    // Of the other groups the prior of all and what was seen.
    CHECK(model.seconds(5, 1, 1) == doctest::Approx(3));
}

TEST_CASE("an earlier run that was 10 times off is corrected after some tens of units")
{
    for (double const wrong : {10.0, 0.1}) {
        CAPTURE(wrong);
        CostModel model;
        model.expect({.seconds = 1000 * wrong, .weight = 1000, .units = 1000});
        for (std::uint64_t i = 0; i < 36; ++i)
            model.observe({.first = i, .count = 1, .weight = 1, .group = 0}, 1);
        CHECK(model.seconds(0, 1, 1) < 2);
        CHECK(model.seconds(0, 1, 1) > 0.5);
        CHECK(model.seconds_per_unit(0) < 5);
        model.observe({.first = 36, .count = 1000, .weight = 1000, .group = 0}, 1000);
        CHECK(model.seconds(0, 1, 1) == doctest::Approx(1).epsilon(0.05));
    }
}

TEST_CASE("the first result of a group is believed of it, however far it is from the others")
{
    CostModel model;
    model.observe({.first = 0, .count = 1, .weight = 1, .group = 0}, 1);
    CHECK_FALSE(model.knows(1));
    model.observe({.first = 1, .count = 1, .weight = 1, .group = 1}, 1000);
    CHECK(model.knows(1));
    CHECK(model.seconds(1, 1, 1) == doctest::Approx(1000));
    CHECK(model.seconds(2, 1, 1) == doctest::Approx(8.5)); // of all: 1 and 16
    model.observe({.first = 2, .count = 1, .weight = 1, .group = 1}, 1e6);
    CHECK(model.seconds(1, 1, 1) == doctest::Approx(8500));
}

TEST_CASE("an earlier run that says nothing, or no sense, is left out")
{
    auto const nan = std::nan("");
    CostModel model;
    for (auto const& cost : {Cost{}, Cost{1, 1, 0}, Cost{-1, 1, 1}, Cost{1, -1, 1}, Cost{nan, 1, 1},
                             Cost{1, nan, 1}, Cost{1, 1, nan}, Cost{1, 1, INFINITY}}) {
        model.expect(cost);
        model.expect(3, cost);
    }
    CHECK_FALSE(model.knows_anything());
    CHECK(model.seconds(3, 1, 1) == 0);
}
