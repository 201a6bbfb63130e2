// What the farm holds the scheduler to.
#include "unit/scheduling/farm.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>

namespace farm {

using scheduling::Policy;
using scheduling::Range;

void Farm::check_size(Job const& of, Range const& range) const
{
    double weight_left = 0;
    double units_left = 0;
    double cost_left = 0;
    double group_weight = 0;
    double group_units = 0;
    for (auto const& unit : of.units)
        if (!unit.begun) {
            weight_left += unit.weight;
            ++units_left;
            cost_left += of.costs.rate(unit.group).cost(unit.weight, 1);
            if (unit.group == range.group) {
                group_weight += unit.weight;
                ++group_units;
            }
        }
    double weight = 0;
    for (std::uint32_t i = 0; i < range.count; ++i) weight += of.units[range.first + i].weight;
    REQUIRE(range.weight == doctest::Approx(weight));
    if (of.blocks) return;
    auto const large = group_units * 64 >= static_cast<double>(of.units.size());
    auto const known = of.costs.knows_anything() && (!large || of.costs.knows(range.group));
    if (of.spec.policy == Policy::each) REQUIRE(range.count <= (known ? tuning_.max_bundle : 1));
    if (range.count == 1) return;
    auto const parts = 2.0 * std::max(1U, of.spec.in_place ? 1U : alive());
    auto most_weight = group_weight / parts;
    auto most_units = std::ceil(group_units / parts);
    if (known) {
        // Rank 0 must get round all workers meanwhile, but what is left goes to as many as
        // possible.
        auto const round = parts * tuning_.manager;
        auto const widen = [&](double share, double per_second) {
            auto const full =
                std::min(round * per_second, std::sqrt(2 * share * round * per_second));
            return std::max({share, full, tuning_.floor * per_second});
        };
        auto const per_second = of.costs.weight(range.group, 1);
        most_weight = weight_left / parts;
        most_units = std::ceil(units_left / parts);
        if (std::isfinite(per_second))
            most_weight = widen(cost_left / parts * per_second, per_second);
        if (auto const unit = of.costs.seconds_per_unit(range.group); unit > 0)
            most_units = std::ceil(widen(units_left / parts, 1 / unit) * (1 + 1e-9));
    }
    REQUIRE(weight <= most_weight * (1 + 1e-9) + 1e-12);
    REQUIRE(range.count <= most_units);
    if (known && of.spec.policy == Policy::each)
        REQUIRE(weight <= of.costs.weight(range.group, tuning_.bundle) * (1 + 1e-9));
}

bool Farm::may_take(WorkerId id, Job const& of, Unit const& unit) const
{
    if (of.cancelled || !unit.waits() || workers_[id].local != of.spec.in_place) return false;
    if (!unit.begun) return !of.held;
    return unit.avoids != id || alive() <= 1 || of.spec.in_place;
}

void Farm::check_nobody_idles() const
{
    for (WorkerId id = 0; id < workers_.size(); ++id) {
        if (!workers_[id].alive || !workers_[id].held.empty()) continue;
        for (auto const& [number, of] : jobs_)
            for (auto const& unit : of.units) REQUIRE_FALSE(may_take(id, of, unit));
    }
}

void Farm::check_finished(JobId id) const
{
    auto const& of = jobs_.at(id);
    REQUIRE(scheduler_.done(id));
    REQUIRE(scheduler_.drained(id));
    REQUIRE(scheduler_.in_flight(id) == 0);
    double weight = 0;
    for (auto const& unit : of.units) {
        REQUIRE_FALSE(unit.out);
        if (!of.cancelled) REQUIRE(unit.done != unit.given_up);
        if (unit.given_up) REQUIRE((of.cancelled || unit.failures == of.spec.retries + 1U));
        if (unit.done || unit.given_up) weight += unit.weight;
    }
    REQUIRE(scheduler_.weight_done(id) == doctest::Approx(weight));
}

} // namespace farm
