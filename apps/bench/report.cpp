#include "report.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace bench {

double median(std::vector<double> figures)
{
    if (figures.empty()) return 0;
    auto const middle = figures.begin() + static_cast<std::ptrdiff_t>((figures.size() - 1) / 2);
    std::nth_element(figures.begin(), middle, figures.end());
    return *middle;
}

void print(Comparison const& c)
{
    std::vector<double> ratios;
    for (std::size_t i = 0; i < c.raw.size(); ++i) ratios.push_back(c.raw[i] / c.starmap[i]);
    auto const [lowest, highest] = std::minmax_element(ratios.begin(), ratios.end());
    fmt::print("{:<34} raw MPI {:>12.4g} {u}   starmap {:>12.4g} {u}   ratio {:>7.3f} ({:.3f} to "
               "{:.3f})\n",
               c.what, c.amount / median(c.raw), c.amount / median(c.starmap), median(ratios),
               *lowest, *highest, fmt::arg("u", c.unit));
}

} // namespace bench
