#include "report/timeline.hpp"

#include <algorithm>
#include <bit>
#include <cmath>
#include <utility>

namespace starmap::report {

namespace {

constexpr double first_width = 1e-6; // [s]

/// Adds the seconds that one name spent in a cell, and counts its vote.
void add_to(TimelineCell& cell, float seconds, float failed, Colour colour, float lead)
{
    cell.busy += seconds;
    cell.failed += failed;
    if (colour == cell.colour) {
        cell.lead += lead;
    } else if (lead > cell.lead) {
        cell.colour = colour;
        cell.lead = lead - cell.lead;
    } else {
        cell.lead -= lead;
    }
}

std::size_t divided_up(std::size_t a, std::size_t b) { return (a + b - 1) / b; }

} // namespace

Timeline::Timeline(std::vector<std::uint32_t> workers, TimelineLimits limits)
    : limits_(limits),
      workers_(std::move(workers)),
      workers_a_lane_(std::max<std::size_t>(1, divided_up(workers_.size(), limits.lanes))),
      lanes_(divided_up(workers_.size(), workers_a_lane_)),
      bins_(std::min(limits.bins, std::bit_floor(limits.cells / std::max<std::size_t>(1, lanes_))))
{
    start_over();
}

void Timeline::start_over()
{
    width_ = first_width;
    end_ = 0;
    added_ = 0;
    cells_.assign(lanes_ * bins_, {});
    tasks_.clear();
    last_ends_.assign(workers_.size(), 0);
}

std::optional<std::size_t> Timeline::place_of(std::uint32_t worker) const noexcept
{
    auto const found = std::lower_bound(workers_.begin(), workers_.end(), worker);
    if (found == workers_.end() || *found != worker) return std::nullopt;
    return static_cast<std::size_t>(found - workers_.begin());
}

std::optional<std::uint32_t> Timeline::lane_of(std::uint32_t worker) const noexcept
{
    auto const place = place_of(worker);
    if (!place) return std::nullopt;
    return static_cast<std::uint32_t>(*place / workers_a_lane_);
}

bool Timeline::add(TaskRecord const& record, Colour colour)
{
    double const end = record.start + record.duration;
    auto const place = place_of(record.worker);
    if (!place || !std::isfinite(end) || record.duration < 0 || end < 0) return false;
    end_ = std::max(end_, end);
    last_ends_[*place] = std::max(last_ends_[*place], end);
    TimelineTask const task{record, colour, static_cast<std::uint32_t>(*place / workers_a_lane_)};
    add_to_cells(task);
    ++added_;
    if (added_ <= limits_.tasks)
        tasks_.push_back(task);
    else
        tasks_ = {};
    return true;
}

/// Bins of twice the width, as often as it takes: each then holds what 2^k neighbours held.
void Timeline::make_room_until(double end)
{
    std::size_t fold = 1;
    while (end > width_ * static_cast<double>(bins_)) {
        width_ *= 2;
        fold = std::min(2 * fold, bins_);
    }
    if (fold == 1) return;
    for (std::size_t lane = 0; lane < lanes_; ++lane) {
        auto* const row = cells_.data() + lane * bins_;
        for (std::size_t bin = 0; bin < bins_; ++bin) {
            auto const cell = std::exchange(row[bin], {});
            add_to(row[bin / fold], cell.busy, cell.failed, cell.colour, cell.lead);
        }
    }
}

void Timeline::add_to_cells(TimelineTask const& task)
{
    auto const begin = std::max(0.0, task.record.start);
    auto const end = task.record.start + task.record.duration;
    make_room_until(end);
    bool const ok = task.record.status == TaskStatus::ok;
    auto const bin_of = [&](double time) {
        return std::min(bins_ - 1, static_cast<std::size_t>(time / width_));
    };
    auto const last = bin_of(end);
    for (auto bin = bin_of(begin); bin <= last; ++bin) {
        auto const low = std::max(begin, width_ * static_cast<double>(bin));
        auto const high = std::min(end, width_ * static_cast<double>(bin + 1));
        auto const seconds = static_cast<float>(std::max(0.0, high - low));
        add_to(cells_[task.lane * bins_ + bin], seconds, ok ? 0 : seconds, task.colour, seconds);
    }
}

} // namespace starmap::report
