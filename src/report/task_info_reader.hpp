#pragma once

#include "report/observer.hpp"
#include "report/task_info_rows.hpp"

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace starmap::report {

/// How a record was left.
enum class RecordState {
    complete, ///< closed in order
    failed,   ///< closed, but an error ended the run
    writing,  ///< its run goes on
    killed    ///< never closed: the run was killed, or its disk was full
};

/// One word for people and programs.
char const* to_string(RecordState state) noexcept;

struct TaskInfoBatch;

constexpr std::uint64_t all_rows = ~std::uint64_t{0};

/// Opens the record of a run that ended, was killed or still goes on, and reads the rows that are
/// there at that moment. The constructor throws IoError if there is no such file, it cannot be
/// read, or is no record; the members throw it for a damaged file.
class TaskInfoReader {
public:
    explicit TaskInfoReader(std::string const& path);
    ~TaskInfoReader();
    TaskInfoReader(TaskInfoReader const&) = delete;
    TaskInfoReader& operator=(TaskInfoReader const&) = delete;

    RecordState state() const noexcept;
    RunInfo const& run() const noexcept;
    /// The version of Starmap that wrote it.
    std::string const& starmap_version() const noexcept;

    /// Calls with each row of /task_info and its task name, in the order written, from the row of
    /// index `first` to before `end`; needs the memory of few rows. Gives the index at which to go
    /// on when there are more: the `end` of those who want the same rows again while more come.
    std::uint64_t
    for_each_task(std::function<void(TaskRecord const&, std::string_view name)> const& use,
                  std::uint64_t first = 0, std::uint64_t end = all_rows) const;
    std::uint64_t for_each_operation(std::function<void(OperationRecord const&)> const& use,
                                     std::uint64_t first = 0) const;
    std::vector<StarmapInfo> starmaps() const;
    std::vector<WorkerInfo> workers() const;
    /// Rows of /costs; none in a record of a version before it.
    std::vector<CostRow> costs() const;
    /// With the name of the Starmap, the host where it is known, and the error's type as part of
    /// its text. At most the first `most`.
    std::vector<TaskFailure> failures(std::size_t most = ~std::size_t{0}) const;

    /// Everything again as batches of rows, for a copy of the file.
    void for_each_batch(std::function<void(TaskInfoBatch const&)> const& use) const;

private:
    struct Parts;
    std::unique_ptr<Parts> parts_;
};

/// A whole record in memory.
struct TaskInfo {
    RecordState state = RecordState::complete;
    RunInfo run;
    std::string starmap_version;
    std::vector<TaskRecord> tasks;
    std::vector<std::uint32_t> name_of; ///< for each of tasks the index of its name in `names`
    std::vector<std::string> names;     ///< in order of first appearance
    std::vector<StarmapInfo> starmaps;
    std::vector<WorkerInfo> workers;
    std::vector<OperationRecord> operations;
    std::vector<TaskFailure> failures;
};

/// Reads it all; throws IoError as TaskInfoReader does.
TaskInfo read_task_info(std::string const& path);

} // namespace starmap::report
