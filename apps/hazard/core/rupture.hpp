#pragma once

#include "core/exceedance.hpp"
#include "core/geodesy.hpp"
#include "core/lanes.hpp"
#include "core/max_distance.hpp"
#include "core/sources.hpp"

#include <cstddef>
#include <vector>

namespace hazard {

/// A rectangular rupture, by its orientation and where its edges lie as seen from the hypocentre;
/// one without length and width is a point.
struct RuptureShape {
    double depth = 0; ///< of the hypocentre [km]
    double strike = 0;
    double dip = 90;
    double half_length = 0; ///< to both ends along the strike [km]
    double up = 0;          ///< to the upper edge, along the dip [km]
    double down = 0;        ///< to the lower edge
};

/// A rectangle of this extent around a hypocentre, moved along its dip as far as is needed to stay
/// within the layer.
RuptureShape shape_of(Extent extent, NodalPlane const& plane, double depth,
                      SeismogenicLayer const& layer);

/// Earthquakes that break the same rectangle.
struct Rupture {
    RuptureShape shape;
    std::vector<Event> events;
};

/// All ruptures below one place, which has the part `share` of the seismicity's rates. Ruptures
/// that are points fall together at each depth.
std::vector<Rupture> ruptures_below_a_place(PointSeismicity const& seismicity, double share,
                                            MaxDistance const& max_distance);

/// How many earthquakes they are.
std::size_t count_events(std::vector<Rupture> const& ruptures);

/// How far from the place on the surface any of them is felt, at most [km].
double felt_within(std::vector<Rupture> const& ruptures);

/// The points of sites, side by side [km from the earth's centre].
struct SiteLanes {
    Lanes x;
    Lanes y;
    Lanes z;
    std::size_t count = 0;

    void push_back(Vector site);
    /// Repeats the last site up to filled(count), so that all lanes hold numbers.
    void fill();
};

/// A shape below a place: the distances from it.
class PlacedRupture {
public:
    /// `axes` are those of the place.
    PlacedRupture(RuptureShape const& shape, Position place, Horizon const& axes);
    /// Of each site to the closest point of the rectangle, along a straight line [km].
    void distances(SiteLanes const& sites, Lanes& result) const;

private:
    RuptureShape shape_;
    Vector hypocentre_;
    Vector along_strike_;
    Vector down_dip_;
    Vector normal_;
};

} // namespace hazard
