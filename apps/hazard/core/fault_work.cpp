#include "core/exceedance.hpp"
#include "core/fault_sites.hpp"
#include "core/site_block.hpp"
#include "core/work.hpp"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <limits>

namespace hazard {

namespace {

/// Squared distances from the points of some columns of a mesh to the sites of a block: row by row,
/// column by column, a number for each site that is filled in.
class MeshDistances {
public:
    MeshDistances(FaultMesh const& mesh, Columns columns) : mesh_(mesh), columns_(columns) {}

    void measure(SiteLanes const& sites)
    {
        count_ = filled(sites.count);
        squares_.resize(mesh_.rows() * (columns_.last - columns_.first) * count_);
        minima_.resize(squares_.size());
        auto* square = squares_.data();
        auto const count = count_;
        for (std::size_t row = 0; row < mesh_.rows(); ++row) {
            for (auto column = columns_.first; column < columns_.last; ++column, square += count) {
                auto const point = mesh_.point(row, column);
                for (std::size_t i = 0; i < count; ++i) {
                    auto const x = sites.x[i] - point.x;
                    auto const y = sites.y[i] - point.y;
                    auto const z = sites.z[i] - point.z;
                    square[i] = x * x + y * y + z * z;
                }
            }
        }
    }

    /// Calls `use(distances)` for the positions of a window. Down the dip first: what is left after
    /// that are few rows.
    template <class Use>
    void for_each_position(Floating const& floating, Use const& use)
    {
        auto const [first, last] = columns_of(floating);
        auto const columns = last - first;
        auto const window = floating.window;
        auto const size = columns * count_;
        for (std::size_t row = 0; row < mesh_.rows(); ++row) {
            auto const before = row * (columns_.last - columns_.first) + first - columns_.first;
            std::copy_n(squares_.data() + before * count_, size, minima_.data() + row * size);
        }
        slide_minimum(minima_.data(), mesh_.rows(), size, window.rows);
        Lanes distances;
        for (std::size_t row = 0; row + window.rows <= mesh_.rows(); ++row) {
            auto* minimum = minima_.data() + row * size;
            slide_minimum(minimum, columns, count_, window.columns);
            for (auto column = floating.first; column < floating.last; ++column) {
                for (std::size_t i = 0; i < count_; ++i) distances[i] = std::sqrt(minimum[i]);
                use(distances);
                minimum += count_;
            }
        }
    }

private:
    FaultMesh const& mesh_;
    Columns columns_;
    std::size_t count_ = 0;
    std::vector<double> squares_;
    std::vector<double> minima_;
};

} // namespace

Curves curves_of_fault(FaultWork const& work, SiteRange range, Sites const& sites,
                       Calculation const& calculation)
{
    FaultMesh const mesh(work.fault, calculation.mesh_spacing);
    Columns columns{mesh.columns(), 0};
    double farthest = 0;
    for (auto const& floating : work.floating) {
        auto const [first, last] = columns_of(floating);
        columns = {std::min(columns.first, first), std::max(columns.last, last)};
        farthest = std::max(farthest, calculation.max_distance(floating.magnitude));
    }
    Exceedance const exceedance(calculation.levels, calculation.sigma_truncation);
    Curves curves(FaultSites(mesh, sites, range, farthest).near(columns),
                  calculation.levels.size());
    SiteBlock block(calculation.levels.size());
    MeshDistances mesh_distances(mesh, columns);
    bool const reverse = is_reverse(work.fault.rake);
    Ball const all{mesh.point(mesh.rows() / 2, (columns.first + columns.last) / 2),
                   std::numeric_limits<double>::infinity()};
    for_each_block(curves, sites, all, block, [&](SiteBlock& near) {
        auto const& lanes_of_sites = near.sites();
        mesh_distances.measure(lanes_of_sites);
        for (auto const& floating : work.floating) {
            Event const event{sadigh_1997(floating.magnitude, reverse), floating.rate,
                              calculation.max_distance(floating.magnitude)};
            mesh_distances.for_each_position(floating, [&](Lanes const& distances) {
                exceedance.add(event, distances, lanes_of_sites.count, near.rates());
            });
        }
    });
    return curves;
}

} // namespace hazard
