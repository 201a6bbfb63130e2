// Who may begin a unit that is a large part of what is left for a worker: one that a slow worker
// has begun is the one mistake that no later decision can mend.
#include "scheduling/scheduler.hpp"

#include <algorithm>
#include <cmath>

namespace starmap::scheduling {

namespace {

// Of the work for each worker: a unit of more is heavy.
constexpr double heavy_share = 1.0 / 8;
// A pilot is as much as this of what is left for each, in a few units where they are light enough.
constexpr double pilot_share = 1.0 / 128;
constexpr double several = 4;
constexpr double most_pilot_units = 8;
// Where no unit is that light, one of this part may be: about as much as a probe.
constexpr double light_share = 1.0 / 16;
// Whose pilots teach nothing, as they fail or nothing is known of their groups, is taken as usual.
constexpr std::uint32_t most_pilots = 4;
// A worker of less than this speed is slow, and is to need no more than this of what is left.
constexpr double slow_speed = 0.6;
constexpr double slow_share = 1.0 / 4;

} // namespace

double Scheduler::left_for_each(Job const& job) const
{
    return job.pool.costs().left() / std::max(1U, remote_workers_);
}

bool Scheduler::heavy_next(Job const& job) const
{
    if (!tuning_.pilots || job.spec.in_place || remote_workers_ < 2 || job.pool.empty())
        return false;
    // Near the end all units are a large part of what is left; what matters is whether one was of
    // the whole.
    auto const all = left_for_each(job) + job.costs.spent() / remote_workers_;
    return job.pool.next_cost() > heavy_share * all;
}

bool Scheduler::needs_pilot(Worker const& worker, Job const& job) const
{
    // Where rank 0 is the limit, one more chunk for each worker would cost more than a slow one.
    return worker.predicted == 0 && worker.pilots < most_pilots && !job.no_pilots &&
           round() < tuning_.prefetch && heavy_next(job);
}

std::optional<Range> Scheduler::take_pilot(Job& job, double budget) const
{
    auto& pool = job.pool;
    if (job.pilot_weight == 0)
        job.pilot_weight = pool.weight_left() * pilot_share / std::max(1U, remote_workers_);
    auto const lightest = job.pilot_weight * light_share / pilot_share;
    for (auto const limit : {job.pilot_weight / several, job.pilot_weight, lightest}) {
        auto at = pool.begin_where(
            [&](std::uint32_t, double weight, std::uint32_t) { return weight <= limit; }, {});
        if (!at) continue;
        if (!begins_in_time(job, at, budget)) return std::nullopt;
        auto const group = pool.next_group(at);
        auto const part = pool.costs().units_left(group) / (2.0 * remote_workers_);
        auto const units = job.spec.policy == Policy::each ? 1 : std::min(most_pilot_units, part);
        auto const weight = std::isfinite(budget)
                                ? std::min(job.pilot_weight, job.costs.weight(group, budget))
                                : job.pilot_weight;
        return pool.take(weight, static_cast<std::uint64_t>(std::ceil(units)), at);
    }
    job.no_pilots = true;
    return std::nullopt;
}

std::optional<std::uint64_t> Scheduler::lighter_for(Worker const& worker, Job& job,
                                                    double budget) const
{
    if (worker.predicted == 0 || worker.seconds <= 0 || !heavy_next(job)) return std::nullopt;
    // Beside the others: what was predicted may be off for all.
    auto const speed = worker.predicted / worker.seconds * (seconds_ / predicted_);
    auto& pool = job.pool;
    auto const limit = speed * slow_share * left_for_each(job);
    if (speed >= slow_speed || pool.next_cost() <= limit) return std::nullopt;
    auto at = pool.begin_where(
        [&](std::uint32_t group, double weight, std::uint32_t units) {
            return pool.costs().rate(group).cost(weight, units) <= limit;
        },
        {});
    return at && begins_in_time(job, at, budget) ? at : std::nullopt;
}

} // namespace starmap::scheduling
