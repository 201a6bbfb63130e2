#pragma once

#include <cstddef>
#include <cstdint>
#include <unordered_map>

namespace starmap::scheduling {

/// What a unit costs: by its weight, or where weights are zero, by the unit. In seconds once
/// anything is known, in weight before that.
struct Rate {
    double weight = 1;
    double unit = 0;

    double cost(double weights, double units) const noexcept
    {
        return weight * weights + unit * units;
    }
};

/// What is left in a pool, at the rates of its groups: where these differ, a tenth of the weight
/// may be half of the seconds. All in O(1), as it is asked for each chunk.
class PoolCosts {
public:
    /// Units came; where both are negative, units went.
    void add(std::uint32_t group, double weight, double units);
    /// The rate of a group, from now on.
    void set(std::uint32_t group, Rate rate);
    /// That of all groups that have none of their own.
    void set_rest(Rate rate) noexcept { rest_ = rate; }

    Rate rate(std::uint32_t group) const;
    double left() const noexcept;
    /// Of one group.
    double weight_left(std::uint32_t group) const;
    double units_left(std::uint32_t group) const;
    /// Groups that ever had units, or a rate.
    std::size_t groups() const noexcept { return groups_.size(); }
    /// Nothing is left; rates stay.
    void clear();

private:
    struct Left {
        double weight = 0;
        double units = 0;
        double cost = 0; ///< of a group with a rate: what it adds to the sum
        bool has_rate = false;
        Rate rate;
    };
    void count(Left& left, double sign);

    std::unordered_map<std::uint32_t, Left> groups_;
    double known_ = 0; ///< cost of all groups with a rate
    double units_ = 0; ///< of all groups
    Left rest_left_;   ///< of all others
    Rate rest_;
};

} // namespace starmap::scheduling
