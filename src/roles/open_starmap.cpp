#include "roles/open_starmap.hpp"

#include "report/task_info_rows.hpp"

#include <starmap/error.hpp>

#include <algorithm>
#include <cmath>
#include <limits>
#include <utility>

namespace starmap::roles {

namespace {

/// The parts of `piece` that are over: done, or given up; not those that will be tried again.
template <class Visit>
void each_finished(scheduling::Range const& piece, std::span<detail::UnitFailure const> failed,
                   std::span<scheduling::Range const> given_up, Visit visit)
{
    auto at = piece.first;
    for (auto const& failure : failed) {
        auto const first = piece.first + failure.position;
        auto const is_this = [&](auto const& range) { return range.first == first; };
        if (std::any_of(given_up.begin(), given_up.end(), is_this)) continue;
        if (first > at) visit(at, static_cast<std::uint32_t>(first - at));
        at = first + failure.count;
    }
    auto const end = piece.first + piece.count;
    if (end > at) visit(at, static_cast<std::uint32_t>(end - at));
}

} // namespace

scheduling::Policy OpenStarmap::policy() const noexcept
{
    switch (spec_.splitting) {
    case detail::Splitting::each: return scheduling::Policy::each;
    case detail::Splitting::blocks: return scheduling::Policy::blocks;
    case detail::Splitting::guided: break;
    }
    return scheduling::Policy::guided;
}

std::string_view OpenStarmap::recorded_name() const noexcept
{
    std::string_view const name = info_.name;
    return name.substr(0, report::fitting_utf8(name, sizeof(report::StarmapRow::name)));
}

OpenStarmap::OpenStarmap(detail::Job& job, std::uint32_t number, double now)
    : job_(&job),
      spec_(job.spec())
{
    info_ = {.starmap = number,
             .name = spec_.name,
             .is_private = spec_.name.starts_with('_'),
             .tasks = 0,
             .items = 0,
             .total_known = spec_.length_known || spec_.length != 0,
             .weight_total = spec_.weight,
             .tasks_total = spec_.tasks,
             .start = now,
             .end = std::numeric_limits<double>::quiet_NaN(),
             .sent = 0,
             .received = 0,
             .received_max = 0,
             .policy = to_string(policy()),
             .failures = 0};
}

void OpenStarmap::add(detail::Window window, scheduling::Scheduler& scheduler)
{
    info_.items += window.items;
    weight_read_ += window.weight;
    info_.weight_total = std::max(spec_.weight, weight_read_);
    if (spec_.splitting == detail::Splitting::each) units_read_ += window.count;
    if (spec_.splitting == detail::Splitting::blocks) units_read_ += window.blocks.size();
    info_.tasks_total = std::max(spec_.tasks, units_read_);
    auto const first = std::exchange(positions_, positions_ + window.count);
    if (kept_)
        if (auto const known = kept_->add(first, window.count); !known.empty()) {
            add_unknown(window, first, known, scheduler);
            return;
        }
    if (!window.blocks.empty()) {
        std::vector<scheduling::Range> blocks;
        blocks.reserve(window.blocks.size());
        for (auto const& block : window.blocks)
            blocks.push_back({.first = block.first,
                              .count = block.count,
                              .weight = block.weight,
                              .cores = block.cores});
        scheduler.add_blocks(number(), std::move(blocks));
    } else if (window.weights) {
        scheduler.add(number(), std::move(window.weights), window.groups, window.cores);
    } else {
        scheduler.add_uniform(number(), window.count);
    }
}

detail::Bytes OpenStarmap::pack(scheduling::Chunk const& chunk, std::uint32_t cores)
{
    auto frame = wire::start_frame(wire::Kind::chunk, number());
    auto const at = frame.size();
    wire::ChunkHead head{.chunk = chunk.id,
                         .first = chunk.range.first,
                         .count = chunk.range.count,
                         .units = 0,
                         .seconds = chunk.seconds,
                         .levels = kept_ ? KeptResults::levels(chunk) : 63,
                         .attempt = chunk.attempt,
                         .cores = cores};
    frame.put(head);
    head.units = job_->encode_units(head.first, head.count, frame);
    frame.patch(at, head);
    wire::seal(frame);
    return frame;
}

void OpenStarmap::absorb(wire::Result const& result, scheduling::Verdict const& verdict,
                         report::WorkerInfo const& worker)
{
    if (job_ == nullptr) return;
    for (auto const& lost : verdict.given_up) job_->give_up(lost.first, lost.count);
    auto const unreadable = job_->absorb({.first = verdict.piece.first,
                                          .count = verdict.piece.count,
                                          .failed = result.failures,
                                          .payload = result.payload,
                                          .levels = kept_ ? KeptResults::levels(verdict.chunk) : 63,
                                          .one_by_one = result.one_by_one,
                                          .chunk = result.head.chunk,
                                          .ahead = result.head.ahead,
                                          .growths = result.growths,
                                          .grown = result.grown});
    for (auto const& failure : unreadable) {
        auto told = describe(failure, verdict, worker);
        fail(told);
        new_failures_.push_back({.failure = std::move(told)});
        job_->give_up(verdict.piece.first + failure.position, failure.count);
    }
    each_finished(verdict.piece, result.failures, verdict.given_up,
                  [&](std::uint64_t first, std::uint32_t n) {
                      job_->release(first, n);
                      if (kept_) kept_->release(first, n);
                  });
}

void OpenStarmap::abandon() noexcept
{
    if (job_ != nullptr) job_->keeper = nullptr;
    job_ = nullptr;
    kept_.reset();
}

void OpenStarmap::settle(double now)
{
    info_.end = now;
    say_shared();
    if (job_ == nullptr) return;
    auto& stats = job_->stats;
    stats.tasks = info_.tasks;
    stats.tasks_done = tasks_done_;
    stats.received_total = static_cast<std::uint64_t>(info_.received);
    stats.moves = info_.moves;
    stats.moved_items = info_.moved_items;
    stats.received_max = static_cast<std::uint64_t>(info_.received_max);
    stats.workers.clear();
    for (auto load : loads_)
        if (load.tasks != 0) {
            load.idle = std::max(0.0, now - info_.start - load.busy);
            stats.workers.push_back(load);
        }
}

} // namespace starmap::roles
