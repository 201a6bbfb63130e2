// What is asked back from workers when others have nothing to do; the rest is in scheduler.cpp.
#include "scheduling/scheduler.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <utility>

namespace starmap::scheduling {

namespace {

// What takes longer than predicted may take longer still: a quarter of what it has taken so far.
constexpr double patience = 1.0 / 4;
// A move costs about a chunk's overhead and a way to and fro; it is to bring several times that.
constexpr double worth_floors = 2;

/// Seconds that a range should take: by its weight, or by its units where that is more. Weights
/// that say too little are why there is something to ask back.
double expected(CostModel const& costs, Range const& range)
{
    return std::max(costs.predicted(range), costs.seconds_per_unit(range.group) * range.count);
}

} // namespace

/// Of the chunk that it runs; about.
double Scheduler::seconds_left(Worker const& worker) const
{
    auto const& chunk = worker.held.front();
    auto const part = 1 - static_cast<double>(worker.reported.front()) / chunk.range.count;
    auto const elapsed = now_ - worker.begun;
    auto const predicted =
        expected(find(chunk.job).costs, chunk.range) * part / worker.speed - elapsed;
    return std::isfinite(predicted) && predicted > 0 ? predicted : elapsed * patience;
}

bool Scheduler::can_give(Worker const& worker, double left) const
{
    if (!worker.alive || worker.kind != WorkerKind::remote || worker.asked != 0) return false;
    if (left <= worth_floors * tuning_.floor + round()) return false;
    auto const& chunk = worker.held.back();
    auto const& job = find(chunk.job);
    // Of a job that is held the units would only lie here instead of there.
    if (job.cancelled || job.held) return false;
    if (worker.held.size() > 1) return true;
    auto const units = chunk.range.count - worker.reported.back();
    if (!job.spec.divisible || units < 2) return false;
    // One that may be at its last unit has nothing to give.
    auto const unit = expected(job.costs, chunk.range) / chunk.range.count / worker.speed;
    return left > unit || !(now_ - worker.begun < unit * units);
}

std::vector<Recall> Scheduler::recalls()
{
    std::vector<Recall> recalls;
    if (!tuning_.recall || (ready_.empty() && !reserved_for_) || now_ < next_look_ ||
        time_left_ <= 0)
        return recalls;
    std::size_t idle = 0;
    std::size_t asked = 0;
    std::vector<std::pair<double, WorkerId>> found;
    std::vector<std::pair<double, WorkerId>> in_the_way; ///< of a unit that waits for their node
    for (WorkerId id = 0; id < workers_.size(); ++id) {
        auto const& worker = workers_[id];
        if (worker.queue == &ready_) ++idle;
        if (worker.asked != 0) ++asked;
        if (worker.held.empty()) continue;
        if (auto const left = seconds_left(worker); can_give(worker, left))
            (nodes_.is_reserved(id) ? in_the_way : found).emplace_back(left, id);
    }
    // Looking costs as much as there are workers, and while nothing happens the picture changes
    // ever more slowly.
    next_look_ = now_ + std::max(look_gap(), (now_ - last_event_) / 8);
    // Who was asked feeds several of those that are idle, himself among them.
    auto const wanted = std::min(idle > asked ? idle - asked : 0, found.size());
    std::partial_sort(found.begin(), found.begin() + static_cast<std::ptrdiff_t>(wanted),
                      found.end(), std::greater<>());
    found.resize(wanted);
    found.insert(found.end(), in_the_way.begin(), in_the_way.end());
    for (auto const& [left, id] : found) {
        auto& worker = workers_[id];
        auto const& chunk = worker.held.back();
        worker.asked = chunk.id;
        recalls.push_back({.worker = id, .chunk = chunk.id, .job = chunk.job});
    }
    return recalls;
}

double Scheduler::next_look() const noexcept
{
    auto const in_vain = ready_.empty() && !reserved_for_;
    auto const nobody = !tuning_.recall || time_left_ <= 0 || in_vain || chunks_out_ == 0;
    return nobody ? std::numeric_limits<double>::infinity() : next_look_;
}

/// Puts what came back of a chunk up for those that are idle and the one that gave it, in equal
/// parts, two for each: who is done first takes the next.
void Scheduler::divide(Job& job, Chunk const& chunk, std::uint64_t first, std::uint64_t end) const
{
    if (first >= end || job.cancelled) return;
    auto const count = end - first;
    auto const seconds =
        expected(job.costs, chunk.range) * static_cast<double>(count) / chunk.range.count;
    // Fixed blocks stay whole, and so does what has failed before: it is tried again as it was.
    auto const whole = job.spec.policy == Policy::blocks || chunk.attempt > 1;
    auto const most = std::isfinite(seconds) ? seconds / tuning_.floor : 2.0 * remote_workers_;
    auto const takers =
        std::min<double>(2.0 * static_cast<double>(ready_.size() + 1), static_cast<double>(count));
    auto const parts = whole ? 1 : static_cast<std::uint64_t>(std::clamp(most, 1.0, takers));
    for (std::uint64_t part = 0; part < parts; ++part)
        give_back(job, chunk, first + count * part / parts, first + count * (part + 1) / parts);
}

} // namespace starmap::scheduling
