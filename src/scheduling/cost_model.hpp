#pragma once

#include "scheduling/chunk.hpp"

#include <cstdint>
#include <unordered_map>

namespace starmap::scheduling {

/// Learns, from results, how many seconds a unit of weight takes: by group, and over all groups
/// for those not seen yet. Weights of zero are counted by the unit instead. A result that took far
/// longer than it should counts for 16 times what it should at the most: one task that hangs says
/// nothing of the others.
class CostModel {
public:
    void observe(Range const& done, double seconds);

    /// True once any result was seen.
    bool knows_anything() const noexcept { return all_.units > 0; }

    /// Seconds that `weight` in `units` units of this group should take; 0 while nothing is known.
    double seconds(std::uint32_t group, double weight, double units) const;

    /// Seconds that a chunk of these units should take; infinite while nothing is known.
    double predicted(Range const& range) const;

    /// The inverse: the weight that should take `seconds`; infinite while nothing is known, or
    /// when weights are zero.
    double weight(std::uint32_t group, double seconds) const;

    /// Seconds that one unit should take, whatever its weight, by the latest results: in canonical
    /// order the next units are like the last ones. 0 while nothing is known.
    double seconds_per_unit(std::uint32_t group) const;

private:
    struct Sums {
        double seconds = 0;
        double weight = 0;
        double units = 0;
        double recent_seconds = 0; ///< of late: each further result makes those before count less
        double recent_units = 0;
    };
    Sums const& sums(std::uint32_t group) const;

    Sums all_;
    std::unordered_map<std::uint32_t, Sums> groups_;
};

} // namespace starmap::scheduling
