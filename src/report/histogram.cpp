#include "report/histogram.hpp"

#include <algorithm>
#include <cmath>

namespace starmap::report {

namespace {

/// Clocks resolve no less [s]: a duration of 0 has a place in a logarithmic scale too.
constexpr double least = 1e-9;
constexpr double linear_ratio = 20;

} // namespace

Histogram::Histogram(double low, double high, std::size_t bins)
    : low_(std::isfinite(low) ? std::max(low, least) : least),
      high_(std::isfinite(high) ? std::max(high, low_) : low_),
      is_logarithmic_(high_ > linear_ratio * low_),
      counts_(std::max<std::size_t>(bins, 1))
{
    if (!is_logarithmic_ && !(high_ > low_ * (1 + 1e-9))) {
        low_ *= 0.9;
        high_ *= 1.1;
    }
}

void Histogram::add(double value) noexcept
{
    auto const bounded = std::clamp(std::isnan(value) ? low_ : value, low_, high_);
    auto const part = is_logarithmic_ ? std::log(bounded / low_) / std::log(high_ / low_)
                                      : (bounded - low_) / (high_ - low_);
    auto const bin = static_cast<std::size_t>(part * static_cast<double>(counts_.size()));
    ++counts_[std::min(bin, counts_.size() - 1)];
}

} // namespace starmap::report
