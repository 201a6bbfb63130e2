#include "core/exceedance.hpp"
#include "core/lanes.hpp"
#include "core/pieces.hpp"
#include "core/rupture.hpp"

#include <algorithm>
#include <cmath>
#include <cstddef>

namespace hazard {

namespace {

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

} // namespace

std::vector<Work> pieces_of_places(std::vector<Position> const& places,
                                   PointSeismicity const& seismicity, Sites const& sites,
                                   SiteRange range, Calculation const& calculation)
{
    std::vector<Work> pieces;
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
        if (!part.places.empty()) pieces.push_back({part, range, weight});
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
    return pieces;
}

} // namespace hazard
