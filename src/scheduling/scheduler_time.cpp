// What the scheduler does when time is short. It knows no clock: it is told what is left.
#include "scheduling/scheduler.hpp"

#include <algorithm>
#include <cmath>

namespace starmap::scheduling {

std::map<JobId, Scheduler::Running> Scheduler::running() const
{
    std::map<JobId, Running> all;
    for (auto const& worker : workers_) {
        if (worker.held.empty()) continue;
        auto& of_job = all[worker.held.front().job];
        ++of_job.workers;
        of_job.seconds += std::max(0.0, now_ - worker.begun);
    }
    return all;
}

double Scheduler::budget_of(Worker const& worker) const
{
    if (!std::isfinite(time_left_)) return time_left_;
    auto seconds = time_left_ / tuning_.caution;
    for (auto const& chunk : worker.held) seconds -= find(chunk.job).costs.predicted(chunk.range);
    return std::max(0.0, seconds) * worker.speed;
}

std::optional<Retry> Scheduler::take_retry(Job& job, WorkerId worker, double budget) const
{
    auto const alone = remote_workers_ <= 1 || job.spec.in_place;
    for (auto at = job.retries.begin(); at != job.retries.end(); ++at) {
        if (!alone && at->avoid == worker) continue;
        auto taken = *at;
        auto const seconds = job.costs.knows_anything() ? job.costs.predicted(at->range) : 0;
        if (seconds > budget) {
            auto const part = std::floor(at->range.count * budget / seconds);
            taken.range.count = static_cast<std::uint32_t>(part);
            if (taken.range.count == 0) {
                job.too_long = true;
                continue;
            }
            auto const rest = part_of(at->range, at->range.first + taken.range.count,
                                      at->range.first + at->range.count);
            taken.range.weight = at->range.weight - rest.weight;
            at->range = rest;
        } else {
            job.retries.erase(at);
        }
        job.too_long = false;
        return taken;
    }
    return std::nullopt;
}

bool Scheduler::begins_in_time(Job& job, std::optional<std::uint64_t>& at, double budget)
{
    job.too_long = false;
    // Of unknown cost: who never begins never learns.
    if (!std::isfinite(budget) || !job.costs.knows_anything()) return true;
    auto const fits = [&](std::uint32_t group, double weight, std::uint32_t units) {
        return job.costs.seconds(group, weight, units) <= budget;
    };
    at = job.pool.begin_where(fits, at);
    job.too_long = !at;
    return !job.too_long;
}

bool Scheduler::out_of_time(JobId id) const
{
    auto const& job = find(id);
    if (job.in_flight != 0 || drained(id)) return false;
    auto const is_stuck = job.too_long || (job.pool.empty() && job.retries.empty());
    auto const wide_is_stuck = job.wide_too_long || !job.wide || job.wide->empty();
    auto const for_time = job.too_long || job.wide_too_long || job.set_aside != 0;
    return time_left_ <= 0 || (is_stuck && wide_is_stuck && for_time);
}

} // namespace starmap::scheduling
