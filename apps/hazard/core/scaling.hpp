#pragma once

#include <string_view>

namespace hazard {

/// How the area of a rupture grows with its magnitude.
enum class Scaling {
    point,            ///< PointMSR: a point
    peer,             ///< PeerMSR: 10^(M - 4) km2
    wells_coppersmith ///< WC1994: Wells and Coppersmith (1994), Table 2A, by the rake
};

/// By its name in NRML. Throws InputError for another.
Scaling scaling_named(std::string_view name);

/// The area of a rupture [km2]; `rake` in degrees.
double rupture_area(Scaling scaling, double magnitude, double rake);

/// Faulting that pushes one side up: a rake of 45 to 135 degrees.
bool is_reverse(double rake);

/// A rectangle: along the strike and down the dip [km].
struct Extent {
    double length = 0;
    double width = 0;
};
/// A rectangle of this area and this length : width that fits into `largest`. What does not fit in
/// one direction is added in the other, so that the area is kept as long as the whole can hold it.
Extent fitted(double area, double aspect_ratio, Extent largest);

} // namespace hazard
