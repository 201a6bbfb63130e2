#include "core/exceedance.hpp"
#include "core/rupture.hpp"
#include "core/site_block.hpp"
#include "core/work.hpp"

namespace hazard {

Curves curves_of_places(PlacesWork const& work, SiteRange range, Sites const& sites,
                        Calculation const& calculation)
{
    auto const ruptures =
        ruptures_below_a_place(work.seismicity, work.share, calculation.max_distance);
    auto const farthest = felt_within(ruptures);
    std::vector<Vector> points;
    for (auto const& place : work.places) points.push_back(to_cartesian(place));
    auto ball = ball_around(points);
    ball.radius += farthest;

    Exceedance const exceedance(calculation.levels, calculation.sigma_truncation);
    Curves curves(sites.inside(ball, range), calculation.levels.size());
    SiteBlock block(calculation.levels.size());
    Lanes distances;
    for (std::size_t i = 0; i < points.size(); ++i) {
        auto const axes = horizon(work.places[i]);
        std::vector<PlacedRupture> placed;
        for (auto const& rupture : ruptures)
            placed.emplace_back(rupture.shape, work.places[i], axes);
        for_each_block(curves, sites, {points[i], farthest}, block, [&](SiteBlock& near) {
            auto const& lanes_of_sites = near.sites();
            for (std::size_t k = 0; k < ruptures.size(); ++k) {
                placed[k].distances(lanes_of_sites, distances);
                for (auto const& event : ruptures[k].events)
                    exceedance.add(event, distances, lanes_of_sites.count, near.rates());
            }
        });
    }
    return curves;
}

} // namespace hazard
