#include "core/fault.hpp"

#include "core/input_error.hpp"
#include "core/numbers.hpp"

#include <algorithm>
#include <cmath>

namespace hazard {

namespace {

constexpr double most_points = 1e6;

int pieces_of(double extent, double spacing)
{
    return static_cast<int>(std::clamp(std::round(extent / spacing), 1.0, most_points));
}

/// Points of a window of this size: one more than the steps it spans.
std::size_t points_along(double size, double whole, std::size_t points)
{
    auto const steps = std::round(size / whole * static_cast<double>(points - 1));
    return std::min(points, static_cast<std::size_t>(steps) + 1);
}

} // namespace

FaultMesh::FaultMesh(SimpleFaultSource const& fault, double spacing)
{
    auto const& layer = fault.seismicity.layer;
    auto const dip = fault.dip * radians_per_degree;
    extent_ = {length_of(fault.trace), (layer.lower - layer.upper) / std::sin(dip)};
    auto const along = pieces_of(extent_.length, spacing);
    auto const down = pieces_of(extent_.width, spacing);
    if ((along + 1.0) * (down + 1.0) > most_points)
        throw InputError("a fault of " + text_of(std::round(extent_.length)) + " by " +
                         text_of(std::round(extent_.width)) +
                         " km has too many points at a mesh spacing of " + text_of(spacing) +
                         " km: use a wider one");
    columns_ = static_cast<std::size_t>(along) + 1;
    rows_ = static_cast<std::size_t>(down) + 1;

    auto const trace = evenly_spaced(fault.trace, along);
    // The whole surface dips to the right of the line between the ends of the trace.
    auto const towards = azimuth(fault.trace.front(), fault.trace.back()) + 90;
    points_.reserve(rows_ * columns_);
    for (std::size_t row = 0; row < rows_; ++row) {
        auto const fraction = static_cast<double>(row) / static_cast<double>(down);
        auto const depth = layer.upper + (layer.lower - layer.upper) * fraction;
        auto const aside = fault.dip == 90 ? 0 : depth / std::tan(dip);
        for (auto const& place : trace)
            points_.push_back(to_cartesian(moved(place, towards, aside), depth));
    }
}

FaultMesh::Window FaultMesh::window(Extent rupture) const
{
    return {points_along(rupture.width, extent_.width, rows_),
            points_along(rupture.length, extent_.length, columns_)};
}

std::vector<Floating> floating_ruptures(SimpleFaultSource const& fault, FaultMesh const& mesh)
{
    std::vector<Floating> result;
    auto const& seismicity = fault.seismicity;
    for (auto const& [magnitude, rate] : seismicity.magnitudes) {
        auto const area = rupture_area(seismicity.scaling, magnitude, fault.rake);
        auto const window = mesh.window(fitted(area, seismicity.aspect_ratio, mesh.extent()));
        auto const across = mesh.columns() - window.columns + 1;
        auto const positions = across * (mesh.rows() - window.rows + 1);
        result.push_back({magnitude, rate / static_cast<double>(positions), window, 0, across});
    }
    return result;
}

void slide_minimum(double* values, std::size_t groups, std::size_t size, std::size_t window)
{
    for (std::size_t reached = 1; reached < window;) {
        auto const step = std::min(reached, window - reached);
        reached += step;
        // After the pass each group has the minimum of itself and the reached - 1 behind it.
        auto const count = (groups + 1 - reached) * size;
        auto const offset = step * size;
        for (std::size_t i = 0; i < count; ++i) {
            auto const other = values[i + offset];
            values[i] = other < values[i] ? other : values[i];
        }
    }
}

} // namespace hazard
