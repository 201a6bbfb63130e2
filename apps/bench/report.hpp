#pragma once

#include <string>
#include <vector>

namespace bench {

/// The median of some figures; of an even number the lower of the middle two.
double median(std::vector<double> figures);

/// One comparison: figures of several rounds, taken in turns.
struct Comparison {
    std::string what;
    std::string unit;
    double amount = 0;                ///< per round; figures are amount / seconds
    std::vector<double> raw = {};     ///< seconds
    std::vector<double> starmap = {}; ///< seconds
};

/// Prints the medians of both, and the median of the rounds' ratios with the lowest and highest.
void print(Comparison const& comparison);

} // namespace bench
