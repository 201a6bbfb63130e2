#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

namespace hazard {

/// Rates of exceedance at some of the sites, to be added to those of other ruptures.
class Curves {
public:
    /// None.
    Curves() = default;
    /// All zero, at the sites of these rising numbers.
    Curves(std::vector<std::uint32_t> sites, std::size_t levels);

    std::vector<std::uint32_t> const& sites() const noexcept { return sites_; }
    /// The rates of the i-th of sites(), a level each [1/year].
    double* at(std::size_t i) noexcept { return rates_.data() + i * levels_; }
    double const* at(std::size_t i) const noexcept { return rates_.data() + i * levels_; }
    std::size_t levels() const noexcept { return levels_; }

    /// Site by site; those that one of both lacks count as zero there.
    Curves& operator+=(Curves const& other);

    template <class Archive>
    void serialize(Archive& archive, unsigned)
    {
        archive& sites_& rates_& levels_;
    }

private:
    std::vector<std::uint32_t> sites_;
    std::vector<double> rates_;
    std::uint64_t levels_ = 0;
};

/// The probability of at least one event within `years`, events being Poissonian.
double probability(double rate, double years);

} // namespace hazard
