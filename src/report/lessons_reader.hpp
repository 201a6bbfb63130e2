#pragma once

#include "scheduling/lessons.hpp"

#include <string>

namespace starmap::report {

/// What the record of an earlier run tells of the costs of its Starmaps: from /costs, and for those
/// that have no rows there (a run that was killed, an older record) from the tasks that ended ok,
/// by name alone. Of no record ("" or "none") nothing. Throws IoError if there is no such file, or
/// it is no record; a record that tells nothing is warned of.
scheduling::Lessons read_lessons(std::string const& path);

} // namespace starmap::report
