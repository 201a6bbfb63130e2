#include "report/end_estimate.hpp"

#include <algorithm>
#include <cmath>

namespace starmap::report {

namespace {

/// The quantile of Student's t that (1 + confidence) / 2 of it lies below, by the expansion around
/// the normal one (Abramowitz and Stegun, 26.7.5): within 2 % from two degrees on.
double quantile_of_t(double degrees)
{
    constexpr double z = 1.2815515655446004; // 0.9 of the normal distribution lies below
    constexpr double z3 = z * z * z;
    constexpr double z5 = z3 * z * z;
    return z + (z3 + z) / (4 * degrees) + (5 * z5 + 16 * z3 + 3 * z) / (96 * degrees * degrees);
}
static_assert(EndEstimate::confidence == 0.8);

} // namespace

void EndEstimate::add(double weight, double seconds)
{
    if (!std::isfinite(weight) || !std::isfinite(seconds) || weight < 0 || seconds < 0) return;
    ++results_;
    weight_ += weight;
    seconds_ += seconds;
    if (batches_.empty() || in_last_ == batch_size_) {
        if (batches_.size() == most_batches) {
            for (std::size_t i = 0; i < most_batches / 2; ++i)
                batches_[i] = {.weight = batches_[2 * i].weight + batches_[2 * i + 1].weight,
                               .seconds = batches_[2 * i].seconds + batches_[2 * i + 1].seconds};
            batches_.resize(most_batches / 2);
            batch_size_ *= 2;
        }
        batches_.push_back({});
        in_last_ = 0;
    }
    ++in_last_;
    batches_.back().weight += weight;
    batches_.back().seconds += seconds;
}

std::size_t EndEstimate::complete() const noexcept
{
    return batches_.size() - (in_last_ == batch_size_ ? 0 : 1);
}

double EndEstimate::variance() const
{
    auto const count = complete();
    double weight = 0;
    double seconds = 0;
    for (std::size_t i = 0; i < count; ++i) {
        weight += batches_[i].weight;
        seconds += batches_[i].seconds;
    }
    if (count < 2 || weight <= 0) return 0;
    double sum = 0;
    for (std::size_t i = 0; i < count; ++i) {
        auto const& batch = batches_[i];
        auto const off = batch.seconds - seconds / weight * batch.weight;
        if (batch.weight > 0) sum += off * off / batch.weight;
    }
    return sum / static_cast<double>(count - 1);
}

std::optional<EndEstimate::Interval> EndEstimate::at(Moment const& moment) const
{
    auto const spent = seconds_ + moment.running;
    if (weight_ <= 0 || seconds_ <= 0 || !(moment.elapsed > 0)) return std::nullopt;
    auto const left = std::max(0.0, moment.weight_left);
    auto const workers = static_cast<double>(std::max(1U, moment.workers));
    auto const v = variance();

    // Of a result of the mean weight.
    auto const results = static_cast<double>(results_);
    auto const weight = weight_ / results;
    auto const mean = seconds_ / results;
    auto const varied = std::min(v * weight / (mean * mean), 1.0);
    auto const rate = (seconds_ + varied * moment.running) / weight_;
    auto const under_way = std::min(left, workers * weight);
    auto const cost =
        std::max(rate * left - (1 - varied) * moment.running, rate * (left - under_way));
    // Seconds of the run for one of a worker, waits and failed attempts included.
    auto const pace = moment.elapsed / spent;

    auto const units = std::max(1.0, moment.units_left);
    auto const unit = left / units;
    auto const rest = std::sqrt((rate * unit * rate * unit + 11 * v * unit) / 12);
    auto const log_workers = std::log(std::min(workers, units));
    auto const even = (1 - varied) * std::sqrt(2 * log_workers);
    auto const tail = rest * (even + varied * log_workers);
    constexpr double beyond = 1.25; // 9 of 10 are less than ln P + 2.25, and the mean one is 1
    auto const long_tail = rest * (even + varied * (log_workers + beyond));

    Interval interval;
    interval.likely = pace * cost + tail / 2;
    interval.low = interval.high = interval.likely;
    auto const count = complete();
    // By then each worker has had its first ones, the long ones among them.
    if (count < fewest_batches || results < 2 * workers) return interval;
    auto const spread = quantile_of_t(static_cast<double>(count - 1)) * pace *
                        std::sqrt(v * left * (left + weight_) / weight_);
    interval.low = std::max(0.0, interval.likely - std::hypot(spread, tail / 2));
    interval.high = interval.likely + std::hypot(spread, long_tail - tail / 2);
    interval.has_spread = true;
    return interval;
}

} // namespace starmap::report
