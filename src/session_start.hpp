#pragma once

#include "report/replay_target.hpp"
#include "roles/deadline.hpp"

#include <starmap/settings.hpp>

#include <optional>
#include <string>

namespace starmap::detail {

/// Settings from environment and arguments. Empty: go on; else the exit code to end with.
std::optional<int> read_settings(Settings& settings, int& argc, char** argv, bool speaks);

/// What the setting `replay` names, and the settings of a run that does nothing else: in this
/// process, unless told otherwise, without a record and a deadline, with the record's seed. Empty:
/// nothing is to be replayed. Throws as report::find_replay_target.
std::optional<report::ReplayTarget> prepare_replay(Settings& settings);

/// Until when the work may go on. Asks Slurm, and so comes before MPI.
roles::Deadline::Rules time_rules(Settings const& settings);

} // namespace starmap::detail
