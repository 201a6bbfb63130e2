#include "report/outliers.hpp"

#include <algorithm>
#include <cmath>

namespace starmap::report {

OutlierSearch::OutlierSearch(Summary const& summary, std::size_t kept) : summary_(summary)
{
    for (auto const& name : summary.names) {
        auto slope = name.durations.slope_through_origin();
        if (name.durations.all_x_equal()) slope.reset();
        names_.push_back({name.name, slope, Largest<NotedTask>(kept)});
    }
}

void OutlierSearch::add(TaskRecord const& record, std::string_view name)
{
    if (record.status != TaskStatus::ok) return;
    if (last_ >= names_.size() || names_[last_].name != name) {
        auto const found = std::find_if(names_.begin(), names_.end(),
                                        [&](Name const& each) { return each.name == name; });
        if (found == names_.end()) return; // of a run that goes on: it came after the first pass
        last_ = static_cast<std::size_t>(found - names_.begin());
    }
    auto& of_name = names_[last_];
    if (!of_name.slope) return;
    auto const distance = std::abs(record.duration - *of_name.slope * record.weight);
    if (of_name.tasks.wants(distance)) of_name.tasks.add(distance, {record, std::string(name), {}});
}

std::vector<std::vector<Outlier>> OutlierSearch::outliers() const
{
    std::vector<std::vector<Outlier>> all;
    for (auto const& name : names_) {
        auto& outliers = all.emplace_back();
        for (auto task : name.tasks.sorted()) {
            for (auto const& worker : summary_.workers)
                if (worker.worker == task.record.worker) task.hostname = worker.hostname;
            auto const expected = *name.slope * task.record.weight;
            outliers.push_back({std::move(task), expected});
        }
    }
    return all;
}

} // namespace starmap::report
