#include "core/splitting.hpp"

#include "core/pieces.hpp"
#include "core/polygon.hpp"

#include <algorithm>
#include <cstdint>
#include <iterator>

namespace hazard {

namespace {

/// Even with many sites a piece for one rupture stays small.
constexpr std::uint32_t most_sites = 1024;

/// Makes the pieces of each kind of source.
struct Cutter {
    Sites const& sites;
    SiteRange range;
    Calculation const& calculation;
    double area_spacing;

    std::vector<Work> operator()(PointSource const& point) const
    {
        return pieces_of_places({point.place}, point.seismicity, sites, range, calculation);
    }
    std::vector<Work> operator()(AreaSource const& area) const
    {
        auto const places = grid_inside(area.polygon, area.spacing.value_or(area_spacing));
        return pieces_of_places(places, area.seismicity, sites, range, calculation);
    }
    std::vector<Work> operator()(SimpleFaultSource const& fault) const
    {
        return pieces_of_fault(fault, sites, range, calculation);
    }
};

} // namespace

std::vector<Work> split(Source const& source, Sites const& sites, Calculation const& calculation,
                        double area_spacing)
{
    std::vector<Work> all;
    for (std::uint32_t first = 0; first < sites.size(); first += most_sites) {
        SiteRange const range{first, std::min(first + most_sites, sites.size())};
        auto pieces = std::visit(Cutter{sites, range, calculation, area_spacing}, source.kind);
        std::ranges::move(pieces, std::back_inserter(all));
    }
    return all;
}

} // namespace hazard
