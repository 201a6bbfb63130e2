#include "report/charts.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

namespace starmap::report {

namespace {

/// More colours than these are not told apart.
constexpr std::size_t most_names = 11;

std::vector<std::string> weightiest(std::vector<NameSummary> names)
{
    std::stable_sort(names.begin(), names.end(), [](auto const& a, auto const& b) {
        return a.durations.sum() > b.durations.sum();
    });
    if (names.size() > most_names) names.resize(most_names);
    std::vector<std::string> all;
    for (auto const& name : names) all.push_back(name.name);
    return all;
}

std::vector<std::uint32_t> numbers_of(std::vector<WorkerLoad> const& workers)
{
    std::vector<std::uint32_t> all;
    for (auto const& worker : workers) all.push_back(worker.worker);
    return all;
}

Histogram empty_histogram(Summary const& summary, std::size_t bins)
{
    auto low = std::numeric_limits<double>::infinity();
    double high = 0;
    for (auto const& name : summary.names) {
        if (name.durations.count() == 0) continue;
        low = std::min(low, name.durations.min());
        high = std::max(high, name.durations.max());
    }
    return {low, high, bins};
}

} // namespace

Charts::Charts(Summary const& summary, ChartLimits limits)
    : limits_(limits),
      names_(weightiest(summary.names)),
      timeline_(numbers_of(summary.workers), limits.timeline),
      longest_(limits.longest),
      not_ok_(limits.not_ok),
      durations_(names_.size() + 1, empty_histogram(summary, limits.bins)),
      sample_(limits.sample),
      hungriest_(limits.hungry)
{
}

Colour Charts::colour_of(std::string_view name)
{
    if (any_ && name == last_name_) return last_colour_; // few names, millions of rows
    any_ = true;
    last_name_ = name;
    auto const found = std::find(names_.begin(), names_.end(), name);
    return last_colour_ = static_cast<Colour>(found - names_.begin());
}

void Charts::begin_session(std::uint16_t session)
{
    session_ = session;
    timeline_.start_over();
    longest_ = Largest<TimelineTask>(limits_.longest);
    not_ok_ = Largest<TimelineTask>(limits_.not_ok);
}

void Charts::add(TaskRecord const& record, std::string_view name)
{
    TimelineTask const task{record, colour_of(name), timeline_.lane_of(record.worker).value_or(0)};
    bool const ok = record.status == TaskStatus::ok;
    if (ok) {
        durations_[task.colour].add(record.duration);
        sample_.add(task);
    }
    if (std::isfinite(record.mem_gb) && record.mem_gb > 0) hungriest_.add(record.mem_gb, task);
    if (record.session > session_) begin_session(record.session);
    if (record.session != session_ || !timeline_.add(record, task.colour)) return;
    longest_.add(record.duration, task);
    if (!ok && record.status != TaskStatus::cancelled) not_ok_.add(record.duration, task);
}

} // namespace starmap::report
