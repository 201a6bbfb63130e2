#include "core/work.hpp"

namespace hazard {

Curves curves_of(Work const& work, Sites const& sites, Calculation const& calculation)
{
    if (auto const* const places = std::get_if<PlacesWork>(&work.ruptures))
        return curves_of_places(*places, work.sites, sites, calculation);
    return curves_of_fault(std::get<FaultWork>(work.ruptures), work.sites, sites, calculation);
}

} // namespace hazard
