#include "report/closing.hpp"

#include <algorithm>

namespace starmap::report {

void ClosingFigures::starmap_opened(StarmapInfo const& info)
{
    if (!info.is_private) open_[info.starmap] = {};
}

void ClosingFigures::tasks_done(StarmapInfo const& info, std::span<TaskRecord const> tasks)
{
    auto const found = open_.find(info.starmap);
    if (found == open_.end()) return;
    for (auto const& task : tasks) {
        if (task.status == TaskStatus::cancelled) continue;
        auto const ok = task.status == TaskStatus::ok;
        ++sums_.tasks;
        sums_.failed += ok ? 0 : 1;
        sums_.inside += task.duration;
        sums_.packing += task.unpack + task.pack;
        if (info.policy == "blocks") in_blocks_ += task.duration;
        if (ok) {
            auto& open = found->second;
            open.seconds += task.duration * task.cores;
            if (task.items == 1 || info.policy != "guided")
                open.longest = std::max(open.longest, task.duration);
        }
        if (task.worker >= workers_) continue; // in rank 0 itself, while the others waited
        phase_.add(1, task.worker, task.start - task.unpack, task.start + task.duration + task.pack,
                   task.duration, ok, task.cores);
        any_in_phase_ = true;
    }
}

void ClosingFigures::starmap_closed(StarmapInfo const& info)
{
    auto const found = open_.find(info.starmap);
    if (found == open_.end()) return;
    auto const& open = found->second;
    auto const lost = open.longest * workers_ - open.seconds;
    if (lost > sums_.longest_lost) {
        sums_.longest = info.name;
        sums_.longest_seconds = open.longest;
        sums_.longest_lost = lost;
    }
    open_.erase(found);
    if (open_.empty()) end_phase();
}

void ClosingFigures::end_phase()
{
    if (!any_in_phase_ || workers_ == 0) return;
    auto const use = phase_.use(workers_, 0);
    auto const before = use.startup - busy_until_ * workers_; // its begin, after the last one's end
    (any_phase_ ? sums_.use.manager : sums_.use.startup) += std::max(0.0, before);
    sums_.use.useful += use.useful;
    sums_.use.failed += use.failed;
    sums_.use.tail += use.tail;
    sums_.use.dispatch += use.dispatch;
    busy_until_ = std::max(busy_until_, use.total() / workers_);
    any_phase_ = true;
    phase_ = TimeLedger();
    any_in_phase_ = false;
}

Closing ClosingFigures::figures() const
{
    auto all = sums_;
    all.workers = workers_;
    all.seconds = std::max(last_.now, busy_until_);
    all.chunks = last_.chunks;
    all.manager = last_.manager;
    all.in_blocks = in_blocks_ > all.inside / 2;
    (any_phase_ ? all.use.manager : all.use.startup) += workers_ * (all.seconds - busy_until_);
    return all;
}

} // namespace starmap::report
