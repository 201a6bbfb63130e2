#include "core/magnitudes.hpp"

#include "core/input_error.hpp"
#include "core/numbers.hpp"

#include <algorithm>
#include <cmath>
#include <cstddef>

namespace hazard {

namespace {
constexpr double most_bins = 1e5; // more are a slip of the pen

void check_width(double bin_width)
{
    if (!(bin_width > 0))
        throw InputError("the bin width of the magnitudes is " + text_of(bin_width) +
                         " (it must be positive): 0.1 is common");
}
} // namespace

std::vector<MagnitudeRate> truncated_gutenberg_richter(double a, double b, double smallest,
                                                       double largest, double bin_width)
{
    check_width(bin_width);
    if (!(smallest < largest))
        throw InputError("minMag is " + text_of(smallest) + " and maxMag " + text_of(largest) +
                         " (there is no magnitude between them): exchange them, or use an "
                         "incrementalMFD for a single one");
    if (!(b > 0))
        throw InputError("bValue is " + text_of(b) +
                         " (large earthquakes are rarer than small ones): give a positive number");
    auto const wanted = (largest - smallest) / bin_width;
    if (wanted > most_bins)
        throw InputError("there would be " + text_of(std::floor(wanted)) +
                         " bins of magnitude (more than " + text_of(most_bins) +
                         "): make them wider");
    auto const bins = std::max(1L, std::lround(wanted));
    auto const width = (largest - smallest) / static_cast<double>(bins);
    auto const from = [&](double magnitude) { return std::pow(10, a - b * magnitude); };

    std::vector<MagnitudeRate> result;
    for (long i = 0; i < bins; ++i) {
        auto const low = smallest + width * static_cast<double>(i);
        result.push_back({low + width / 2, from(low) - from(low + width)});
    }
    return result;
}

std::vector<MagnitudeRate> evenly_discretised(double smallest, double bin_width,
                                              std::vector<double> const& rates)
{
    check_width(bin_width);
    std::vector<MagnitudeRate> result;
    for (std::size_t i = 0; i < rates.size(); ++i) {
        auto const magnitude = smallest + bin_width * static_cast<double>(i);
        if (!(rates[i] >= 0))
            throw InputError("the rate of magnitude " + text_of(magnitude) + " is " +
                             text_of(rates[i]) +
                             " (nothing happens less than never): give rates of at least 0");
        if (rates[i] > 0) result.push_back({magnitude, rates[i]});
    }
    if (result.empty())
        throw InputError("no magnitude has a rate above 0 (the source would never rupture): give "
                         "rates, or leave the source out");
    return result;
}

} // namespace hazard
