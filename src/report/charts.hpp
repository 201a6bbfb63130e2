#pragma once

#include "report/histogram.hpp"
#include "report/largest.hpp"
#include "report/sample.hpp"
#include "report/summary.hpp"
#include "report/timeline.hpp"

#include <cstddef>
#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace starmap::report {

/// How much the charts of a record may hold.
struct ChartLimits {
    std::size_t bins = 60;      ///< of the histogram
    std::size_t sample = 3000;  ///< tasks as points
    std::size_t longest = 5000; ///< tasks that the timeline shows by themselves
    std::size_t not_ok = 2000;  ///< and the longest of the attempts that did not end ok
    std::size_t hungry = 200;   ///< points of the tasks with most memory
    TimelineLimits timeline = {};
};

/// Collects what charts show of a record in a pass over its rows, in memory that does not grow with
/// their number. The summary of the same rows tells it what range they have.
class Charts {
public:
    explicit Charts(Summary const& summary, ChartLimits limits = {});

    void add(TaskRecord const& record, std::string_view name);

    /// The names that have a colour of their own, those of the most work; all others have the
    /// colour behind theirs.
    std::vector<std::string> const& names() const noexcept { return names_; }

    /// The timeline and the tasks that lie in it are those of the last session.
    Timeline const& timeline() const noexcept { return timeline_; }
    std::vector<TimelineTask> longest() const { return longest_.sorted(); }
    std::vector<TimelineTask> not_ok() const { return not_ok_.sorted(); }

    /// Durations of the attempts that ended ok, a histogram for each colour; all of one range.
    std::vector<Histogram> const& durations() const noexcept { return durations_; }
    /// Some of the attempts that ended ok, each with the same probability.
    Sample<TimelineTask> const& sample() const noexcept { return sample_; }
    /// The attempts, of any status, that ran in processes with the largest memory.
    std::vector<TimelineTask> hungriest() const { return hungriest_.sorted(); }

private:
    Colour colour_of(std::string_view name);
    void begin_session(std::uint16_t session);

    ChartLimits limits_;
    std::vector<std::string> names_;
    std::string last_name_;
    Colour last_colour_ = 0;
    bool any_ = false;
    std::uint16_t session_ = 0;
    Timeline timeline_;
    Largest<TimelineTask> longest_;
    Largest<TimelineTask> not_ok_;
    std::vector<Histogram> durations_;
    Sample<TimelineTask> sample_;
    Largest<TimelineTask> hungriest_;
};

} // namespace starmap::report
