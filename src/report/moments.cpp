#include "report/moments.hpp"

#include <algorithm>
#include <cmath>

namespace starmap::report {

void Moments::add(double x, double y) noexcept
{
    ++count_;
    bool const first = count_ == 1;
    min_ = first ? y : std::min(min_, y);
    max_ = first ? y : std::max(max_, y);
    min_x_ = first ? x : std::min(min_x_, x);
    max_x_ = first ? x : std::max(max_x_, x);
    sum_ += y;
    auto const n = static_cast<double>(count_);
    double const dx = x - mean_x_;
    double const dy = y - mean_y_;
    mean_x_ += dx / n;
    mean_y_ += dy / n;
    xx_ += dx * (x - mean_x_);
    yy_ += dy * (y - mean_y_);
    xy_ += dx * (y - mean_y_);
}

double Moments::stddev() const noexcept
{
    return count_ == 0 ? 0 : std::sqrt(yy_ / static_cast<double>(count_));
}

std::optional<double> Moments::slope_through_origin() const noexcept
{
    auto const n = static_cast<double>(count_);
    double const squares = xx_ + n * mean_x_ * mean_x_;
    if (!(squares > 0)) return std::nullopt;
    return (xy_ + n * mean_x_ * mean_y_) / squares;
}

std::optional<double> Moments::r_squared() const noexcept
{
    if (all_x_equal() || min_ == max_) return std::nullopt;
    return xy_ * xy_ / (xx_ * yy_);
}

} // namespace starmap::report
