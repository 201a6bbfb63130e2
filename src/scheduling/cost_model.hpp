#pragma once

#include "scheduling/chunk.hpp"
#include "scheduling/pool_costs.hpp"

#include <cstdint>
#include <map>
#include <unordered_map>

namespace starmap::scheduling {

/// What earlier results have added up to; of another run, what is to be expected of this one.
struct Cost {
    double seconds = 0;
    double weight = 0;
    double units = 0;
};

/// Learns, from results, how many seconds a unit of weight takes: by group, and over all groups
/// for those not seen yet. Weights of zero are counted by the unit instead. A result that took far
/// longer than it should counts for 16 times what it should at the most: one task that hangs says
/// nothing of the others.
///
/// What an earlier run has taught counts like the first 4 units of this one at the most: so it is
/// all there is at the start, a tenth after 36 units, and soon nothing.
class CostModel {
public:
    void observe(Range const& done, double took);

    /// What an earlier run says of all groups. What says nothing (no units, or figures that are
    /// negative or not finite) is left out.
    void expect(Cost const& earlier) { expect(all_, earlier); }
    /// What it says of one group.
    void expect(std::uint32_t group, Cost const& earlier);

    /// True once any result was seen, or an earlier run has told.
    bool knows_anything() const noexcept { return all_.units > 0 || all_.prior.units > 0; }

    /// True once any result of this group was seen, or an earlier run has told of it or of all.
    bool knows(std::uint32_t group) const
    {
        return all_.prior.units > 0 || groups_.contains(group);
    }

    /// True once any result of this group was seen, or an earlier run has told of it by itself.
    bool knows_apart(std::uint32_t group) const { return groups_.contains(group); }

    /// What the results of this run have added up to, by group.
    std::map<std::uint32_t, Cost> observed() const;

    /// Seconds that all results of this run took.
    double spent() const noexcept { return all_.seconds; }

    /// Seconds that `weight` in `units` units of this group should take; 0 while nothing is known.
    double seconds(std::uint32_t group, double weight, double units) const;

    /// What a unit of this group costs; by weight while nothing is known.
    Rate rate(std::uint32_t group) const { return rate(belief(sums(group))); }
    /// What one of all groups costs, and of those that nothing is known of.
    Rate rate() const { return rate(belief(all_)); }

    /// Seconds that a chunk of these units should take; infinite while nothing is known.
    double predicted(Range const& range) const;

    /// The inverse: the weight that should take `seconds`; infinite while nothing is known, or
    /// when weights are zero.
    double weight(std::uint32_t group, double seconds) const;

    /// Seconds that one unit should take, whatever its weight, by the latest results: in canonical
    /// order the next units are like the last ones. 0 while nothing is known.
    double seconds_per_unit(std::uint32_t group) const;

private:
    struct Sums : Cost {
        double recent_seconds = 0; ///< of late: each further result makes those before count less
        double recent_units = 0;
        Cost prior; ///< of an earlier run, made as light as it counts
    };
    static void expect(Sums& sums, Cost const& earlier);
    Sums const& sums(std::uint32_t group) const;
    /// What is believed: the results of this run and what was expected.
    static Cost belief(Sums const& sums);
    static Rate rate(Cost const& known);

    Sums all_;
    std::unordered_map<std::uint32_t, Sums> groups_;
};

} // namespace starmap::scheduling
