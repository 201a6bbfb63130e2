// How large the next chunk is, and where in the pool it begins; who gets it is in scheduler.cpp.
#include "scheduling/scheduler.hpp"

#include <algorithm>
#include <cmath>

namespace starmap::scheduling {

namespace {

// A chunk of unknown cost must not be a large part of the work: the first results teach the rest.
constexpr double probe_share = 1.0 / 8;
// A group is large with this part of the units: one that small can do no harm, and there may be
// many of them.
constexpr std::size_t least_group = 64;

std::uint64_t whole(double count)
{
    constexpr double most = 1e18;
    return count >= 1 ? static_cast<std::uint64_t>(std::min(count, most)) : 1;
}

} // namespace

/// The pool reckons what is left by what is known of each group.
void Scheduler::tell_rates(Job& job, std::uint32_t group)
{
    job.pool.set_rest(job.costs.rate());
    job.pool.set_rate(group, job.costs.rate(group));
    if (!job.wide) return;
    job.wide->tell_rates(job.costs);
    job.wide->tell_rates(group, job.costs);
}

/// Notes the large groups among units that are about to come: whose weights say too little would
/// else have its turn when the others are done, all at once.
void Scheduler::note_strangers(Job& job, std::vector<double> const& weights,
                               std::span<std::uint32_t const> groups)
{
    auto const before = static_cast<std::ptrdiff_t>(job.strangers.size());
    for (std::size_t first = 0; first < groups.size();) {
        auto last = first;
        while (last < groups.size() && groups[last] == groups[first]) ++last;
        if ((last - first) * least_group >= groups.size() && last - first < groups.size())
            job.strangers.push_back({.position = job.pool.positions() + first,
                                     .group = groups[first],
                                     .weight = weights[first]});
        first = last;
    }
    std::stable_sort(job.strangers.begin() + before, job.strangers.end(),
                     [](Stranger const& a, Stranger const& b) { return a.weight > b.weight; });
}

std::optional<std::uint64_t> Scheduler::next_stranger(Job& job)
{
    while (!job.strangers.empty()) {
        auto const next = job.strangers.front();
        job.strangers.pop_front();
        if (!job.costs.knows(next.group) && job.pool.offers(next.position)) return next.position;
    }
    return std::nullopt;
}

Range Scheduler::next_range(Job& job, std::optional<std::uint64_t> at, double part,
                            double budget) const
{
    auto& pool = job.pool;
    if (job.spec.policy == Policy::blocks) return pool.take(0, 1, at);

    // Weighted factoring: half of what remains, in equal parts for all workers (the batches of
    // FAC2, Hummel et al. 1992, taken chunk by chunk).
    auto const parts = 2.0 * std::max(1U, job.spec.in_place ? 1U : remote_workers_);
    auto const group = pool.next_group(at);
    auto const& left = pool.costs();
    auto weight = left.weight_left(group) / parts;
    auto units = left.units_left(group) / parts;
    auto const each = job.spec.policy == Policy::each;
    // What is known of others says little of a large group that nothing was heard of.
    auto const large =
        left.units_left(group) * least_group >= static_cast<double>(pool.positions());
    if (!job.costs.knows_anything() || (large && !job.costs.knows(group))) {
        if (each) return pool.take(0, 1, at);
        units = std::min<double>(std::ceil(units * probe_share), tuning_.max_units);
        return pool.take(weight * probe_share, whole(units), at);
    }
    auto const per_second = job.costs.weight(group, 1);
    // In seconds, as groups may differ in what a unit of weight takes.
    weight =
        std::isfinite(per_second) ? left.left() / parts * per_second : pool.weight_left() / parts;
    units = static_cast<double>(pool.units_left()) / parts;
    // A round of all workers takes rank 0 this long; chunks that last shorter would have to wait
    // for it. When less than that is left for each, it goes out in one round as far as possible.
    auto const widen = [&](double share, double of_a_second) {
        if (!std::isfinite(of_a_second)) return share * part;
        auto const full = round() * of_a_second;
        share = std::max(share, std::min(full, std::sqrt(2 * share * full))) * part;
        return std::max(share, tuning_.floor * of_a_second);
    };
    auto const unit_seconds = job.costs.seconds_per_unit(group);
    weight = widen(weight, per_second);
    units = std::min<double>(widen(units, 1 / unit_seconds), tuning_.max_units);
    if (each) {
        weight = std::min(weight, job.costs.weight(group, tuning_.bundle));
        units = std::min<double>(units, tuning_.max_bundle);
    }
    if (std::isfinite(budget)) {
        weight = std::min(weight, job.costs.weight(group, budget));
        units = std::min(units, std::floor(budget / unit_seconds));
    }
    return pool.take(weight, whole(std::ceil(units)), at);
}

} // namespace starmap::scheduling
