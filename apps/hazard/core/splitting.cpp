#include "core/splitting.hpp"

#include "core/lanes.hpp"
#include "core/polygon.hpp"
#include "core/rupture.hpp"

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstddef>
#include <utility>

namespace hazard {

namespace {

/// What steps cost, measured: the unit is a probability of exceedance at one site.
namespace cost {
constexpr double motion = 1.5;    ///< distribution of the motion of one event
constexpr double distance = 1.5;  ///< to one rectangle or point of a mesh
constexpr double minimum = 0.25;  ///< of two distances
constexpr double placing = 40;    ///< a rectangle below a place
constexpr double site = 1;        ///< looking whether a site is near a place
constexpr double mesh_point = 60; ///< making one
constexpr double piece = 4000;    ///< what every piece costs
} // namespace cost

constexpr double most_weight = 4e6;
/// Even with many sites a piece for one rupture stays small.
constexpr std::uint32_t most_sites = 1024;

std::vector<SiteRange> ranges_of(Sites const& sites)
{
    std::vector<SiteRange> ranges;
    for (std::uint32_t first = 0; first < sites.size(); first += most_sites)
        ranges.push_back({first, std::min(first + most_sites, sites.size())});
    return ranges;
}

void split_places(std::vector<Work>& result, std::vector<Position> const& places,
                  PointSeismicity const& seismicity, Sites const& sites, SiteRange range,
                  Calculation const& calculation)
{
    auto const share = 1 / static_cast<double>(places.size());
    auto const ruptures = ruptures_below_a_place(seismicity, share, calculation.max_distance);
    auto const farthest = felt_within(ruptures);
    auto const count = static_cast<double>(ruptures.size());
    auto const per_site = count * cost::distance +
                          static_cast<double>(count_events(ruptures)) *
                              (static_cast<double>(calculation.levels.size()) + cost::motion);
    PlacesWork part{{}, share, seismicity};
    double weight = cost::piece;
    auto const done = [&] {
        if (!part.places.empty()) result.push_back({part, range, weight});
        part.places.clear();
        weight = cost::piece;
    };
    for (auto const& place : places) {
        auto const near = sites.count_inside({to_cartesian(place), farthest}, range);
        if (near == 0) continue;
        auto const added = static_cast<double>(filled(near)) * per_site + count * cost::placing +
                           static_cast<double>(range.last - range.first) * cost::site;
        if (weight + added > most_weight) done();
        part.places.push_back(place);
        weight += added;
    }
    done();
}

/// Passes of slide_minimum over a window.
double passes(std::size_t window) { return static_cast<double>(std::bit_width(window - 1)); }

/// What so many columns of positions of a floating rupture cost, at one site.
double cost_of_columns(Floating const& floating, std::size_t columns, std::size_t rows,
                       std::size_t levels)
{
    auto const positions = rows - floating.window.rows + 1;
    auto const points = static_cast<double>(columns + floating.window.columns - 1);
    auto const compared = static_cast<double>(rows) * (1 + passes(floating.window.rows)) +
                          static_cast<double>(positions) * passes(floating.window.columns);
    return static_cast<double>(columns * positions) * (static_cast<double>(levels) + cost::motion) +
           points * compared * cost::minimum;
}

void split_fault(std::vector<Work>& result, SimpleFaultSource const& fault, Sites const& sites,
                 SiteRange range, Calculation const& calculation)
{
    FaultMesh const mesh(fault, calculation.mesh_spacing);
    std::vector<Vector> points;
    for (std::size_t row = 0; row < mesh.rows(); ++row)
        for (std::size_t column = 0; column < mesh.columns(); ++column)
            points.push_back(mesh.point(row, column));
    auto const around = ball_around(points);

    FaultWork part{fault, {}};
    part.fault.seismicity.magnitudes.clear(); // they are in `floating`
    auto const mesh_cost = static_cast<double>(points.size()) * cost::mesh_point + cost::piece;
    double weight = mesh_cost;
    auto const done = [&] {
        if (!part.floating.empty()) result.push_back({part, range, weight});
        part.floating.clear();
        weight = mesh_cost;
    };
    for (auto floating : floating_ruptures(fault, mesh)) {
        auto const farthest = calculation.max_distance(floating.magnitude);
        auto const near = sites.count_inside({around.centre, around.radius + farthest}, range);
        if (near == 0) continue;
        auto const measured =
            static_cast<double>(points.size()) * cost::distance * static_cast<double>(filled(near));
        auto const cost_of = [&](std::size_t columns) {
            return static_cast<double>(filled(near)) *
                   cost_of_columns(floating, columns, mesh.rows(), calculation.levels.size());
        };
        auto const all = floating.last;
        for (floating.last = 0; floating.last < all;) {
            floating.first = floating.last;
            if (part.floating.empty()) weight += measured;
            // As many columns as there is room for, found by halving.
            auto columns = all - floating.first;
            while (columns > 1 && weight + cost_of(columns) > most_weight)
                columns = (columns + 1) / 2;
            if (!part.floating.empty() && weight + cost_of(columns) > most_weight) {
                done();
                floating.last = floating.first;
                continue;
            }
            floating.last = floating.first + columns;
            weight += cost_of(columns);
            part.floating.push_back(floating);
        }
    }
    done();
}

} // namespace

std::vector<Work> split(Source const& source, Sites const& sites, Calculation const& calculation,
                        double area_spacing)
{
    std::vector<Work> result;
    auto const* const point = std::get_if<PointSource>(&source.kind);
    auto const* const area = std::get_if<AreaSource>(&source.kind);
    auto const* const fault = std::get_if<SimpleFaultSource>(&source.kind);
    std::vector<Position> places;
    if (point != nullptr) places = {point->place};
    if (area != nullptr) places = grid_inside(area->polygon, area->spacing.value_or(area_spacing));
    for (auto const range : ranges_of(sites)) {
        if (point != nullptr)
            split_places(result, places, point->seismicity, sites, range, calculation);
        if (area != nullptr)
            split_places(result, places, area->seismicity, sites, range, calculation);
        if (fault != nullptr) split_fault(result, *fault, sites, range, calculation);
    }
    return result;
}

} // namespace hazard
