#include "scheduling/cost_model.hpp"

#include <doctest/doctest.h>

#include <cmath>
#include <cstdint>

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
