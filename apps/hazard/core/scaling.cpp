#include "core/scaling.hpp"

#include "core/input_error.hpp"

#include <algorithm>
#include <cmath>
#include <string>

namespace hazard {

Scaling scaling_named(std::string_view name)
{
    if (name == "PointMSR") return Scaling::point;
    if (name == "PeerMSR") return Scaling::peer;
    if (name == "WC1994") return Scaling::wells_coppersmith;
    throw InputError("the magnitude scaling relation \"" + std::string(name) +
                     "\" is not known: PointMSR, PeerMSR and WC1994 are");
}

bool is_reverse(double rake) { return rake >= 45 && rake <= 135; }

double rupture_area(Scaling scaling, double magnitude, double rake)
{
    switch (scaling) {
    case Scaling::point: return 0;
    case Scaling::peer: return std::pow(10, magnitude - 4);
    case Scaling::wells_coppersmith: break;
    }
    if (std::abs(rake) <= 45 || std::abs(rake) >= 135)
        return std::pow(10, -3.42 + 0.90 * magnitude);
    if (rake > 0) return std::pow(10, -3.99 + 0.98 * magnitude);
    return std::pow(10, -2.87 + 0.82 * magnitude);
}

Extent fitted(double area, double aspect_ratio, Extent largest)
{
    if (area <= 0) return {};
    Extent extent;
    extent.width = std::min(std::sqrt(area / aspect_ratio), largest.width);
    extent.length = std::min(area / extent.width, largest.length);
    extent.width = std::min(area / extent.length, largest.width);
    return extent;
}

} // namespace hazard
