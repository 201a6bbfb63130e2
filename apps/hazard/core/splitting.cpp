#include "core/splitting.hpp"

#include "core/exceedance.hpp"
#include "core/fault_sites.hpp"
#include "core/ground_motion.hpp"
#include "core/lanes.hpp"
#include "core/polygon.hpp"
#include "core/rupture.hpp"

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstddef>
#include <iterator>
#include <optional>
#include <utility>

namespace hazard {

namespace {

/// What steps cost, measured: the unit is a probability of exceedance at one site.
namespace cost {
constexpr double motion = 1.5;    ///< distribution of the motion of one event
constexpr double distance = 1;    ///< to one rectangle or point of a mesh
constexpr double minimum = 0.15;  ///< of two distances
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

/// What the ruptures below a place cost for one site, as a function of its distance: a table, since
/// it is asked for each pair of a place and a site.
class CostByDistance {
public:
    CostByDistance(std::vector<Rupture> const& ruptures, Exceedance const& exceedance,
                   double farthest)
        : step_(std::min(farthest, most) / steps)
    {
        for (std::size_t i = 0; i <= steps; ++i) {
            double sum = 0;
            for (auto const& [shape, events] : ruptures) {
                auto const distance = std::hypot(step_ * static_cast<double>(i), shape.depth);
                sum += cost::distance;
                for (auto const& event : events)
                    sum +=
                        cost::motion + static_cast<double>(exceedance.levels_felt(event, distance));
            }
            costs_.push_back(sum);
        }
    }

    double operator()(double distance) const
    {
        return costs_[std::min(steps, static_cast<std::size_t>(distance / step_))];
    }

private:
    static constexpr std::size_t steps = 32;
    static constexpr double most = 1000; ///< beyond, it hardly changes any more [km]
    double step_;
    std::vector<double> costs_;
};

void split_places(std::vector<Work>& result, std::vector<Position> const& places,
                  PointSeismicity const& seismicity, Sites const& sites, SiteRange range,
                  Calculation const& calculation)
{
    auto const share = 1 / static_cast<double>(places.size());
    auto const ruptures = ruptures_below_a_place(seismicity, share, calculation.max_distance);
    auto const farthest = felt_within(ruptures);
    Exceedance const exceedance(calculation.levels, calculation.sigma_truncation);
    CostByDistance const cost_at(ruptures, exceedance, farthest);
    auto const per_place = static_cast<double>(ruptures.size()) * cost::placing +
                           static_cast<double>(range.last - range.first) * cost::site;
    PlacesWork part{{}, share, seismicity};
    double weight = cost::piece;
    auto const done = [&] {
        if (!part.places.empty()) result.push_back({part, range, weight});
        part.places.clear();
        weight = cost::piece;
    };
    for (auto const& place : places) {
        auto const near = sites.distances_inside({to_cartesian(place), farthest}, range);
        if (near.empty()) continue;
        double added = 0;
        for (auto const distance : near) added += cost_at(distance);
        // Lanes that are not filled cost as much as the others.
        added *= static_cast<double>(filled(near.size())) / static_cast<double>(near.size());
        added += per_place;
        if (weight + added > most_weight) done();
        part.places.push_back(place);
        weight += added;
    }
    done();
}

/// Passes of slide_minimum over a window.
double passes(std::size_t window) { return static_cast<double>(std::bit_width(window - 1)); }

/// What the columns of a floating rupture cost at one site that feels so many levels.
double cost_of_columns(Floating const& floating, std::size_t rows, double levels)
{
    auto const columns = floating.last - floating.first;
    auto const positions = rows - floating.window.rows + 1;
    auto const points = static_cast<double>(columns + floating.window.columns - 1);
    auto const compared = static_cast<double>(rows) * (1 + passes(floating.window.rows)) +
                          static_cast<double>(positions) * passes(floating.window.columns);
    return static_cast<double>(columns * positions) * (levels + cost::motion) +
           points * compared * cost::minimum;
}

/// Fills pieces with floating ruptures of one fault, magnitude by magnitude.
class FaultCutter {
public:
    FaultCutter(SimpleFaultSource const& fault, Sites const& sites, SiteRange range,
                Calculation const& calculation)
        : mesh_(fault, calculation.mesh_spacing),
          range_(range)
    {
        Exceedance const exceedance(calculation.levels, calculation.sigma_truncation);
        piece_.fault = fault;
        piece_.fault.seismicity.magnitudes.clear(); // they are in `floating`
        finish();
        double farthest = -1;
        for (auto const& floating : floating_ruptures(fault, mesh_)) {
            Event const event{sadigh_1997(floating.magnitude, is_reverse(fault.rake)),
                              floating.rate, calculation.max_distance(floating.magnitude)};
            if (event.farthest != farthest) {
                farthest = event.farthest;
                sites_.emplace(mesh_, sites, range, farthest);
            }
            auto const near = sites_->near(columns_of(floating));
            if (near.empty()) continue;
            levels_ = mean_levels_felt(event, exceedance, sites, near);
            cut(floating);
        }
        finish();
    }

    std::vector<Work>& pieces() noexcept { return pieces_; }

private:
    void cut(Floating const& floating)
    {
        for (auto part = floating; part.first < floating.last; part.first = part.last) {
            // As many columns as there is room for, found by halving; but not far fewer than the
            // window has, as the columns under it are looked at anyhow.
            part.last = floating.last;
            while (weight_with(part) > most_weight &&
                   part.last - part.first > floating.window.columns)
                part.last = part.first + (part.last - part.first + 1) / 2;
            if (weight_with(part) > most_weight && !piece_.floating.empty()) finish();
            weight_ = weight_with(part);
            columns_ = columns_with(part);
            per_site_ += cost_of_columns(part, mesh_.rows(), levels_);
            piece_.floating.push_back(part);
        }
    }

    void finish()
    {
        if (!piece_.floating.empty()) pieces_.push_back({piece_, range_, weight_});
        piece_.floating.clear();
        columns_ = {mesh_.columns(), 0};
        per_site_ = 0;
    }

    /// How many levels sites feel on average, of a few sites and columns that stand for all.
    double mean_levels_felt(Event const& event, Exceedance const& exceedance, Sites const& sites,
                            std::vector<std::uint32_t> const& near) const
    {
        auto const middle = mesh_.rows() / 2;
        auto const end = mesh_.columns() - 1;
        auto const stride = 1 + near.size() / 32;
        double sum = 0;
        double asked = 0;
        for (std::size_t i = 0; i < near.size(); i += stride)
            for (auto const column : {end / 6, end / 2, end - end / 6}) {
                auto const distance = length(sites[near[i]] - mesh_.point(middle, column));
                sum += static_cast<double>(exceedance.levels_felt(event, distance));
                ++asked;
            }
        return sum / asked;
    }

    /// All columns of the piece, once it has this part too.
    Columns columns_with(Floating const& part) const
    {
        auto const [first, last] = columns_of(part);
        return {std::min(columns_.first, first), std::max(columns_.last, last)};
    }

    /// The weight of the piece, once it has this part too.
    double weight_with(Floating const& part) const
    {
        auto const columns = columns_with(part);
        auto const points = static_cast<double>(mesh_.rows() * (columns.last - columns.first));
        auto const per_site = per_site_ + cost_of_columns(part, mesh_.rows(), levels_);
        return cost::piece +
               cost::mesh_point * static_cast<double>(mesh_.rows() * mesh_.columns()) +
               static_cast<double>(filled(sites_->count_near(columns))) *
                   (points * cost::distance + per_site);
    }

    FaultMesh mesh_;
    SiteRange range_;
    std::optional<FaultSites> sites_; ///< that feel the magnitude in hand
    double levels_ = 0;               ///< that they feel of it

    FaultWork piece_;
    Columns columns_{};
    double per_site_ = 0;
    double weight_ = 0;
    std::vector<Work> pieces_;
};

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
        if (fault != nullptr)
            std::ranges::move(FaultCutter(*fault, sites, range, calculation).pieces(),
                              std::back_inserter(result));
    }
    return result;
}

} // namespace hazard
