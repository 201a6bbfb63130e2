#pragma once

#include "core/calculation.hpp"
#include "core/curves.hpp"
#include "core/fault.hpp"
#include "core/sources.hpp"

#include <variant>
#include <vector>

namespace hazard {

/// Some places of a point or area source.
struct PlacesWork {
    std::vector<Position> places;
    double share = 1; ///< the part of the source's rates that each place has
    PointSeismicity seismicity;

    template <class Archive>
    void serialize(Archive& archive, unsigned)
    {
        archive& places& share& seismicity;
    }
};

/// Some of the ruptures that float over a fault.
struct FaultWork {
    SimpleFaultSource fault;
    std::vector<Floating> floating;

    template <class Archive>
    void serialize(Archive& archive, unsigned)
    {
        archive& fault& floating;
    }
};

/// What one worker does in one go: a part of a source, for a part of the sites.
struct Work {
    std::variant<PlacesWork, FaultWork> ruptures;
    SiteRange sites;
    double weight = 0; ///< expected cost, in probabilities of exceedance of about 3 ns

    template <class Archive>
    void serialize(Archive& archive, unsigned)
    {
        archive& ruptures& sites& weight;
    }
};

/// Rates of exceedance at the sites near the ruptures, of those in the range.
Curves curves_of_places(PlacesWork const& work, SiteRange range, Sites const& sites,
                        Calculation const& calculation);
Curves curves_of_fault(FaultWork const& work, SiteRange range, Sites const& sites,
                       Calculation const& calculation);
Curves curves_of(Work const& work, Sites const& sites, Calculation const& calculation);

} // namespace hazard
