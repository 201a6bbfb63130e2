#pragma once

#include "report/task_info_rows.hpp"

#include <cstddef>
#include <cstdint>
#include <map>
#include <utility>
#include <vector>

namespace starmap::report {

/// Rows on their way to the file. Those of /starmaps, /workers and /costs are kept by number, as
/// the latest replaces the one before.
struct TaskInfoBatch {
    std::vector<TaskRow> tasks;
    std::vector<OperationRow> operations;
    std::vector<FailureRow> failures;
    std::map<std::uint32_t, StarmapRow> starmaps;
    std::map<std::uint32_t, WorkerRow> workers;
    std::map<std::pair<std::uint32_t, std::uint32_t>, CostRow> costs; ///< by Starmap and key

    /// Memory taken by the rows that pile up.
    std::size_t bytes() const noexcept
    {
        return tasks.size() * sizeof(TaskRow) + operations.size() * sizeof(OperationRow) +
               failures.size() * sizeof(FailureRow);
    }

    bool empty() const noexcept
    {
        return bytes() == 0 && starmaps.empty() && workers.empty() && costs.empty();
    }

    /// Forgets the rows but keeps the memory for the next ones.
    void clear() noexcept
    {
        tasks.clear();
        operations.clear();
        failures.clear();
        starmaps.clear();
        workers.clear();
        costs.clear();
    }
};

} // namespace starmap::report
