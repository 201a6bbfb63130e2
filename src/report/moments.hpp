#pragma once

#include <cstdint>
#include <optional>

namespace starmap::report {

/// Number, mean and spread of values that come one by one, and how they follow another value.
/// Updated in the stable way (no difference of large sums).
class Moments {
public:
    /// A value y, seen at x.
    void add(double x, double y) noexcept;

    std::uint64_t count() const noexcept { return count_; }
    double sum() const noexcept { return sum_; }
    double mean() const noexcept { return mean_y_; }
    double min() const noexcept { return min_; }
    double max() const noexcept { return max_; }
    /// Of all the values, not an estimate from a sample: divides by their number.
    double stddev() const noexcept;
    bool all_x_equal() const noexcept { return min_x_ == max_x_; }

    /// s of the line y = s x that has the least squares: sum(x y) / sum(x x); none if all x are 0.
    std::optional<double> slope_through_origin() const noexcept;
    /// 1 - SSres/SStot of the line y = a x + b that has the least squares; none if all x or all y
    /// are equal.
    std::optional<double> r_squared() const noexcept;

private:
    std::uint64_t count_ = 0;
    double sum_ = 0;
    double min_ = 0, max_ = 0, min_x_ = 0, max_x_ = 0;
    double mean_x_ = 0, mean_y_ = 0;
    double xx_ = 0, yy_ = 0, xy_ = 0; ///< sums of products of the distances to the means
};

} // namespace starmap::report
