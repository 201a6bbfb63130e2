#include "scheduling/pool_costs.hpp"

#include <algorithm>

namespace starmap::scheduling {

void PoolCosts::count(Left& left, double sign)
{
    if (left.has_rate) {
        if (sign > 0) left.cost = left.rate.cost(left.weight, left.units);
        known_ += sign * left.cost;
    } else {
        rest_left_.weight += sign * left.weight;
        rest_left_.units += sign * left.units;
    }
}

void PoolCosts::add(std::uint32_t group, double weight, double units)
{
    auto& left = groups_[group];
    count(left, -1);
    left.units += units;
    // Rounding must not leave a weight behind, or one below zero.
    left.weight = left.units == 0 ? 0 : std::max(0.0, left.weight + weight);
    count(left, 1);
    units_ += units;
}

void PoolCosts::set(std::uint32_t group, Rate rate)
{
    auto& left = groups_[group];
    count(left, -1);
    left.rate = rate;
    left.has_rate = true;
    count(left, 1);
}

Rate PoolCosts::rate(std::uint32_t group) const
{
    auto const found = groups_.find(group);
    return found != groups_.end() && found->second.has_rate ? found->second.rate : rest_;
}

double PoolCosts::left() const noexcept
{
    if (units_ == 0) return 0;
    return std::max(0.0, known_ + rest_.cost(rest_left_.weight, rest_left_.units));
}

double PoolCosts::weight_left(std::uint32_t group) const
{
    auto const found = groups_.find(group);
    return found == groups_.end() ? 0 : found->second.weight;
}

double PoolCosts::units_left(std::uint32_t group) const
{
    auto const found = groups_.find(group);
    return found == groups_.end() ? 0 : found->second.units;
}

void PoolCosts::clear()
{
    for (auto& [group, left] : groups_) {
        left.weight = 0;
        left.units = 0;
        left.cost = 0;
    }
    known_ = 0;
    units_ = 0;
    rest_left_ = {};
}

} // namespace starmap::scheduling
