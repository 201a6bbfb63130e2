#pragma once

#include "core/geodesy.hpp"

#include <vector>

namespace hazard {

/// Polygons are lists of corners, the last joined to the first; sides are straight in longitude and
/// latitude, and may cross the 180th meridian where that is the shorter way.

/// Throws InputError, with the places, for fewer than three corners, corners that come twice, sides
/// that cross or touch, and a pole inside.
void check_simple(std::vector<Position> const& polygon);

/// The places inside a polygon on a grid of `spacing` km: rows along circles of latitude, each with
/// steps of its own, so that every place stands for the same area. The middle of the
/// polygon's bounding box is one of them. Throws InputError where there is no such place, or more
/// than ten million.
std::vector<Position> grid_inside(std::vector<Position> const& polygon, double spacing);

} // namespace hazard
