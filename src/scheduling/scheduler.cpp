#include "scheduling/scheduler.hpp"

#include <starmap/error.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <utility>

namespace starmap::scheduling {

namespace {

// Of the work that remains for each worker: it may hold so much when it gets another chunk.
constexpr double tail_share = 1.0 / 4;
// A worker's speed is judged by what it did of late, together with so many units of usual speed.
constexpr double usual_units = 4;
constexpr double speed_memory = 15.0 / 16;
constexpr double slowest = 1.0 / 64;
constexpr double doubtful_units = 2; // who is known by so many gets half
constexpr double stranger_share = 0.5;

} // namespace

WorkerId Scheduler::add_worker(WorkerKind kind, std::uint32_t node)
{
    auto const id = static_cast<WorkerId>(workers_.size());
    workers_.push_back({.kind = kind, .held = {}, .reported = {}});
    if (kind == WorkerKind::remote) {
        ++remote_workers_;
        nodes_.add(id, node);
    }
    queue(id);
    return id;
}

void Scheduler::lost(WorkerId id)
{
    auto& worker = workers_.at(id);
    if (!worker.alive) return;
    worker.alive = false;
    worker.queue = nullptr;
    if (worker.kind == WorkerKind::remote) {
        --remote_workers_;
        for (auto const freed : nodes_.remove(id)) queue(freed);
    }
    for (std::size_t i = 0; i < worker.held.size(); ++i) let_go(worker.held[i], worker.reported[i]);
    worker.held.clear();
    worker.reported.clear();
    worker.asked = 0;
}

std::optional<Chunk> Scheduler::next(JobId preferred)
{
    if (time_left_ <= 0) return std::nullopt;
    if (reserved_for_) {
        auto const found = jobs_.find(*reserved_for_);
        if (found == jobs_.end() || !has_wide_work(found->second)) end_reservation();
    }
    // For work that comes later no worker is kept from work that comes first.
    auto may_reserve = true;
    auto const look = [&](JobId id, Job& job) {
        auto chunk = next_of(id, job, may_reserve);
        if (!chunk && may_reserve && !job.spec.in_place)
            may_reserve = !has_work(job) && !has_wide_work(job);
        return chunk;
    };
    if (auto const found = jobs_.find(preferred); found != jobs_.end())
        if (auto chunk = look(preferred, found->second)) return chunk;
    for (auto& [id, job] : jobs_)
        if (id != preferred)
            if (auto chunk = look(id, job)) return chunk;
    return std::nullopt;
}

bool Scheduler::has_work(Job const& job)
{
    if (!job.retries.empty()) return true;
    return job.held ? job.held_but && job.pool.offers(*job.held_but) : !job.pool.empty();
}

std::optional<Chunk> Scheduler::offer(std::deque<WorkerId>& queue_of, JobId id, Job& job)
{
    // Only a worker that has to avoid the last retries says no, so this ends after a turn or two.
    for (auto turns = queue_of.size(); turns > 0; --turns) {
        auto const worker = queue_of.front();
        queue_of.pop_front();
        auto& state = workers_[worker];
        if (state.queue != &queue_of) continue;
        state.queue = nullptr;
        // Its next report asks again.
        if (&queue_of == &half_ && !pays_to_prefetch(state, job)) continue;
        auto chunk = assign(worker, id, job);
        queue(worker);
        if (chunk) return chunk;
    }
    return std::nullopt;
}

void Scheduler::queue(WorkerId id)
{
    auto& worker = workers_[id];
    std::deque<WorkerId>* place = nullptr;
    if (worker.alive && worker.kind == WorkerKind::local) {
        if (worker.held.empty()) place = &local_;
    } else if (worker.alive) {
        auto const is_free = worker.held.empty() && !nodes_.is_taken(id);
        nodes_.set_idle(id, is_free);
        if (!nodes_.is_reserved(id))
            place = is_free ? &ready_ : may_prefetch(worker) ? &half_ : nullptr;
    }
    if (place == worker.queue) return;
    worker.queue = place;
    if (place == nullptr) return;
    if (place->size() > 64 + 2 * workers_.size()) clear_left_over(*place);
    place->push_back(id);
}

void Scheduler::clear_left_over(std::deque<WorkerId>& queue) const
{
    std::vector<bool> seen(workers_.size(), false);
    std::erase_if(queue, [&](WorkerId id) {
        auto const left_over = workers_[id].queue != &queue || seen[id];
        seen[id] = true;
        return left_over;
    });
}

double Scheduler::share_of(Worker const& worker) const
{
    // What the work costs may be known from an earlier run, but not how quick this worker is. Where
    // rank 0 is the limit, smaller chunks would cost more than a slow worker does.
    auto const stranger = worker.units == 0 && round() < tuning_.prefetch;
    return stranger ? stranger_share : worker.share;
}

bool Scheduler::may_prefetch(Worker const& worker) const
{
    if (worker.held.size() != 1 || tuning_.prefetch == 0) return false;
    auto const& chunk = worker.held.front();
    if (chunk.range.cores > 1) return false;
    // An unknown cost may be an hour: nothing is put behind it.
    // Nor behind more than covers the wait for rank 0.
    return find(chunk.job).costs.predicted(chunk.range) / worker.speed <
           std::max(tuning_.prefetch, round());
}

bool Scheduler::pays_to_prefetch(Worker const& worker, Job const& job) const
{
    if (remote_workers_ == 1) return true;      // nobody else would do it sooner
    if (needs_pilot(worker, job)) return false; // it has one
    auto const& chunk = worker.held.front();
    auto const held = find(chunk.job).costs.predicted(chunk.range) / worker.speed;
    auto const workers = std::max(1.0, static_cast<double>(remote_workers_));
    // Near the end what waits behind another chunk would be done sooner by whoever is idle first,
    // as long as that is not so soon that rank 0 does not get round in time.
    auto const left = job.costs.knows_anything() ? job.pool.costs().left() : 0;
    return held <= std::max({left / workers * tail_share, tuning_.floor, round()});
}

std::optional<Chunk> Scheduler::assign(WorkerId worker, JobId id, Job& job)
{
    Chunk chunk{.worker = worker, .range = {}};
    auto const budget = budget_of(workers_[worker]);
    auto const held_but = job.held && job.held_but && job.pool.offers(*job.held_but);
    if (auto const retry = take_retry(job, worker, budget)) {
        chunk.range = retry->range;
        chunk.attempt = retry->attempt;
        chunk.avoid = retry->avoid;
    } else if (held_but || (!job.held && !job.pool.empty())) {
        job.pool.put_in_order();
        auto& taker = workers_[worker];
        auto pilot = !held_but && needs_pilot(taker, job) ? take_pilot(job, budget) : std::nullopt;
        if (pilot) {
            ++taker.pilots;
            chunk.range = *pilot;
        } else {
            auto at = held_but ? job.held_but : lighter_for(taker, job, budget);
            if (!at) at = next_stranger(job);
            if (!begins_in_time(job, at, budget)) return std::nullopt;
            chunk.range = next_range(job, at, share_of(taker), budget);
        }
    } else {
        return std::nullopt;
    }
    return hand(chunk, id, job);
}

Chunk Scheduler::hand(Chunk chunk, JobId id, Job& job)
{
    auto& worker = workers_[chunk.worker];
    chunk.id = ++last_chunk_;
    chunk.job = id;
    chunk.seconds = job.costs.predicted(chunk.range) / worker.speed;
    ++job.in_flight;
    ++chunks_out_;
    worker.held.push_back(chunk);
    worker.reported.push_back(0);
    if (worker.held.size() == 1) worker.begun = now_;
    last_event_ = now_;
    return chunk;
}

Verdict Scheduler::report(WorkerId id, Report const& report)
{
    auto& worker = workers_.at(id);
    auto const place = place_of(id, report.chunk);
    auto const held = worker.held.begin() + static_cast<std::ptrdiff_t>(place);
    auto& reported = worker.reported[place];
    if (report.done > held->range.count - reported)
        throw ProtocolError(
            fmt::format("Worker {} reports {} more units of chunk {}, of which only "
                        "{} are left.",
                        id, report.done, report.chunk, held->range.count - reported));
    auto const chunk = *held;
    auto& job = find(chunk.job);
    Verdict verdict{.chunk = chunk,
                    .piece = {.first = chunk.range.first + reported,
                              .count = report.done,
                              .weight = report.weight,
                              .group = chunk.range.group},
                    .given_up = {}};
    if (chunk.range.cores > 1) verdict.kept_idle = nodes_.taken_by(id);
    reported += report.done;
    if (place == 0) worker.begun = now_;
    // What fails fast says nothing of what the work takes.
    if (report.failed.empty() && report.teaches) {
        learn_speed(worker, job, verdict.piece, report.seconds);
        job.costs.observe(verdict.piece, report.seconds);
        tell_rates(job, chunk.range.group);
    }
    job.weight_done += report.weight;
    for (std::size_t i = 0; i < report.failed.size(); ++i) {
        auto failed = report.failed[i];
        failed.first += verdict.piece.first;
        if (report.for_want_of_time) {
            if (!job.cancelled) job.set_aside += failed.count;
            job.weight_done -= failed.weight;
        } else {
            fail(job, chunk, failed,
                 i < report.retries.size() ? report.retries[i] : job.spec.retries, verdict);
        }
    }
    if (report.last) {
        auto const units = reported;
        if (worker.asked == chunk.id) {
            verdict.moved = job.cancelled ? 0 : chunk.range.count - units;
            worker.asked = 0;
        }
        worker.reported.erase(worker.reported.begin() + static_cast<std::ptrdiff_t>(place));
        worker.held.erase(held);
        if (chunk.range.cores > 1) free_kept(id);
        let_go(chunk, units);
        last_event_ = now_;
        next_look_ = std::min(next_look_, now_ + look_gap());
        queue(id);
    }
    return verdict;
}

void Scheduler::learn_speed(Worker& worker, Job const& job, Range const& piece, double seconds)
{
    // By others' costs whoever is first with a costly group would look slow.
    if (!job.costs.knows_anything() || !job.costs.knows(piece.group)) return;
    predicted_ -= worker.predicted;
    seconds_ -= worker.seconds;
    worker.predicted =
        speed_memory * worker.predicted + job.costs.seconds(piece.group, piece.weight, piece.count);
    worker.seconds = speed_memory * worker.seconds + seconds;
    worker.units = speed_memory * worker.units + piece.count;
    predicted_ += worker.predicted;
    seconds_ += worker.seconds;
    auto const usual = usual_units * job.costs.seconds_per_unit(piece.group);
    auto const taken = worker.seconds + usual;
    // Who is quicker than others asks more often; only a chunk that is too long cannot be mended.
    worker.speed = taken > 0 ? std::clamp((worker.predicted + usual) / taken, slowest, 1.0) : 1;
    worker.share = worker.speed * worker.units / (worker.units + doubtful_units);
}

void Scheduler::let_go(Chunk const& chunk, std::uint32_t reported)
{
    auto& job = find(chunk.job);
    --job.in_flight;
    --chunks_out_;
    divide(job, chunk, chunk.range.first + reported, chunk.range.first + chunk.range.count);
}

} // namespace starmap::scheduling
