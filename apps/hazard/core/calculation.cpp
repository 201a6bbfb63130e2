#include "core/calculation.hpp"

#include "core/input_error.hpp"
#include "core/numbers.hpp"

#include <algorithm>

namespace hazard {

void check(Calculation const& calculation)
{
    auto const& levels = calculation.levels;
    if (levels.empty())
        throw InputError("there are no levels of ground motion (a curve needs one at least): give "
                         "--imls 0.01,0.1,1");
    for (std::size_t i = 0; i < levels.size(); ++i) {
        if (!(levels[i] > 0))
            throw InputError("a level is " + text_of(levels[i]) +
                             " g (its logarithm is needed): give positive ones");
        if (i > 0 && !(levels[i] > levels[i - 1]))
            throw InputError("the level " + text_of(levels[i]) + " comes after " +
                             text_of(levels[i - 1]) +
                             " (a curve goes from small to large): let levels rise");
    }
    if (calculation.sigma_truncation && !(*calculation.sigma_truncation >= 0))
        throw InputError("the truncation is " + text_of(*calculation.sigma_truncation) +
                         " standard deviations (0 is the median, more a width): give no negative "
                         "one");
    if (!(calculation.mesh_spacing > 0))
        throw InputError("the mesh spacing is " + text_of(calculation.mesh_spacing) +
                         " km (it must be positive): 2 is common");
}

Sites::Sites(std::vector<Position> const& places)
{
    for (auto const& place : places) points_.push_back(to_cartesian(place));
}

Ball ball_around(std::vector<Vector> const& points)
{
    Ball ball;
    for (auto const& point : points)
        ball.centre = ball.centre + (1.0 / static_cast<double>(points.size())) * point;
    for (auto const& point : points)
        ball.radius = std::max(ball.radius, length(point - ball.centre));
    return ball;
}

namespace {
bool is_inside(Ball const& ball, Vector point)
{
    auto const difference = point - ball.centre;
    return dot(difference, difference) <= ball.radius * ball.radius;
}
} // namespace

std::vector<std::uint32_t> Sites::inside(Ball const& ball, SiteRange range) const
{
    std::vector<std::uint32_t> numbers;
    for (auto i = range.first; i < range.last; ++i)
        if (is_inside(ball, points_[i])) numbers.push_back(i);
    return numbers;
}

std::vector<double> Sites::distances_inside(Ball const& ball, SiteRange range) const
{
    std::vector<double> distances;
    for (auto i = range.first; i < range.last; ++i)
        if (is_inside(ball, points_[i])) distances.push_back(length(points_[i] - ball.centre));
    return distances;
}

} // namespace hazard
