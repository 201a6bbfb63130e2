#include "slab.hpp"

#include <cmath>

Balance follow_neutron(Slab const& slab, Xoshiro256& random)
{
    // Below this weight a neutron is not worth its time: one in two is dropped, the other doubled.
    constexpr double light = 0.1;
    Balance balance;
    double weight = 1;
    double depth = 0;
    double direction = 1; // cosine of the angle to the beam
    while (weight != 0) {
        depth -= direction * std::log(random.uniform());
        if (depth >= slab.thickness) {
            balance.transmitted = weight;
            break;
        }
        if (depth < 0) {
            balance.reflected = weight;
            break;
        }
        auto const kept = weight * slab.scattering;
        balance.absorbed += weight - kept;
        weight = kept;
        if (weight < light) weight = random.uniform() <= 0.5 ? 2 * weight : 0;
        direction = 1 - 2 * random.uniform();
    }
    return balance;
}
