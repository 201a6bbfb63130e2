#include "core/sources.hpp"

#include "core/input_error.hpp"
#include "core/numbers.hpp"

#include <cmath>
#include <cstddef>

namespace hazard {

namespace {

void check_angle(char const* name, double angle, double smallest, double largest)
{
    if (!(angle >= smallest && angle <= largest))
        throw InputError(std::string(name) + " is " + text_of(angle) + " (it lies between " +
                         text_of(smallest) + " and " + text_of(largest) + " degrees): mend it");
}

void check_dip(double dip)
{
    if (!(dip > 0 && dip <= 90))
        throw InputError("dip is " + text_of(dip) +
                         " (a rupture dips by more than 0 and up to 90 degrees): mend it");
}

/// Probabilities that are written with few digits need not add up to the last bit.
template <class Cases>
void check_probabilities(char const* of, Cases const& cases)
{
    double sum = 0;
    for (auto const& each : cases) {
        if (!(each.probability >= 0))
            throw InputError("the probability of a " + std::string(of) + " is " +
                             text_of(each.probability) + " (it is at least 0): mend it");
        sum += each.probability;
    }
    if (!(std::abs(sum - 1) <= 1e-6))
        throw InputError("the probabilities of the " + std::string(of) + "s add up to " +
                         text_of(sum) + " (one of them must be the case): make it 1");
}

} // namespace

void check(SeismogenicLayer const& layer)
{
    if (!(layer.upper >= 0 && layer.upper < layer.lower && layer.lower < earth_radius))
        throw InputError("the seismogenic layer reaches from " + text_of(layer.upper) + " to " +
                         text_of(layer.lower) +
                         " km (its upper depth must be at least 0 and less than the lower): mend "
                         "its depths");
}

void check(NodalPlane const& plane)
{
    check_angle("strike", plane.strike, 0, 360);
    check_dip(plane.dip);
    check_angle("rake", plane.rake, -180, 180);
}

void check(std::vector<MagnitudeRate> const& magnitudes)
{
    for (auto const& bin : magnitudes) {
        // Beyond these the ground motion's scatter and the areas make no sense.
        if (!(bin.magnitude >= 0 && bin.magnitude <= 9.9))
            throw InputError("a magnitude is " + text_of(bin.magnitude) +
                             " (earthquakes have 0 to 9.9): mend the magnitudes");
        if (!std::isfinite(bin.rate))
            throw InputError("the rate of magnitude " + text_of(bin.magnitude) +
                             " is too large for a number: mend aValue and bValue");
    }
}

void check(std::vector<NodalPlane> const& planes)
{
    for (auto const& plane : planes) check(plane);
    check_probabilities("nodalPlane", planes);
}

void check(std::vector<HypocentralDepth> const& depths, SeismogenicLayer const& layer)
{
    for (auto const& each : depths)
        if (!(each.depth >= layer.upper && each.depth <= layer.lower))
            throw InputError("a hypocentre is " + text_of(each.depth) +
                             " km deep (the seismogenic layer reaches from " +
                             text_of(layer.upper) + " to " + text_of(layer.lower) +
                             " km): let it lie inside");
    check_probabilities("hypoDepth", depths);
}

void check(SimpleFaultSource const& fault)
{
    if (fault.trace.size() < 2)
        throw InputError("the trace of a fault has " + std::to_string(fault.trace.size()) +
                         " places (two are needed for a line): give more");
    for (std::size_t i = 1; i < fault.trace.size(); ++i)
        if (surface_distance(fault.trace[i - 1], fault.trace[i]) < 1e-3)
            throw InputError("the trace of a fault has " + text_of(fault.trace[i]) +
                             " twice in a row (a line needs a direction): take one out");
    check_dip(fault.dip);
    check_angle("rake", fault.rake, -180, 180);
}

} // namespace hazard
