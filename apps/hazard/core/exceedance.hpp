#pragma once

#include "core/ground_motion.hpp"
#include "core/lanes.hpp"

#include <cstddef>
#include <optional>
#include <vector>

namespace hazard {

/// One earthquake of a rupture: how it shakes, and how often it happens.
struct Event {
    Shaking shaking;
    double rate = 0;     ///< [1/year]
    double farthest = 0; ///< it is not felt at sites farther away than this [km]; may be infinite
};

/// Adds up how often ground motions exceed given levels: the innermost loop of all.
class Exceedance {
public:
    /// `levels` [g] rise and are positive. `truncation`: ln y stays within so many standard
    /// deviations of its mean, 0 being the median alone; without it there is no bound.
    Exceedance(std::vector<double> const& levels, std::optional<double> truncation);

    std::size_t levels() const noexcept { return log_levels_.size(); }

    /// How many levels the event can exceed at this distance: what add() costs there.
    std::size_t levels_felt(Event const& event, double distance) const;

    /// Adds the event's rate times the probability that level l is exceeded at distance
    /// `distances[i]` [km] to `rates[l * lanes + i]`, for all i below `sites` rounded up by
    /// filled(). Distances are at least 0.
    void add(Event const& event, Lanes const& distances, std::size_t sites, double* rates) const;

    /// Adds the same, one by one and by the functions of the C library: what add() is measured
    /// against and tested with.
    void add_plainly(Event const& event, Lanes const& distances, std::size_t sites,
                     double* rates) const;

    /// What add() needs to know besides its arguments.
    struct Truncation {
        double bound = 0;  ///< in standard deviations
        double beyond = 0; ///< the probability above the bound, without truncation
        double scale = 0;  ///< 1 / the probability within the bounds
    };

private:
    std::vector<double> log_levels_;
    Truncation truncation_;
};

} // namespace hazard
