#pragma once

#include "report/figures.hpp"

#include <nlohmann/json.hpp>

#include <string>

namespace starmap::command {

/// For people: all of a record.
std::string to_text(report::Figures const& figures);
/// For people: the tasks of one name.
std::string name_to_text(report::Figures const& figures);
/// For people: each attempt that failed.
std::string failures_to_text(report::Figures const& figures);

/// For programs; docs/task_info.md has the members.
nlohmann::json to_json(report::Figures const& figures);
/// All rows of /task_info, or those of one name, an array a column.
nlohmann::json task_columns(report::TaskInfoReader const& reader, std::string const& name);

/// Tables of comma-separated values, with a line of headings.
std::string names_to_csv(report::Figures const& figures);
std::string slowest_to_csv(report::Figures const& figures);
std::string failures_to_csv(report::Figures const& figures);
/// All rows of /task_info, or those of one name, printed as they are read.
void print_rows_as_csv(report::TaskInfoReader const& reader, std::string const& name);

/// In words.
std::string in_words(report::RecordState state);

} // namespace starmap::command
