#pragma once

#include "core/geodesy.hpp"
#include "core/sources.hpp"

#include <cstddef>
#include <vector>

namespace hazard {

/// Points on a fault's surface in a grid: columns along the trace, rows down the dip, at nearly
/// equal steps that fill the surface exactly.
class FaultMesh {
public:
    /// `spacing` is the wanted step [km]. Throws InputError for more than a million points.
    FaultMesh(SimpleFaultSource const& fault, double spacing);

    std::size_t rows() const noexcept { return rows_; }
    std::size_t columns() const noexcept { return columns_; }
    Vector point(std::size_t row, std::size_t column) const
    {
        return points_[row * columns_ + column];
    }
    /// Of the whole surface [km].
    Extent extent() const noexcept { return extent_; }

    /// A part of the mesh, in points.
    struct Window {
        std::size_t rows = 1;
        std::size_t columns = 1;
    };
    /// The window that is nearest to a rectangle of this extent.
    Window window(Extent rupture) const;

private:
    std::size_t rows_;
    std::size_t columns_;
    Extent extent_;
    std::vector<Vector> points_;
};

/// One magnitude of a fault: a window that takes each position on the mesh, all at the same rate.
struct Floating {
    double magnitude = 0;
    double rate = 0; ///< of each position [1/year]
    FaultMesh::Window window;
    std::size_t first = 0; ///< the leftmost column of the first positions
    std::size_t last = 0;  ///< and, behind the last ones, the first that is no more taken
};

/// The floating ruptures of a fault, a magnitude each, over the whole mesh.
std::vector<Floating> floating_ruptures(SimpleFaultSource const& fault, FaultMesh const& mesh);

/// Puts the minimum of each `window` consecutive groups in the place of the first of them: groups
/// of `size` numbers, of which corresponding ones are compared. The last window - 1 groups hold
/// nothing of use afterwards. Takes about log2(window) passes (the windows double).
void slide_minimum(double* values, std::size_t groups, std::size_t size, std::size_t window);

} // namespace hazard
