#include "core/geodesy.hpp"

#include "core/input_error.hpp"
#include "core/numbers.hpp"

#include <algorithm>
#include <cmath>
#include <cstddef>

namespace hazard {

Vector operator+(Vector a, Vector b) { return {a.x + b.x, a.y + b.y, a.z + b.z}; }
Vector operator-(Vector a, Vector b) { return {a.x - b.x, a.y - b.y, a.z - b.z}; }
Vector operator*(double factor, Vector a) { return {factor * a.x, factor * a.y, factor * a.z}; }
double dot(Vector a, Vector b) { return a.x * b.x + a.y * b.y + a.z * b.z; }
double length(Vector a) { return std::sqrt(dot(a, a)); }

void check(Position place)
{
    // Written so that what is not a number fails too.
    if (!(std::abs(place.lon) <= 180))
        throw InputError("longitude " + text_of(place.lon) +
                         " is not on the globe (-180 to 180 degrees are): write lon before lat");
    if (!(std::abs(place.lat) <= 90))
        throw InputError("latitude " + text_of(place.lat) +
                         " is not on the globe (-90 to 90 degrees are): write lon before lat");
}

std::string text_of(Position place)
{
    return "(" + text_of(place.lon) + ", " + text_of(place.lat) + ")";
}

Vector to_cartesian(Position place, double depth)
{
    auto const lon = place.lon * radians_per_degree;
    auto const lat = place.lat * radians_per_degree;
    auto const radius = earth_radius - depth;
    return {radius * std::cos(lat) * std::cos(lon), radius * std::cos(lat) * std::sin(lon),
            radius * std::sin(lat)};
}

Horizon horizon(Position place)
{
    auto const lon = place.lon * radians_per_degree;
    auto const lat = place.lat * radians_per_degree;
    return {{-std::sin(lon), std::cos(lon), 0},
            {-std::sin(lat) * std::cos(lon), -std::sin(lat) * std::sin(lon), std::cos(lat)},
            {-std::cos(lat) * std::cos(lon), -std::cos(lat) * std::sin(lon), -std::sin(lat)}};
}

Vector direction(Horizon const& axes, double azimuth)
{
    auto const angle = azimuth * radians_per_degree;
    return std::sin(angle) * axes.east + std::cos(angle) * axes.north;
}

double surface_distance(Position a, Position b)
{
    auto const chord = length(to_cartesian(a) - to_cartesian(b));
    return 2 * earth_radius * std::asin(std::min(1.0, chord / (2 * earth_radius)));
}

double azimuth(Position from, Position to)
{
    auto const axes = horizon(from);
    auto const target = to_cartesian(to);
    return std::atan2(dot(axes.east, target), dot(axes.north, target)) / radians_per_degree;
}

Position moved(Position start, double azimuth, double distance)
{
    auto const angle = distance / earth_radius;
    auto const axes = horizon(start);
    auto const end = std::sin(angle) * direction(axes, azimuth) - std::cos(angle) * axes.down;
    return {std::atan2(end.y, end.x) / radians_per_degree,
            std::asin(std::clamp(end.z, -1.0, 1.0)) / radians_per_degree};
}

double length_of(std::vector<Position> const& line)
{
    double sum = 0;
    for (std::size_t i = 1; i < line.size(); ++i) sum += surface_distance(line[i - 1], line[i]);
    return sum;
}

std::vector<Position> evenly_spaced(std::vector<Position> const& line, int pieces)
{
    auto const step = length_of(line) / pieces;
    std::vector<Position> places{line.front()};
    std::size_t corner = 0;
    double passed = 0; // length of the line before the corner
    for (int i = 1; i < pieces; ++i) {
        auto const wanted = step * i;
        auto side = surface_distance(line[corner], line[corner + 1]);
        while (passed + side < wanted && corner + 2 < line.size()) {
            passed += side;
            ++corner;
            side = surface_distance(line[corner], line[corner + 1]);
        }
        places.push_back(
            moved(line[corner], azimuth(line[corner], line[corner + 1]), wanted - passed));
    }
    places.push_back(line.back());
    return places;
}

} // namespace hazard
