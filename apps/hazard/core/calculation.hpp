#pragma once

#include "core/geodesy.hpp"
#include "core/max_distance.hpp"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

namespace hazard {

/// What is asked for at all sites alike.
struct Calculation {
    std::vector<double> levels;             ///< of peak ground acceleration [g], rising
    std::optional<double> sigma_truncation; ///< in standard deviations; 0: the median alone
    MaxDistance max_distance;
    double mesh_spacing = 2; ///< of fault surfaces [km]

    template <class Archive>
    void serialize(Archive& archive, unsigned)
    {
        archive& levels& sigma_truncation& max_distance& mesh_spacing;
    }
};

/// Throws InputError for no levels, levels that do not rise or are not positive, a negative
/// truncation, and a spacing that is not positive.
void check(Calculation const& calculation);

/// A run of sites, by their numbers: from the first to before the last.
struct SiteRange {
    std::uint32_t first = 0;
    std::uint32_t last = 0;
};

/// A ball [km].
struct Ball {
    Vector centre;
    double radius = 0;
};
/// One around all points.
Ball ball_around(std::vector<Vector> const& points);

/// The places for which curves are asked, as points [km from the earth's centre].
class Sites {
public:
    Sites() = default;
    explicit Sites(std::vector<Position> const& places);

    std::uint32_t size() const noexcept { return static_cast<std::uint32_t>(points_.size()); }
    Vector operator[](std::size_t i) const noexcept { return points_[i]; }
    /// The numbers of those of a range that lie in a ball, rising.
    std::vector<std::uint32_t> inside(Ball const& ball, SiteRange range) const;
    /// The distances [km] of those from the centre.
    std::vector<double> distances_inside(Ball const& ball, SiteRange range) const;

    template <class Archive>
    void serialize(Archive& archive, unsigned)
    {
        archive& points_;
    }

private:
    std::vector<Vector> points_;
};

} // namespace hazard
