#include "core/rupture.hpp"

#include <algorithm>
#include <cmath>

namespace hazard {

RuptureShape shape_of(Extent extent, NodalPlane const& plane, double depth,
                      SeismogenicLayer const& layer)
{
    auto const sine = std::sin(plane.dip * radians_per_degree);
    auto const room_above = (depth - layer.upper) / sine;
    auto const room_below = (layer.lower - depth) / sine;
    RuptureShape shape{depth, plane.strike, plane.dip, extent.length / 2, 0, 0};
    shape.up = std::min(extent.width / 2, room_above);
    shape.down = std::min(extent.width - shape.up, room_below);
    shape.up = extent.width - shape.down;
    return shape;
}

namespace {

/// Where nothing but the depth makes a difference to the distance, and nothing but the style of
/// faulting to the motion.
std::vector<Rupture> points_below(PointSeismicity const& seismicity, double share,
                                  MaxDistance const& max_distance)
{
    std::vector<Rupture> ruptures;
    for (auto const& depth : seismicity.depths) {
        Rupture point{{depth.depth, 0, 90, 0, 0, 0}, {}};
        for (bool const reverse : {false, true}) {
            double probability = 0;
            for (auto const& plane : seismicity.planes)
                if (is_reverse(plane.rake) == reverse) probability += plane.probability;
            probability *= depth.probability * share;
            if (probability == 0) continue;
            for (auto const& bin : seismicity.magnitudes)
                point.events.push_back({sadigh_1997(bin.magnitude, reverse), bin.rate * probability,
                                        max_distance(bin.magnitude)});
        }
        if (!point.events.empty()) ruptures.push_back(std::move(point));
    }
    return ruptures;
}

/// With a rectangle of its own for each magnitude.
void add_rectangles(std::vector<Rupture>& ruptures, PointSeismicity const& seismicity,
                    NodalPlane const& plane, double depth, double probability,
                    MaxDistance const& max_distance)
{
    auto const& layer = seismicity.layer;
    auto const widest = (layer.lower - layer.upper) / std::sin(plane.dip * radians_per_degree);
    auto const longest = earth_radius;
    for (auto const& bin : seismicity.magnitudes) {
        auto const area = rupture_area(seismicity.scaling, bin.magnitude, plane.rake);
        auto const extent = fitted(area, seismicity.aspect_ratio, {longest, widest});
        Event const event{sadigh_1997(bin.magnitude, is_reverse(plane.rake)),
                          bin.rate * probability, max_distance(bin.magnitude)};
        ruptures.push_back({shape_of(extent, plane, depth, layer), {event}});
    }
}

} // namespace

std::vector<Rupture> ruptures_below_a_place(PointSeismicity const& seismicity, double share,
                                            MaxDistance const& max_distance)
{
    if (seismicity.scaling == Scaling::point) return points_below(seismicity, share, max_distance);
    std::vector<Rupture> ruptures;
    for (auto const& depth : seismicity.depths) {
        for (auto const& plane : seismicity.planes) {
            auto const probability = plane.probability * depth.probability * share;
            if (probability > 0)
                add_rectangles(ruptures, seismicity, plane, depth.depth, probability, max_distance);
        }
    }
    return ruptures;
}

std::size_t count_events(std::vector<Rupture> const& ruptures)
{
    std::size_t count = 0;
    for (auto const& rupture : ruptures) count += rupture.events.size();
    return count;
}

double felt_within(std::vector<Rupture> const& ruptures)
{
    double farthest = 0;
    for (auto const& [shape, events] : ruptures) {
        auto const reach =
            shape.depth + std::hypot(shape.half_length, std::max(shape.up, shape.down));
        for (auto const& event : events) farthest = std::max(farthest, reach + event.farthest);
    }
    return farthest;
}

void SiteLanes::push_back(Vector site)
{
    x[count] = site.x;
    y[count] = site.y;
    z[count] = site.z;
    ++count;
}

void SiteLanes::fill()
{
    for (auto i = count; i < filled(count); ++i) {
        x[i] = x[count - 1];
        y[i] = y[count - 1];
        z[i] = z[count - 1];
    }
}

PlacedRupture::PlacedRupture(RuptureShape const& shape, Position place, Horizon const& axes)
    : shape_(shape),
      hypocentre_(to_cartesian(place, shape.depth))
{
    auto const dip = shape.dip * radians_per_degree;
    auto const across = direction(axes, shape.strike + 90);
    along_strike_ = direction(axes, shape.strike);
    down_dip_ = std::cos(dip) * across + std::sin(dip) * axes.down;
    normal_ = std::sin(dip) * across - std::cos(dip) * axes.down;
}

void PlacedRupture::distances(SiteLanes const& sites, Lanes& result) const
{
    // Copies, since vectors are made only where nothing can point to the same numbers.
    auto const o = hypocentre_;
    auto const s = along_strike_;
    auto const d = down_dip_;
    auto const n = normal_;
    auto const half_length = shape_.half_length;
    auto const up = shape_.up;
    auto const down = shape_.down;
    auto const count = filled(sites.count);
    for (std::size_t i = 0; i < count; ++i) {
        auto const x = sites.x[i] - o.x;
        auto const y = sites.y[i] - o.y;
        auto const z = sites.z[i] - o.z;
        auto const along = x * s.x + y * s.y + z * s.z;
        auto const below = x * d.x + y * d.y + z * d.z;
        auto const off = x * n.x + y * n.y + z * n.z;
        auto a = (along < 0 ? -along : along) - half_length;
        a = a > 0 ? a : 0;
        auto b = below > down ? below - down : 0;
        b = below < -up ? -up - below : b;
        result[i] = std::sqrt(a * a + b * b + off * off);
    }
}

} // namespace hazard
