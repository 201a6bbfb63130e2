#include "core/polygon.hpp"

#include "core/input_error.hpp"
#include "core/numbers.hpp"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <string>

namespace hazard {

namespace {

constexpr double km_per_degree = earth_radius * radians_per_degree;
constexpr double most_places = 1e7;

/// With longitudes that go on beyond 180 degrees instead of jumping there.
std::vector<Position> unrolled(std::vector<Position> polygon)
{
    for (std::size_t i = 1; i < polygon.size(); ++i)
        polygon[i].lon =
            polygon[i - 1].lon + std::remainder(polygon[i].lon - polygon[i - 1].lon, 360.0);
    return polygon;
}

/// Twice the area of the triangle; positive if it turns left.
double turn(Position a, Position b, Position c)
{
    return (b.lon - a.lon) * (c.lat - a.lat) - (b.lat - a.lat) * (c.lon - a.lon);
}

bool in_box(Position a, Position b, Position place)
{
    return place.lon >= std::min(a.lon, b.lon) && place.lon <= std::max(a.lon, b.lon) &&
           place.lat >= std::min(a.lat, b.lat) && place.lat <= std::max(a.lat, b.lat);
}

/// Whether the sides ab and cd have a place in common.
bool meet(Position a, Position b, Position c, Position d)
{
    auto const abc = turn(a, b, c);
    auto const abd = turn(a, b, d);
    auto const cda = turn(c, d, a);
    auto const cdb = turn(c, d, b);
    if (abc * abd < 0 && cda * cdb < 0) return true;
    return (abc == 0 && in_box(a, b, c)) || (abd == 0 && in_box(a, b, d)) ||
           (cda == 0 && in_box(c, d, a)) || (cdb == 0 && in_box(c, d, b));
}

/// Counts the sides west of the place: odd inside.
bool contains(std::vector<Position> const& polygon, Position place)
{
    bool inside = false;
    for (std::size_t i = 0, last = polygon.size() - 1; i < polygon.size(); last = i++) {
        auto const a = polygon[last];
        auto const b = polygon[i];
        if ((a.lat > place.lat) == (b.lat > place.lat)) continue;
        if (place.lon > a.lon + (place.lat - a.lat) / (b.lat - a.lat) * (b.lon - a.lon))
            inside = !inside;
    }
    return inside;
}

std::string side(Position a, Position b) { return text_of(a) + "-" + text_of(b); }

} // namespace

void check_simple(std::vector<Position> const& polygon)
{
    auto const n = polygon.size();
    if (n < 3)
        throw InputError("a polygon has " + std::to_string(n) +
                         " corners (three are the least): give more");
    auto const corners = unrolled(polygon);
    if (std::abs(corners.front().lon - corners.back().lon) > 180)
        throw InputError("a polygon goes around a pole (its inside cannot be told): cut it in two");
    auto const corner = [&](std::size_t i) { return corners[i % n]; };
    for (std::size_t i = 0; i < n; ++i)
        if (corner(i).lon == corner(i + 1).lon && corner(i).lat == corner(i + 1).lat)
            throw InputError("a polygon has the corner " + text_of(polygon[i]) +
                             " twice in a row (its last side is closed by itself): take one out");
    for (std::size_t i = 0; i < n; ++i) {
        auto const [a, b] = std::pair(corner(i), corner(i + 1));
        for (std::size_t j = i + 1; j < n; ++j) {
            auto const [c, d] = std::pair(corner(j), corner(j + 1));
            // Neighbours share one corner; they overlap if they also turn right back.
            bool const neighbours = j == i + 1 || (i == 0 && j == n - 1);
            auto const far = j == i + 1 ? d : c;
            auto const near = j == i + 1 ? a : b;
            auto const shared = j == i + 1 ? b : a;
            bool const back = turn(near, shared, far) == 0 &&
                              (in_box(near, shared, far) || in_box(shared, far, near));
            if (neighbours ? back : meet(a, b, c, d))
                throw InputError("the sides " + side(polygon[i], polygon[(i + 1) % n]) + " and " +
                                 side(polygon[j], polygon[(j + 1) % n]) +
                                 " of a polygon cross (its inside cannot be told): put its corners "
                                 "in order");
        }
    }
}

std::vector<Position> grid_inside(std::vector<Position> const& polygon, double spacing)
{
    auto const corners = unrolled(polygon);
    auto west = corners.front();
    auto east = west;
    for (auto const& corner : corners) {
        west = {std::min(west.lon, corner.lon), std::min(west.lat, corner.lat)};
        east = {std::max(east.lon, corner.lon), std::max(east.lat, corner.lat)};
    }
    auto const height = (east.lat - west.lat) * km_per_degree;
    auto const rows = std::max(1.0, std::round(height / spacing));
    std::vector<Position> places;
    for (double row = 0; row < rows; ++row) {
        auto const lat = west.lat + (row + 0.5) / rows * (east.lat - west.lat);
        auto const km = km_per_degree * std::max(1e-9, std::cos(lat * radians_per_degree));
        auto const steps = std::max(1.0, std::round((east.lon - west.lon) * km / spacing));
        if (rows * steps > most_places)
            throw InputError("an area of " + text_of(std::round(height)) +
                             " km from south to north has too many places at a spacing of " +
                             text_of(spacing) + " km: use a wider one");
        for (double step = 0; step < steps; ++step) {
            auto const lon = (west.lon + east.lon) / 2 + (step - (steps - 1) / 2) * spacing / km;
            if (contains(corners, {lon, lat})) places.push_back({std::remainder(lon, 360.0), lat});
        }
    }
    if (places.empty())
        throw InputError("an area holds no place of a grid of " + text_of(spacing) +
                         " km (it is too small): use a smaller spacing");
    return places;
}

} // namespace hazard
