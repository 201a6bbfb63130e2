#include "core/fault_sites.hpp"

#include <algorithm>

namespace hazard {

Columns columns_of(Floating const& floating)
{
    return {floating.first, floating.last + floating.window.columns - 1};
}

FaultSites::FaultSites(FaultMesh const& mesh, Sites const& sites, SiteRange range, double farthest)
    : range_(range)
{
    auto const middle = mesh.rows() / 2;
    auto const reach = farthest + mesh.extent().width;
    auto const feels = [&](Vector site, std::size_t column) {
        auto const difference = site - mesh.point(middle, column);
        return dot(difference, difference) <= reach * reach;
    };
    for (auto i = range.first; i < range.last; ++i) {
        Columns felt{0, mesh.columns()};
        while (felt.first < felt.last && !feels(sites[i], felt.first)) ++felt.first;
        while (felt.first < felt.last && !feels(sites[i], felt.last - 1)) --felt.last;
        felt_.push_back(felt);
    }
}

std::vector<std::uint32_t> FaultSites::near(Columns columns) const
{
    std::vector<std::uint32_t> numbers;
    for (std::size_t i = 0; i < felt_.size(); ++i)
        if (felt_[i].overlap(columns))
            numbers.push_back(range_.first + static_cast<std::uint32_t>(i));
    return numbers;
}

std::size_t FaultSites::count_near(Columns columns) const
{
    return static_cast<std::size_t>(
        std::ranges::count_if(felt_, [&](Columns felt) { return felt.overlap(columns); }));
}

} // namespace hazard
