#include "core/ground_motion.hpp"

#include <cmath>

namespace hazard {

Shaking sadigh_1997(double magnitude, bool reverse)
{
    bool const small = magnitude <= 6.5;
    Shaking shaking;
    shaking.base = small ? -0.624 + 1.0 * magnitude : -1.274 + 1.1 * magnitude;
    if (reverse) shaking.base += std::log(1.2);
    shaking.saturation =
        small ? std::exp(1.29649 + 0.250 * magnitude) : std::exp(-0.48451 + 0.524 * magnitude);
    shaking.sigma = magnitude < 7.21 ? 1.39 - 0.14 * magnitude : 0.38;
    return shaking;
}

} // namespace hazard
