#pragma once

#include <starmap/task_record.hpp>

#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

namespace starmap::report {

/// A colour of a chart: the number of a task name.
using Colour = std::uint8_t;

/// A task as it lies in the timeline.
struct TimelineTask {
    TaskRecord record;
    Colour colour = 0;
    std::uint32_t lane = 0;
};

/// What a lane did in one bin of time.
struct TimelineCell {
    float busy = 0;    ///< seconds inside tasks, of all workers of the lane
    float failed = 0;  ///< of these in attempts that did not end ok
    Colour colour = 0; ///< of the name that took more than half of `busy`, if one did
    float lead = 0;    ///< votes for `colour` less those for others (Boyer and Moore 1991)
};

/// How much a timeline may hold.
struct TimelineLimits {
    std::size_t lanes = 512;
    std::size_t cells = std::size_t{1} << 20U;
    std::size_t bins = 16384; ///< at most in a lane; a power of two
    std::size_t tasks = 20000;
};

/// Who worked when, in memory that does not grow with the number of tasks: each task as long as
/// they are few, and always a grid of workers by time, whose bins double their width whenever the
/// time goes beyond the last. Beyond the limit of lanes some workers of neighbouring numbers share
/// one.
class Timeline {
public:
    /// For workers of these numbers, in ascending order.
    explicit Timeline(std::vector<std::uint32_t> workers, TimelineLimits limits = {});

    /// False, and nothing is added, for a task of another worker or of times that are no numbers.
    bool add(TaskRecord const& record, Colour colour);
    void start_over();

    std::vector<std::uint32_t> const& workers() const noexcept { return workers_; }
    std::size_t lanes() const noexcept { return lanes_; }
    std::size_t workers_a_lane() const noexcept { return workers_a_lane_; }
    std::size_t bins() const noexcept { return bins_; }
    double bin_width() const noexcept { return width_; } ///< [s]
    double end() const noexcept { return end_; }         ///< of the last task [s since run start]
    /// None for a worker that the timeline was not made for.
    std::optional<std::uint32_t> lane_of(std::uint32_t worker) const noexcept;
    /// Lane by lane.
    std::vector<TimelineCell> const& cells() const noexcept { return cells_; }
    /// Each task, or none if they are more than the limit.
    std::vector<TimelineTask> const& tasks() const noexcept { return tasks_; }
    bool has_each_task() const noexcept { return added_ == tasks_.size(); }
    /// End of each worker's last task, in the order of workers(); 0 if it had none.
    std::vector<double> const& last_ends() const noexcept { return last_ends_; }

private:
    std::optional<std::size_t> place_of(std::uint32_t worker) const noexcept;
    void make_room_until(double end);
    void add_to_cells(TimelineTask const& task);

    TimelineLimits limits_;
    std::vector<std::uint32_t> workers_;
    std::size_t workers_a_lane_;
    std::size_t lanes_;
    std::size_t bins_;
    double width_ = 0;
    double end_ = 0;
    std::uint64_t added_ = 0;
    std::vector<TimelineCell> cells_;
    std::vector<TimelineTask> tasks_;
    std::vector<double> last_ends_;
};

} // namespace starmap::report
