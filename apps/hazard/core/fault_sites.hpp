#pragma once

#include "core/calculation.hpp"
#include "core/fault.hpp"

#include <cstddef>
#include <cstdint>
#include <vector>

namespace hazard {

/// From the first to before the last column of a mesh; none if they are equal.
struct Columns {
    std::size_t first = 0;
    std::size_t last = 0;

    bool overlap(Columns other) const { return first < other.last && other.first < last; }
};

/// All columns that positions of a window take.
Columns columns_of(Floating const& floating);

/// Which sites may feel what happens where on a fault. A site whose distance from the middle of a
/// column is larger than the distance wanted plus the width of the fault is too far for certain.
class FaultSites {
public:
    /// Of the sites of the range, for ruptures that are felt up to `farthest` km.
    FaultSites(FaultMesh const& mesh, Sites const& sites, SiteRange range, double farthest);

    /// The numbers of the sites that feel something of these columns, rising.
    std::vector<std::uint32_t> near(Columns columns) const;
    std::size_t count_near(Columns columns) const;

private:
    SiteRange range_;
    std::vector<Columns> felt_; ///< by each site of the range
};

} // namespace hazard
