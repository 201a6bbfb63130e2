#pragma once

#include <starmap/task_record.hpp>

#include <cstdint>
#include <optional>
#include <string>

namespace starmap::report {

/// A task that is to be run again, as far as it is known before the program's main has run.
struct ReplayTarget {
    std::uint64_t task_no = 0;
    std::optional<std::uint32_t> starmap; ///< its number; else it is known by its name
    std::string name;                     ///< of the Starmap; empty where only a number was given
    std::string record;                   ///< path of the record it was found in; empty: of none

    // What the record says.
    std::optional<TaskRecord> row; ///< the attempt that is run again; none: it left no row
    std::uint64_t items = 0;       ///< that the run has read from the Starmap's input
    std::string command_line;
    std::uint64_t seed = 0;
    std::uint32_t workers = 0; ///< of that run

    /// What the setting said, for sentences.
    std::string setting;
};

/// Finds what the setting `replay` names: in a record where its first part is a file, else by name
/// or number alone. Where several attempts have the number, the last one that went wrong is taken,
/// or else the last; where several Starmaps have it, the only one of them in which it went wrong.
/// Throws UsageError if it is not there or cannot be told, IoError if the record cannot be read.
ReplayTarget find_replay_target(std::string const& setting);

/// A command line without its path to the program and its settings of Starmap.
std::string bare_command(std::string const& command_line);

} // namespace starmap::report
