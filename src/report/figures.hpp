#pragma once

#include "report/advice.hpp"
#include "report/outliers.hpp"
#include "report/summary.hpp"
#include "report/task_info_reader.hpp"

#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <set>
#include <string>
#include <string_view>
#include <tuple>
#include <vector>

namespace starmap::report {

/// What of a record is wanted.
struct FiguresWanted {
    std::string name = {};       ///< tasks of this name alone; empty: all
    std::size_t slowest = 10;    ///< so many of the slowest tasks
    std::size_t outliers = 3;    ///< so many a name; 0 saves a second pass over the rows
    std::size_t failures = 1000; ///< so many of the first failures
};

/// All that is worked out of a record; what shows it adds nothing.
struct Figures {
    std::string file;
    RecordState state = RecordState::complete;
    RunInfo run;
    std::string starmap_version;
    std::vector<StarmapInfo> starmaps;
    std::vector<WorkerInfo> workers;
    std::vector<TaskFailure> failures;
    std::uint64_t task_rows = 0; ///< that they are of: of a run that goes on there may be more
    Summary summary;
    std::vector<std::vector<Outlier>> outliers; ///< for each name of the summary
    std::vector<Advice> advice;
};

/// Works out the figures of a record, again and again if its run goes on: each time only the rows
/// that have come since are read.
class FiguresReader {
public:
    FiguresReader(std::string path, FiguresWanted wanted);

    /// Of the record as it is now. Throws IoError as TaskInfoReader does, and UsageError if no
    /// task or Starmap has the name that is wanted.
    Figures read();

private:
    void start_over(RunInfo const& run);
    void note_other(std::string_view name);
    void note_failed(TaskRecord const& record, std::string_view name);
    void complete(TaskFailure& failure) const;

    /// What only its row tells of a failed attempt.
    struct FailedRow {
        std::string name;
        TaskStatus status = TaskStatus::failed;
        std::int32_t exit_code = 0;
    };
    using Attempt = std::tuple<std::uint32_t, std::uint64_t, std::uint16_t>; ///< Starmap, task, no.

    std::string path_;
    FiguresWanted wanted_;
    std::string start_time_;
    Summarizer summarizer_;
    std::uint64_t next_row_ = 0;
    std::uint64_t next_operation_ = 0;
    std::set<std::string, std::less<>> other_names_; ///< than the wanted one: some, for a sentence
    std::map<Attempt, FailedRow> failed_rows_; ///< the first ones, as many as failures are wanted
};

/// The figures of a record at this moment.
Figures read_figures(std::string const& path, FiguresWanted const& wanted = {});

} // namespace starmap::report
