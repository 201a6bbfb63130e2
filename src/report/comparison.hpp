#pragma once

#include "report/figures.hpp"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace starmap::report {

/// A task that ended ok in each of two runs.
struct TaskPair {
    std::string name;
    std::uint64_t task_no = 0;
    std::uint32_t items = 0;
    double before = 0; ///< [s]
    double after = 0;  ///< [s]
};

/// The tasks of one name in two runs; one side lacks where only the other has it.
struct NamePair {
    std::string name;
    std::optional<NameSummary> before;
    std::optional<NameSummary> after;
};

/// Two records side by side.
struct Comparison {
    Figures before;
    Figures after;
    std::vector<NamePair> names;  ///< in the order of the second run, then those it lacks
    std::vector<TaskPair> slower; ///< the most seconds lost first
    std::vector<TaskPair> faster; ///< the most seconds won first
    std::uint64_t paired = 0;     ///< tasks found in both: same name, number and items, and of the
                                  ///< Starmaps of a name the same in order
};

/// Compares two records, in memory of some 70 bytes for each task, and keeps so many pairs. Throws
/// IoError as TaskInfoReader does.
Comparison compare(std::string const& before, std::string const& after, std::size_t kept);

} // namespace starmap::report
