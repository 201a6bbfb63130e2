#include "core/exceedance.hpp"

#include "core/vector_math.hpp"

#include <algorithm>
#include <cmath>

namespace hazard {

namespace {

using vector_math::last_sigma;
using vector_math::normal_tail;
using Truncation = Exceedance::Truncation;

/// The mean of ln y where an event is not felt.
constexpr double unfelt = -1e9;

/// The largest of `count` means, a multiple of lane_step.
[[gnu::always_inline]] inline double largest(double const* values, std::size_t count)
{
    double best[lane_step];
    for (std::size_t k = 0; k < lane_step; ++k) best[k] = unfelt;
    for (std::size_t i = 0; i < count; i += lane_step)
        for (std::size_t k = 0; k < lane_step; ++k)
            best[k] = values[i + k] > best[k] ? values[i + k] : best[k];
    return *std::max_element(best, best + lane_step);
}

/// The loops, to be compiled for each set of instructions. No sum is reordered and no product fused
/// with a sum, so all of them give the same bits.
[[gnu::always_inline]] inline void add_lanes(Event const& event, Lanes const& distances,
                                             std::size_t count, double* rates,
                                             std::vector<double> const& log_levels,
                                             Truncation truncation)
{
    auto const [base, saturation, sigma] = event.shaking;
    auto const per_sigma = 1 / sigma;
    auto const bound = truncation.bound;
    auto const beyond = truncation.beyond;
    auto const felt_rate = event.rate * truncation.scale;
    auto const farthest = event.farthest;
    Lanes r = distances;            // g++ 12 makes no vectors of what is const
    alignas(64) double mean[lanes]; // of ln y, in sigmas
    alignas(64) double rate[lanes];
    for (std::size_t i = 0; i < count; ++i) {
        auto const felt = (base - Shaking::decay * vector_math::log(r[i] + saturation)) * per_sigma;
        mean[i] = r[i] <= farthest ? felt : unfelt;
        rate[i] = r[i] <= farthest ? felt_rate : 0.0;
    }
    auto const strongest = largest(mean, count);
    for (double const log_level : log_levels) {
        auto const level = log_level * per_sigma;
        if (level - strongest >= bound) return; // no site feels this, nor any higher level
        for (std::size_t i = 0; i < count; ++i) {
            auto z = level - mean[i];
            z = z < bound ? z : bound;
            z = z > -bound ? z : -bound;
            rates[i] += rate[i] * (normal_tail(z) - beyond);
        }
        rates += lanes;
    }
}

[[gnu::always_inline]] inline void add_medians(Event const& event, Lanes const& distances,
                                               std::size_t count, double* rates,
                                               std::vector<double> const& log_levels)
{
    auto const [base, saturation, sigma] = event.shaking;
    auto const rate = event.rate;
    auto const farthest = event.farthest;
    Lanes r = distances;
    alignas(64) double mean[lanes]; // of ln y
    for (std::size_t i = 0; i < count; ++i) {
        auto const felt = base - Shaking::decay * vector_math::log(r[i] + saturation);
        mean[i] = r[i] <= farthest ? felt : unfelt;
    }
    auto const strongest = largest(mean, count);
    for (double const log_level : log_levels) {
        if (strongest <= log_level) return;
        for (std::size_t i = 0; i < count; ++i) rates[i] += mean[i] > log_level ? rate : 0.0;
        rates += lanes;
    }
}

using AddLanes = void (*)(Event const&, Lanes const&, std::size_t, double*,
                          std::vector<double> const&, Truncation);

void add_anywhere(Event const& event, Lanes const& distances, std::size_t count, double* rates,
                  std::vector<double> const& log_levels, Truncation truncation)
{
    add_lanes(event, distances, count, rates, log_levels, truncation);
}

#ifdef __x86_64__
[[gnu::target("avx2")]] void add_with_avx2(Event const& event, Lanes const& distances,
                                           std::size_t count, double* rates,
                                           std::vector<double> const& log_levels,
                                           Truncation truncation)
{
    add_lanes(event, distances, count, rates, log_levels, truncation);
}

[[gnu::target("avx512f,avx512dq")]] void add_with_avx512(Event const& event, Lanes const& distances,
                                                         std::size_t count, double* rates,
                                                         std::vector<double> const& log_levels,
                                                         Truncation truncation)
{
    add_lanes(event, distances, count, rates, log_levels, truncation);
}

AddLanes widest()
{
    if (__builtin_cpu_supports("avx512dq")) return add_with_avx512;
    if (__builtin_cpu_supports("avx2")) return add_with_avx2;
    return add_anywhere;
}
#else
AddLanes widest() { return add_anywhere; }
#endif

AddLanes const add_here = widest();

} // namespace

Exceedance::Exceedance(std::vector<double> const& levels, std::optional<double> truncation)
{
    for (double const level : levels) log_levels_.push_back(std::log(level));
    truncation_.bound = std::min(truncation.value_or(last_sigma), last_sigma);
    if (!truncation) {
        truncation_.scale = 1; // the tails stay as they are
        return;
    }
    truncation_.beyond = normal_tail(truncation_.bound);
    truncation_.scale = 1 / (1 - 2 * truncation_.beyond);
}

std::size_t Exceedance::levels_felt(Event const& event, double distance) const
{
    if (distance > event.farthest) return 0;
    auto const [base, saturation, sigma] = event.shaking;
    auto const mean = base - Shaking::decay * std::log(distance + saturation);
    auto const strongest = mean + truncation_.bound * sigma;
    auto const first = log_levels_.begin();
    return static_cast<std::size_t>(std::lower_bound(first, log_levels_.end(), strongest) - first);
}

void Exceedance::add(Event const& event, Lanes const& distances, std::size_t sites,
                     double* rates) const
{
    if (truncation_.bound > 0)
        add_here(event, distances, filled(sites), rates, log_levels_, truncation_);
    else
        add_medians(event, distances, filled(sites), rates, log_levels_);
}

void Exceedance::add_plainly(Event const& event, Lanes const& distances, std::size_t sites,
                             double* rates) const
{
    auto const [base, saturation, sigma] = event.shaking;
    auto const tail = [](double z) { return 0.5 * std::erfc(z * std::sqrt(0.5)); };
    auto const bound = truncation_.bound;
    auto const beyond = truncation_.beyond > 0 ? tail(bound) : 0.0;
    for (std::size_t i = 0; i < filled(sites); ++i) {
        if (distances[i] > event.farthest) continue;
        auto const mean = base - Shaking::decay * std::log(distances[i] + saturation);
        for (std::size_t l = 0; l < log_levels_.size(); ++l) {
            auto const above = log_levels_[l] - mean; // what ln y has to scatter by
            if (above >= bound * sigma) break;        // and so for all higher levels
            auto const z = above / sigma;
            auto const probability = z <= -bound ? 1 : (tail(z) - beyond) / (1 - 2 * beyond);
            rates[l * lanes + i] += event.rate * probability;
        }
    }
}

} // namespace hazard
