#pragma once

#include "core/work.hpp"

#include <vector>

namespace hazard {

/// What steps cost, measured: the unit is a probability of exceedance at one site.
namespace cost {
inline constexpr double motion = 1.5;    ///< distribution of the motion of one event
inline constexpr double distance = 1;    ///< to one rectangle or point of a mesh
inline constexpr double minimum = 0.15;  ///< of two distances
inline constexpr double placing = 40;    ///< a rectangle below a place
inline constexpr double site = 1;        ///< looking whether a site is near a place
inline constexpr double mesh_point = 60; ///< making one
inline constexpr double piece = 4000;    ///< what every piece costs
} // namespace cost

/// No piece is made heavier than this, if it can be cut.
inline constexpr double most_weight = 4e6;

/// The pieces of a source that has these places, each with the same share of the seismicity.
std::vector<Work> pieces_of_places(std::vector<Position> const& places,
                                   PointSeismicity const& seismicity, Sites const& sites,
                                   SiteRange range, Calculation const& calculation);

std::vector<Work> pieces_of_fault(SimpleFaultSource const& fault, Sites const& sites,
                                  SiteRange range, Calculation const& calculation);

} // namespace hazard
