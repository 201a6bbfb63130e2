#include "report/shown_starmap.hpp"

#include <algorithm>
#include <utility>

namespace starmap::report {

ShownStarmap::ShownStarmap(StarmapInfo info, double now)
    : info_(std::move(info)),
      opened_at_(now),
      begun_at_(now)
{
}

double ShownStarmap::size_of(TaskRecord const& task) const
{
    if (info_.weight_total > 0) return task.weight;
    return info_.tasks_total > 0 ? 1 : task.items;
}

void ShownStarmap::add(StarmapInfo const& info, std::span<TaskRecord const> tasks,
                       double done_weight)
{
    info_ = info;
    done_weight_ = done_weight;
    for (auto const& task : tasks) {
        if (task.status == TaskStatus::cancelled) continue;
        has_begun_ = true;
        if (task.status != TaskStatus::ok) {
            ++not_ok_;
            continue;
        }
        ++tasks_ok_;
        items_done_ += task.items;
        auto const size = size_of(task);
        own_weight_ += size;
        estimate_.add(size, task.unpack + task.duration + task.pack);
    }
}

void ShownStarmap::note(Pulse const& pulse, double now)
{
    workers_ = pulse.workers;
    auto const found = pulse.running.find(info_.starmap);
    running_ = found != pulse.running.end() ? found->second : Pulse::Running{};
    if (running_.workers != 0 && !std::exchange(has_begun_, true))
        begun_at_ = now - std::min(now - opened_at_, running_.seconds / running_.workers);
    bytes_.note(now, static_cast<double>(info_.sent + info_.received));
    tasks_.note(now, static_cast<double>(tasks_ok_));
}

double ShownStarmap::fraction() const { return fraction_done(info_, items_done_, done_weight_); }

ShownStarmap::Count ShownStarmap::count() const
{
    if (info_.total_known && info_.tasks_total == 0 && info_.items > 0)
        return {.done = std::min(items_done_, info_.items), .total = info_.items, .items = true};
    return {.done = info_.tasks_done, .total = info_.tasks_total};
}

std::optional<EndEstimate::Interval> ShownStarmap::end(double now) const
{
    if (!info_.total_known || now <= begun_at_ || own_weight_ <= 0) return std::nullopt;
    auto const counted = count();
    auto const left = static_cast<double>(counted.total) - static_cast<double>(counted.done);
    auto const weight_left = info_.weight_total > 0 ? info_.weight_total - done_weight_ : left;
    EndEstimate::Moment const moment{.elapsed = now - begun_at_,
                                     .weight_left = weight_left,
                                     .units_left = left,
                                     .running = running_.seconds,
                                     .workers = std::max(1U, running_.workers)};
    if (auto const known = estimate_.at(moment)) return known;
    // Tasks that take no time: the time passes between them.
    auto const seconds = moment.elapsed * weight_left / own_weight_;
    return EndEstimate::Interval{.low = seconds, .likely = seconds, .high = seconds};
}

Progress ShownStarmap::progress(double now) const
{
    auto const counted = count();
    return {.name = info_.name,
            .total_known = info_.total_known,
            .fraction = fraction(),
            .done = counted.done,
            .total = counted.total,
            .counts_items = counted.items,
            .end = end(now),
            .failed = info_.failures,
            .retried = not_ok_ > info_.failures ? not_ok_ - info_.failures : 0,
            .busy = running_.workers,
            .workers = workers_,
            .done_per_second = tasks_.per_second(),
            .bytes_per_second = bytes_.per_second()};
}

} // namespace starmap::report
