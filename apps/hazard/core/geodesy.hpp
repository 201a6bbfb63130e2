#pragma once

#include <string>
#include <vector>

namespace hazard {

/// The earth is a sphere of this radius [km].
inline constexpr double earth_radius = 6371.0;
inline constexpr double radians_per_degree = 0.017453292519943295;

/// A place on the sphere [degrees].
struct Position {
    double lon = 0;
    double lat = 0;
};

/// A point or vector from the earth's centre: x to (0, 0), z to the north pole [km].
struct Vector {
    double x = 0;
    double y = 0;
    double z = 0;
};
Vector operator+(Vector a, Vector b);
Vector operator-(Vector a, Vector b);
Vector operator*(double factor, Vector a);
double dot(Vector a, Vector b);
double length(Vector a);

/// Throws InputError unless -180 <= lon <= 180 and -90 <= lat <= 90.
void check(Position place);
/// As it is written in messages: "(-122, 38)".
std::string text_of(Position place);

/// The point below `place` at this depth [km].
Vector to_cartesian(Position place, double depth = 0);

/// Unit vectors at a place: the axes of its horizon.
struct Horizon {
    Vector east;
    Vector north;
    Vector down;
};
Horizon horizon(Position place);
/// The horizontal unit vector in the direction of an azimuth [degrees, clockwise from north].
Vector direction(Horizon const& axes, double azimuth);

/// Along the great circle [km].
double surface_distance(Position a, Position b);
/// Of the great circle at its start [degrees, clockwise from north, -180 to 180].
double azimuth(Position from, Position to);
/// The place that a great circle reaches [km].
Position moved(Position start, double azimuth, double distance);

/// Where the line of these corners is at evenly spaced distances: `pieces` + 1 places, the first
/// and the last being its ends.
std::vector<Position> evenly_spaced(std::vector<Position> const& line, int pieces);
/// Length of the line through these corners along great circles [km].
double length_of(std::vector<Position> const& line);

} // namespace hazard
