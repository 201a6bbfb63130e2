#include "scheduling/cost_model.hpp"

#include <doctest/doctest.h>

#include <cmath>

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
