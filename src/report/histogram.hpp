#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

namespace starmap::report {

/// Counts of positive values in bins of equal width, or of equal ratio where the values span more
/// than a factor of 20. What lies outside the range, as in a run that goes on, counts at its ends.
class Histogram {
public:
    /// Of values that are expected in [low, high].
    Histogram(double low, double high, std::size_t bins);

    void add(double value) noexcept;

    double low() const noexcept { return low_; }
    double high() const noexcept { return high_; }
    bool is_logarithmic() const noexcept { return is_logarithmic_; }
    std::vector<std::uint64_t> const& counts() const noexcept { return counts_; }

private:
    double low_;
    double high_;
    bool is_logarithmic_;
    std::vector<std::uint64_t> counts_;
};

} // namespace starmap::report
