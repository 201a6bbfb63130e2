#include "refusal.hpp"

#include "core/calculation.hpp"
#include "core/geodesy.hpp"
#include "core/polygon.hpp"

#include <doctest/doctest.h>

#include <cmath>

using namespace hazard;
using doctest::Approx;

constexpr double degree = earth_radius * radians_per_degree; // of a great circle [km]

TEST_CASE("distances and azimuths along meridian, equator and over the pole")
{
    CHECK(surface_distance({10, 20}, {10, 23}) == Approx(3 * degree).epsilon(1e-12));
    CHECK(surface_distance({179, 0}, {-179, 0}) == Approx(2 * degree).epsilon(1e-12));
    CHECK(surface_distance({0, 80}, {180, 80}) == Approx(20 * degree).epsilon(1e-12));
    CHECK(surface_distance({0, 0}, {180, 0}) == Approx(180 * degree).epsilon(1e-12));
    CHECK(azimuth({5, 5}, {5, 6}) == Approx(0));
    CHECK(azimuth({5, 0}, {6, 0}) == Approx(90));
    CHECK(azimuth({5, 0}, {4, 0}) == Approx(-90));
}

TEST_CASE("a place that was moved is found in the direction and at the distance")
{
    Position const start{-122, 38};
    for (double const towards : {0.0, 37.0, 121.0, -100.0}) {
        auto const end = moved(start, towards, 250);
        CHECK(surface_distance(start, end) == Approx(250).epsilon(1e-12));
        CHECK(azimuth(start, end) == Approx(towards).epsilon(1e-9));
    }
}

TEST_CASE("the axes of a horizon are orthonormal, and down goes to the centre")
{
    Position const place{33, -71};
    auto const [east, north, down] = horizon(place);
    CHECK(dot(east, north) == Approx(0));
    CHECK(dot(east, down) == Approx(0));
    CHECK(length(down) == Approx(1));
    auto const below = to_cartesian(place) + 10 * down;
    CHECK(length(below - to_cartesian(place, 10)) < 1e-9);
}

TEST_CASE("evenly spaced places go around corners and keep the ends")
{
    std::vector<Position> const line{{0, 0}, {0, 1}, {1, 1}};
    auto const places = evenly_spaced(line, 40);
    REQUIRE(places.size() == 41);
    CHECK(places.back().lon == 1);
    auto const step = length_of(line) / 40;
    int shorter = 0; // the one piece that cuts the corner
    for (std::size_t i = 1; i < places.size(); ++i)
        if (surface_distance(places[i - 1], places[i]) < step * (1 - 1e-9)) ++shorter;
    CHECK(shorter <= 1);
    CHECK(surface_distance(places[0], places[1]) == Approx(step));
}

TEST_CASE("places off the globe are refused")
{
    CHECK(has(refusal([] { check(Position{190, 0}); }), "longitude 190"));
    CHECK(has(refusal([] { check(Position{0, -91}); }), "latitude -91"));
    CHECK(has(refusal([] { check(Position{std::nan(""), 0}); }), "longitude nan"));
    CHECK(refusal([] { check(Position{-180, 90}); }).empty());
}

TEST_CASE("a grid has a place for each square of its spacing")
{
    std::vector<Position> const box{{10, 40}, {12, 40}, {12, 42}, {10, 42}};
    double const sine = std::sin(42 * radians_per_degree) - std::sin(40 * radians_per_degree);
    double const area = earth_radius * earth_radius * 2 * radians_per_degree * sine;
    auto const places = grid_inside(box, 2);
    CHECK(static_cast<double>(places.size()) * 4 == Approx(area).epsilon(0.02));
    for (auto const& place : places) {
        CHECK(std::abs(place.lon - 11) <= 1);
        CHECK(std::abs(place.lat - 41) <= 1);
    }
}

TEST_CASE("a grid follows a polygon over the 180th meridian, and into its bays")
{
    std::vector<Position> const box{{179, 0}, {-179, 0}, {-179, 2}, {180, 1}, {179, 2}};
    auto const places = grid_inside(box, 5);
    CHECK(places.size() > 1300);
    for (auto const& place : places) {
        CHECK(std::abs(place.lon) >= 179);
        CHECK(place.lat <= 1 + std::abs(180 - std::abs(place.lon)) + 1e-9); // under the bay
    }
}

TEST_CASE("the smallest polygon has the middle of its box; too fine a grid is refused")
{
    std::vector<Position> const triangle{{0, 0}, {0.01, 0}, {0.005, 0.01}};
    CHECK(grid_inside(triangle, 10).size() == 1);
    CHECK(has(refusal([] { grid_inside({{0, 0}, {30, 0}, {30, 30}}, 0.01); }), "0.01 km"));
    std::vector<Position> const hook{{0, 0}, {0.1, 0}, {0.1, 0.01}, {0.01, 0.01}, {0, 0.1}};
    CHECK(has(refusal([&] { grid_inside(hook, 100); }), "no place of a grid of 100 km"));
}

TEST_CASE("polygons whose inside cannot be told are refused")
{
    CHECK(refusal([] { check_simple({{0, 0}, {1, 0}, {1, 1}, {0, 1}}); }).empty());
    CHECK(has(refusal([] {
                  check_simple({{0, 0}, {1, 1}, {1, 0}, {0, 1}});
              }),
              "cross", "(0, 0)-(1, 1)", "(1, 0)-(0, 1)"));
    CHECK(has(refusal([] { check_simple({{0, 0}, {1, 0}}); }), "2 corners"));
    CHECK(has(refusal([] { check_simple({{0, 0}, {1, 0}, {1, 0}, {0, 1}}); }), "twice"));
    CHECK(has(refusal([] { check_simple({{0, 0}, {2, 0}, {1, 0}, {1, 1}}); }), "cross"));
    CHECK(has(refusal([] { check_simple({{0, 0}, {2, 0}, {2, 2}, {1, 0}, {0, 2}}); }), "cross"));
    CHECK(has(refusal([] { check_simple({{0, 70}, {120, 70}, {-120, 70}}); }), "pole"));
}

TEST_CASE("sites are found in a ball, by number, in their range")
{
    Sites const sites({{0, 0}, {0, 1}, {0, 2}, {0, 3}});
    Ball const ball{to_cartesian({0, 2}), 1.1 * degree};
    CHECK(sites.inside(ball, {0, 4}) == std::vector<std::uint32_t>{1, 2, 3});
    CHECK(sites.inside(ball, {0, 3}) == std::vector<std::uint32_t>{1, 2});
    CHECK(sites.distances_inside(ball, {2, 3}) == std::vector<double>{0});
}
