#pragma once

#include <vector>

namespace hazard {

/// How often earthquakes of a magnitude happen.
struct MagnitudeRate {
    double magnitude = 0;
    double rate = 0; ///< [1/year]
};

/// Truncated Gutenberg and Richter: 10^(a - b m) earthquakes a year from magnitude m on, between
/// `smallest` and `largest`, as bins of nearly `bin_width` that fill the range exactly; a bin's
/// rate stands at its centre. Throws InputError for a range or a width that is not positive.
std::vector<MagnitudeRate> truncated_gutenberg_richter(double a, double b, double smallest,
                                                       double largest, double bin_width);

/// One rate a bin, the first at `smallest`; bins of rate 0 are left out. Throws InputError for
/// rates that are negative, none, or all 0, and for a width that is not positive.
std::vector<MagnitudeRate> evenly_discretised(double smallest, double bin_width,
                                              std::vector<double> const& rates);

} // namespace hazard
