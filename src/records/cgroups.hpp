#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace starmap::records {

/// A control group that this process is in.
struct OwnCgroup {
    std::string path; ///< below the root of its hierarchy, which may be the host's in a container
    bool is_v2 = false;
};

/// Those that have this controller ("cpu", "memory"): of v1 the one of its hierarchy, and that of
/// v2, which has all of them. `proc` is where that file system is.
std::vector<OwnCgroup> own_cgroups(std::string_view controller, std::string const& proc);

/// The folders of a group and of all above it, from the group's own to `root`, which is where its
/// hierarchy is mounted. Those of a path of the host's may not exist here.
std::vector<std::string> folders_upward(std::string const& root, std::string path);

} // namespace starmap::records
