#pragma once

#include "report/end_estimate.hpp"
#include "report/observer.hpp"
#include "report/progress_text.hpp"
#include "report/recent_rate.hpp"

#include <cstdint>
#include <span>

namespace starmap::report {

/// What the progress display knows of an open Starmap. Results of earlier runs count as done, and
/// say nothing of how long the others take.
class ShownStarmap {
public:
    /// `now` [s] of the display's clock, here and below.
    ShownStarmap(StarmapInfo info, double now);

    StarmapInfo const& info() const noexcept { return info_; }
    double opened_at() const noexcept { return opened_at_; }
    /// Attempts that came back; `done_weight` is all its weight done.
    void add(StarmapInfo const& info, std::span<TaskRecord const> tasks, double done_weight);
    void note(Pulse const& pulse, double now);

    double fraction() const;
    Progress progress(double now) const;

private:
    struct Count {
        std::uint64_t done = 0;
        std::uint64_t total = 0;
        bool items = false;
    };
    /// Of tasks, or of items where chunks are cut as the run goes.
    Count count() const;
    std::optional<EndEstimate::Interval> end(double now) const;
    /// The weight of a task, or what stands for it where there are no weights.
    double size_of(TaskRecord const& task) const;

    StarmapInfo info_;
    double opened_at_;
    double begun_at_; ///< its first task was, or it was opened
    bool has_begun_ = false;
    std::uint64_t items_done_ = 0;
    std::uint64_t tasks_ok_ = 0;
    std::uint64_t not_ok_ = 0;
    double done_weight_ = 0;
    double own_weight_ = 0; ///< of it, done by this run
    EndEstimate estimate_;
    RecentRate bytes_;
    RecentRate tasks_;
    Pulse::Running running_;
    std::uint32_t workers_ = 0;
};

} // namespace starmap::report
