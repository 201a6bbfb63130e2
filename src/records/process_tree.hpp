#pragma once

#include <sys/types.h>

#include <vector>

namespace starmap::records {

/// The children of a process of this node: also those that it has become the parent of, as its
/// subreaper, and those that have ended and that it has not waited for. Empty if it is gone. While
/// they come and go one may be missed: who must meet all asks again.
std::vector<pid_t> children_of(pid_t pid);

/// All that descends from these processes, and they themselves; parents before children.
std::vector<pid_t> with_descendants(std::vector<pid_t> processes);

} // namespace starmap::records
