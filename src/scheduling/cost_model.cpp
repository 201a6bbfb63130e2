#include "scheduling/cost_model.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

namespace starmap::scheduling {

namespace {

constexpr double most_surprise = 16; // times what was predicted
constexpr double no_surprise = 1e-3; // seconds that are believed in any case
constexpr double memory = 7.0 / 8;   // of the recent results, when one more comes
constexpr double prior_units = 4;    // that an earlier run counts for at the most

bool says_something(Cost const& cost)
{
    return cost.units > 0 && std::isfinite(cost.units) && cost.weight >= 0 &&
           std::isfinite(cost.weight) && cost.seconds >= 0 && std::isfinite(cost.seconds);
}

} // namespace

void CostModel::observe(Range const& done, double took)
{
    if (done.count == 0) return;
    // Where the prediction was wrong, not the task, it so grows by and by.
    auto const believed = std::max(no_surprise, most_surprise * predicted(done));
    auto const add = [&](Sums& sums, bool known) {
        auto const seconds = known ? std::min(took, believed) : took;
        sums.seconds += seconds;
        sums.weight += done.weight;
        sums.units += done.count;
        sums.recent_seconds = memory * sums.recent_seconds + seconds;
        sums.recent_units = memory * sums.recent_units + done.count;
    };
    auto const knew_group = knows(done.group);
    add(all_, knows_anything());
    // Others say nothing of it.
    add(groups_[done.group], knew_group);
}

void CostModel::expect(Sums& sums, Cost const& earlier)
{
    if (!says_something(earlier)) return;
    auto const part = std::min(1.0, prior_units / earlier.units);
    sums.prior = {.seconds = part * earlier.seconds,
                  .weight = part * earlier.weight,
                  .units = part * earlier.units};
}

void CostModel::expect(std::uint32_t group, Cost const& earlier)
{
    if (says_something(earlier)) expect(groups_[group], earlier);
}

std::map<std::uint32_t, Cost> CostModel::observed() const
{
    std::map<std::uint32_t, Cost> all;
    for (auto const& [group, sums] : groups_)
        if (sums.units > 0) all[group] = sums;
    return all;
}

CostModel::Sums const& CostModel::sums(std::uint32_t group) const
{
    auto const found = groups_.find(group);
    return found == groups_.end() ? all_ : found->second;
}

Cost CostModel::belief(Sums const& known)
{
    return {.seconds = known.seconds + known.prior.seconds,
            .weight = known.weight + known.prior.weight,
            .units = known.units + known.prior.units};
}

Rate CostModel::rate(Cost const& known)
{
    if (known.units == 0) return {};
    if (known.weight > 0) return {.weight = known.seconds / known.weight, .unit = 0};
    return {.weight = 0, .unit = known.seconds / known.units};
}

double CostModel::seconds(std::uint32_t group, double weight, double units) const
{
    return knows_anything() ? rate(group).cost(weight, units) : 0;
}

double CostModel::predicted(Range const& range) const
{
    return knows_anything() ? seconds(range.group, range.weight, range.count)
                            : std::numeric_limits<double>::infinity();
}

double CostModel::weight(std::uint32_t group, double seconds) const
{
    auto const known = belief(sums(group));
    if (known.units == 0 || known.weight == 0 || known.seconds == 0)
        return std::numeric_limits<double>::infinity();
    return seconds * known.weight / known.seconds;
}

double CostModel::seconds_per_unit(std::uint32_t group) const
{
    auto const& known = sums(group);
    auto const units = known.recent_units + known.prior.units;
    return units == 0 ? 0 : (known.recent_seconds + known.prior.seconds) / units;
}

} // namespace starmap::scheduling
