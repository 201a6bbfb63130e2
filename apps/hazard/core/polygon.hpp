#pragma once

#include "core/geodesy.hpp"

#include <vector>

namespace hazard {

/// Polygons are lists of corners, the last joined to the first; sides are straight in longitude and
/// latitude, and may cross the 180th meridian where that is the shorter way.

/// Throws InputError, with the places, for fewer than three corners, corners that come twice, sides
/// that cross or touch, and a pole inside.
void check_simple(std::vector<Position> const& polygon);

/// The places inside a polygon on a grid of about `spacing` km: the middles of rows that fill the
/// height of the polygon's bounding box, and in each row steps of `spacing` that are centred in the
/// box, so that every place stands for the same area. Throws InputError where there is no such
/// place, or more than ten million.
std::vector<Position> grid_inside(std::vector<Position> const& polygon, double spacing);

} // namespace hazard
