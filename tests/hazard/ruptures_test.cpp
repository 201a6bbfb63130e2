#include "refusal.hpp"

#include "core/fault.hpp"
#include "core/fault_sites.hpp"
#include "core/rupture.hpp"
#include "core/splitting.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <random>

using namespace hazard;
using doctest::Approx;

namespace {

PointSeismicity seismicity_of(Scaling scaling)
{
    PointSeismicity seismicity;
    seismicity.magnitudes = {{5.5, 0.01}, {6.5, 0.002}};
    seismicity.scaling = scaling;
    seismicity.aspect_ratio = 1.5;
    seismicity.layer = {0, 15};
    seismicity.planes = {{0.25, 0, 90, 0}, {0.5, 40, 50, 90}, {0.25, 90, 70, -90}};
    seismicity.depths = {{0.5, 5}, {0.5, 10}};
    return seismicity;
}

SimpleFaultSource fault_of(double dip)
{
    SimpleFaultSource fault;
    fault.trace = {{-122, 38}, {-121.9, 38.3}, {-122, 38.6}};
    fault.dip = dip;
    fault.seismicity.magnitudes = {{5.5, 0.01}, {6.5, 0.002}, {7.2, 0.001}};
    fault.seismicity.scaling = Scaling::peer;
    fault.seismicity.aspect_ratio = 2;
    fault.seismicity.layer = {1, 13};
    return fault;
}

} // namespace

TEST_CASE("a rectangle slides along its dip to stay within the layer")
{
    NodalPlane const plane{1, 0, 30, 0};
    SeismogenicLayer const layer{0, 10};
    auto const middle = shape_of({10, 6}, plane, 5, layer);
    CHECK(middle.up == Approx(3));
    CHECK(middle.down == Approx(3));
    CHECK(middle.half_length == 5);
    auto const shallow = shape_of({10, 6}, plane, 1, layer); // 2 km along the dip to the top
    CHECK(shallow.up == Approx(2));
    CHECK(shallow.down == Approx(4));
    auto const deep = shape_of({10, 6}, plane, 9, layer);
    CHECK(deep.up == Approx(4));
    CHECK(deep.down == Approx(2));
}

TEST_CASE("the distance to a rectangle is that to the closest of its points")
{
    Position const place{20, 45};
    RuptureShape const shape{8, 30, 40, 12, 5, 7};
    auto const axes = horizon(place);
    PlacedRupture const rupture(shape, place, axes);
    auto const along = direction(axes, 30);
    auto const dip = 40 * radians_per_degree;
    auto const down = std::cos(dip) * direction(axes, 120) + std::sin(dip) * axes.down;
    std::vector<Vector> points;
    for (double a = -12; a <= 12; a += 0.125)
        for (double b = -5; b <= 7; b += 0.125)
            points.push_back(to_cartesian(place, 8) + a * along + b * down);

    SiteLanes sites;
    for (int i = 0; i < 12; ++i) sites.push_back(to_cartesian(moved(place, 30 * i, 6 + 4 * i)));
    sites.fill();
    Lanes distances;
    rupture.distances(sites, distances);
    for (std::size_t i = 0; i < sites.count; ++i) {
        double closest = 1e9;
        for (auto const& point : points)
            closest = std::min(closest, length(Vector{sites.x[i], sites.y[i], sites.z[i]} - point));
        CHECK(distances[i] == Approx(closest).epsilon(2e-3));
        CHECK(distances[i] <= closest + 1e-9);
    }
}

TEST_CASE("ruptures below a place keep the rates, and points fall together")
{
    for (auto const scaling : {Scaling::point, Scaling::wells_coppersmith}) {
        auto const ruptures = ruptures_below_a_place(seismicity_of(scaling), 0.5, MaxDistance());
        double rate = 0;
        for (auto const& rupture : ruptures)
            for (auto const& event : rupture.events) rate += event.rate;
        CHECK(rate == Approx(0.5 * 0.012));
        CHECK(ruptures.size() == (scaling == Scaling::point ? 2 : 12));
        // Of points two styles of faulting are left, for two magnitudes at two depths.
        CHECK(count_events(ruptures) == (scaling == Scaling::point ? 8 : 12));
    }
}

TEST_CASE("a mesh lies in the plane of a fault and ends at its edges")
{
    auto fault = fault_of(60);
    fault.trace = {{10, 0}, {10, 0.5}}; // to the north: it dips to the east
    FaultMesh const mesh(fault, 2);
    CHECK(mesh.extent().width == Approx(12 / std::sin(60 * radians_per_degree)));
    CHECK(mesh.columns() == 29);
    CHECK(mesh.rows() == 8);
    auto const top = mesh.point(0, 0);
    auto const bottom = mesh.point(mesh.rows() - 1, 0);
    CHECK(earth_radius - length(top) == Approx(1).epsilon(1e-9));
    CHECK(earth_radius - length(bottom) == Approx(13).epsilon(1e-9));
    auto const east = horizon({10, 0}).east;
    CHECK(dot(bottom - to_cartesian({10, 0}), east) ==
          Approx(13 / std::tan(60 * radians_per_degree)).epsilon(5e-3));
    CHECK(mesh.window({1e9, 1e9}).rows == mesh.rows());
    CHECK(mesh.window({0, 0}).columns == 1);
    CHECK(has(refusal([&] { FaultMesh(fault, 1e-3); }), "0.001 km"));
}

TEST_CASE("sliding minima are those of their windows")
{
    std::mt19937 random(7); // NOLINT(cert-msc51-cpp): the same numbers in every run
    std::uniform_real_distribution<double> numbers(0, 1);
    constexpr std::size_t groups = 23;
    constexpr std::size_t size = 3;
    std::vector<double> values(groups * size);
    for (auto& value : values) value = numbers(random);
    for (std::size_t window = 1; window <= groups; ++window) {
        auto minima = values;
        slide_minimum(minima.data(), groups, size, window);
        for (std::size_t i = 0; i + window <= groups; ++i)
            for (std::size_t k = 0; k < size; ++k) {
                double least = 1;
                for (std::size_t j = i; j < i + window; ++j)
                    least = std::min(least, values[j * size + k]);
                CHECK(minima[i * size + k] == least);
            }
    }
}

TEST_CASE("floating ruptures share the rate of their magnitude")
{
    auto const fault = fault_of(90);
    FaultMesh const mesh(fault, 1);
    auto const floating = floating_ruptures(fault, mesh);
    REQUIRE(floating.size() == 3);
    for (std::size_t i = 0; i < 3; ++i) {
        auto const rows = mesh.rows() - floating[i].window.rows + 1;
        auto const positions = static_cast<double>(rows * floating[i].last);
        CHECK(positions * floating[i].rate == Approx(fault.seismicity.magnitudes[i].rate));
    }
    CHECK(floating[2].window.rows == mesh.rows()); // M 7.2 is as wide as the fault
    CHECK(floating[0].window.columns == 9);        // 8 km
}

TEST_CASE("sites too far from a fault are left out, others never")
{
    auto const fault = fault_of(45);
    FaultMesh const mesh(fault, 2);
    std::vector<Position> places;
    for (int i = 0; i < 60; ++i) places.push_back({-124 + 0.1 * i, 37 + 0.05 * (i % 40)});
    Sites const sites(places);
    FaultSites const felt(mesh, sites, {0, sites.size()}, 30);
    Columns const columns{3, 9};
    auto const near = felt.near(columns);
    CHECK(near.size() == felt.count_near(columns));
    CHECK(near.size() < 40);
    for (std::uint32_t i = 0; i < sites.size(); ++i) {
        double closest = 1e9;
        for (std::size_t row = 0; row < mesh.rows(); ++row)
            for (auto column = columns.first; column < columns.last; ++column)
                closest = std::min(closest, length(sites[i] - mesh.point(row, column)));
        bool const found = std::ranges::binary_search(near, i);
        if (closest <= 30) CHECK(found);
        if (closest > 60) CHECK_FALSE(found);
    }
}

TEST_CASE("pieces of a source hold all of it, whatever they are cut into")
{
    std::vector<Position> places;
    for (int i = 0; i < 90; ++i) places.push_back({-122.5 + 0.01 * i, 37.5 + 0.02 * (i % 30)});
    Sites const sites(places);
    Calculation calculation;
    calculation.levels = {0.01, 0.1, 0.3};
    calculation.sigma_truncation = 3;
    calculation.max_distance = MaxDistance::parse("5:40,7:120");
    calculation.mesh_spacing = 0.25;
    auto const fault = fault_of(70);
    Source const source{"fault", fault};
    auto const works = split(source, sites, calculation, 10);
    CHECK(works.size() > 3);
    Curves cut;
    for (auto const& work : works) {
        CHECK(work.weight < 5e6);
        cut += curves_of(work, sites, calculation);
    }
    FaultMesh const mesh(fault, calculation.mesh_spacing);
    Work const whole{FaultWork{fault, floating_ruptures(fault, mesh)}, {0, sites.size()}, 1};
    auto const all = curves_of(whole, sites, calculation);
    REQUIRE(cut.sites() == all.sites());
    for (std::size_t i = 0; i < all.sites().size(); ++i)
        for (std::size_t l = 0; l < 3; ++l)
            CHECK(cut.at(i)[l] == Approx(all.at(i)[l]).epsilon(1e-12));
}

TEST_CASE("sources that no site feels make no work")
{
    Sites const sites({{0, 0}});
    Calculation calculation;
    calculation.levels = {0.1};
    calculation.max_distance = MaxDistance::parse("100");
    CHECK(split({"fault", fault_of(90)}, sites, calculation, 10).empty());
    Source const point{"point", PointSource{{10, 0}, seismicity_of(Scaling::point)}};
    CHECK(split(point, sites, calculation, 10).empty());
    Source const near{"point", PointSource{{0.5, 0}, seismicity_of(Scaling::point)}};
    CHECK(split(near, sites, calculation, 10).size() == 1);
}
