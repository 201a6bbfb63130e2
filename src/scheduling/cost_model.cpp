#include "scheduling/cost_model.hpp"

#include <limits>

namespace starmap::scheduling {

void CostModel::observe(Range const& done, double seconds)
{
    if (done.count == 0) return;
    auto const add = [&](Sums& sums) {
        sums.seconds += seconds;
        sums.weight += done.weight;
        sums.units += done.count;
    };
    add(all_);
    add(groups_[done.group]);
}

CostModel::Sums const& CostModel::sums(std::uint32_t group) const
{
    auto const found = groups_.find(group);
    return found == groups_.end() ? all_ : found->second;
}

double CostModel::seconds(std::uint32_t group, double weight, double units) const
{
    auto const& known = sums(group);
    if (known.units == 0) return 0;
    if (known.weight > 0) return weight * known.seconds / known.weight;
    return units * known.seconds / known.units;
}

double CostModel::predicted(Range const& range) const
{
    return knows_anything() ? seconds(range.group, range.weight, range.count)
                            : std::numeric_limits<double>::infinity();
}

double CostModel::weight(std::uint32_t group, double seconds) const
{
    auto const& known = sums(group);
    if (known.units == 0 || known.weight == 0 || known.seconds == 0)
        return std::numeric_limits<double>::infinity();
    return seconds * known.weight / known.seconds;
}

double CostModel::seconds_per_unit(std::uint32_t group) const
{
    auto const& known = sums(group);
    return known.units == 0 ? 0 : known.seconds / known.units;
}

} // namespace starmap::scheduling
