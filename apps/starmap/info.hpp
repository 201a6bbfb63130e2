#pragma once

#include "report/summary.hpp"
#include "report/task_info_reader.hpp"

#include <nlohmann/json.hpp>

#include <string>
#include <vector>

namespace starmap::command {

/// What `starmap info` tells of a record.
struct Info {
    std::string file;
    report::RecordState state = report::RecordState::complete;
    report::RunInfo run;
    std::string starmap_version;
    std::vector<report::StarmapInfo> starmaps;
    std::vector<report::WorkerInfo> workers;
    std::vector<TaskFailure> failures;
    report::Summary summary;
};

/// For people.
std::string to_text(Info const& info);

/// For programs; docs/task_info.md has the members.
nlohmann::json to_json(Info const& info);

/// All rows of /task_info, an array a column.
nlohmann::json task_columns(report::TaskInfoReader const& reader);

} // namespace starmap::command
