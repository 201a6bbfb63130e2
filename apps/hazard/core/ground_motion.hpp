#pragma once

namespace hazard {

/// The peak ground acceleration y [g] of one earthquake, as a function of the closest distance r
/// [km] to its rupture: ln y is normally distributed around base - decay ln(r + saturation).
struct Shaking {
    static constexpr double decay = 2.1;
    double base = 0;
    double saturation = 0; ///< [km], above 1
    double sigma = 0;      ///< standard deviation of ln y
};

/// Sadigh, Chang, Egan, Makdisi and Youngs (1997), "Attenuation relationships for shallow crustal
/// earthquakes based on California strong motion data", rock, peak ground acceleration. Reverse
/// faulting shakes 1.2 times as strongly.
Shaking sadigh_1997(double magnitude, bool reverse);

} // namespace hazard
