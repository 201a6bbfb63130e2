// Who does units of several cores: one worker of a node, while others of it are kept idle. The rest
// of the scheduler is in scheduler.cpp.
#include "scheduling/scheduler.hpp"

#include <algorithm>
#include <cmath>
#include <utility>

namespace starmap::scheduling {

void Scheduler::put_back(Job& job, Retry retry)
{
    if (retry.range.cores <= 1) {
        job.retries.push_back(retry);
        return;
    }
    if (!job.wide) job.wide.emplace();
    job.wide->put_back(retry);
}

bool Scheduler::has_wide_work(Job const& job)
{
    if (!job.wide) return false;
    if (!job.held || job.wide->has_retries()) return !job.wide->empty();
    return job.held_but && job.wide->offers(*job.held_but);
}

std::vector<WideWork::Head> Scheduler::wide_heads(Job& job) const
{
    WideWork::Asked asked{.held = job.held, .held_but = job.held_but, .fits = nullptr};
    // Of unknown cost: who never begins never learns.
    if (std::isfinite(time_left_) && job.costs.knows_anything())
        asked.fits = [&](Range const& range) {
            return job.costs.predicted(range) <= time_left_ / tuning_.caution;
        };
    auto heads = job.wide->heads(asked);
    job.wide_too_long = heads.empty();
    return heads;
}

bool Scheduler::is_wide_next(JobId id, Job const& job) const
{
    // Who has waited for a node has it in the end, whatever comes meanwhile.
    if (reserved_for_ == id || job.held || job.pool.empty() || job.wide->has_retries()) return true;
    return job.wide->next_cost() >= job.pool.next_cost();
}

std::optional<Chunk> Scheduler::next_of(JobId id, Job& job, bool may_reserve)
{
    auto const has_wide = has_wide_work(job);
    auto const wide_first = has_wide && is_wide_next(id, job);
    if (wide_first)
        if (auto chunk = next_wide(id, job, may_reserve)) return chunk;
    auto const others = has_work(job);
    if (others && job.spec.in_place) return offer(local_, id, job);
    if (others)
        if (auto chunk = offer(ready_, id, job)) return chunk;
    if (has_wide && !wide_first)
        if (auto chunk = next_wide(id, job, may_reserve && job.too_long)) return chunk;
    return others ? offer(half_, id, job) : std::nullopt;
}

std::optional<Chunk> Scheduler::next_wide(JobId id, Job& job, bool may_reserve)
{
    auto const heads = wide_heads(job);
    if (heads.empty() && reserved_for_ == id) end_reservation();
    auto is_first = true;
    for (auto const& head : heads) {
        if (head.cores > nodes_.largest()) continue; // take_too_wide() has it
        auto const first = std::exchange(is_first, false);
        auto node = nodes_.fitting(head.cores, first && reserved_for_ == id);
        if (!node && first && (may_reserve || reserved_for_ == id)) {
            // It may be one that others have waited for, or too small by now.
            reserve(id, head.cores);
            node = nodes_.fitting(head.cores, true);
        }
        if (!node) continue;
        // What waits after this one chooses anew.
        if (first && reserved_for_ == id) end_reservation();
        if (auto chunk = begin_wide(id, job, head, *node)) return chunk;
    }
    return std::nullopt;
}

std::optional<Chunk> Scheduler::begin_wide(JobId id, Job& job, WideWork::Head const& head,
                                           std::uint32_t node)
{
    // Another than failed it, and the quickest.
    auto const avoid = job.wide->avoided_by(head);
    auto runner = no_worker;
    for (auto const worker : nodes_.workers(node)) {
        if (!nodes_.is_idle(worker) || worker == avoid) continue;
        if (runner == no_worker || workers_[worker].speed > workers_[runner].speed) runner = worker;
    }
    if (runner == no_worker) return std::nullopt;
    auto const taken = job.wide->take(head);
    auto const chunk = hand(
        {.worker = runner, .range = taken.range, .attempt = taken.attempt, .avoid = taken.avoid},
        id, job);
    for (auto const worker : nodes_.take(runner, head.cores)) queue(worker);
    queue(runner);
    return chunk;
}

void Scheduler::reserve(JobId id, std::uint32_t cores)
{
    auto const now = nodes_.reserved();
    reserved_for_ = id;
    if (now && nodes_.size(*now) >= cores) return;
    end_reservation();
    auto const node =
        nodes_.soonest(cores, [this](WorkerId worker) { return seconds_until_idle(worker); });
    if (!node) return;
    reserved_for_ = id;
    nodes_.reserve(node);
    for (auto const worker : nodes_.workers(*node)) queue(worker);
    next_look_ = std::min(next_look_, now_ + look_gap());
}

void Scheduler::end_reservation()
{
    auto const node = nodes_.reserved();
    reserved_for_.reset();
    nodes_.reserve({});
    if (!node) return;
    for (auto const worker : nodes_.workers(*node)) queue(worker);
}

void Scheduler::free_kept(WorkerId runner)
{
    for (auto const worker : nodes_.release(runner)) queue(worker);
}

double Scheduler::seconds_until_idle(WorkerId id) const
{
    auto const& worker = workers_[nodes_.is_taken(id) ? nodes_.taker(id) : id];
    if (worker.held.empty()) return 0;
    auto seconds = seconds_left(worker);
    for (std::size_t i = 1; i < worker.held.size(); ++i)
        seconds += find(worker.held[i].job).costs.predicted(worker.held[i].range) / worker.speed;
    return seconds;
}

std::vector<Chunk> Scheduler::take_too_wide()
{
    std::vector<Chunk> refused;
    for (auto& [id, job] : jobs_) {
        if (!job.wide) continue;
        for (auto const& each : job.wide->take_wider_than(nodes_.largest())) {
            refused.push_back(
                {.job = id, .worker = no_worker, .range = each.range, .attempt = each.attempt});
            job.weight_done += each.range.weight;
        }
    }
    return refused;
}

} // namespace starmap::scheduling
