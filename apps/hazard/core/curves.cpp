#include "core/curves.hpp"

#include <algorithm>
#include <cmath>
#include <iterator>
#include <utility>

namespace hazard {

Curves::Curves(std::vector<std::uint32_t> sites, std::size_t levels)
    : sites_(std::move(sites)),
      rates_(sites_.size() * levels),
      levels_(levels)
{
}

Curves& Curves::operator+=(Curves const& other)
{
    if (other.sites_.empty()) return *this;
    if (sites_.empty()) return *this = other;
    if (!std::ranges::includes(sites_, other.sites_)) {
        std::vector<std::uint32_t> all;
        std::ranges::set_union(sites_, other.sites_, std::back_inserter(all));
        Curves wider(std::move(all), levels_);
        wider += *this;
        *this = std::move(wider);
    }
    std::size_t i = 0;
    for (std::size_t j = 0; j < other.sites_.size(); ++j, ++i) {
        while (sites_[i] != other.sites_[j]) ++i;
        auto const* const source = other.at(j);
        auto* const target = at(i);
        for (std::size_t l = 0; l < levels_; ++l) target[l] += source[l];
    }
    return *this;
}

double probability(double rate, double years) { return -std::expm1(-rate * years); }

} // namespace hazard
