#pragma once

#include "report/summary.hpp"

#include <cstddef>
#include <optional>
#include <string_view>
#include <vector>

namespace starmap::report {

/// A task far from what its weight says.
struct Outlier {
    NotedTask task;
    double expected = 0; ///< its weight times the seconds per weight of its name [s]
};

/// Finds the tasks of each name whose durations are farthest from the line through the origin that
/// has the least squares. That line is known after a first pass over the rows; this is the second.
class OutlierSearch {
public:
    OutlierSearch(Summary const& summary, std::size_t kept);

    void add(TaskRecord const& record, std::string_view name);
    /// For each name, in the order of the summary, the farthest first; none for names whose weights
    /// are all alike, or all 0.
    std::vector<std::vector<Outlier>> outliers() const;

private:
    struct Name {
        std::string_view name; ///< of the summary, which outlives the search
        std::optional<double> slope;
        Largest<NotedTask> tasks;
    };

    Summary const& summary_;
    std::vector<Name> names_;
    std::size_t last_ = 0;
};

} // namespace starmap::report
