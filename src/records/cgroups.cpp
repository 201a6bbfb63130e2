#include "records/cgroups.hpp"

#include <fmt/format.h>

#include <fstream>

namespace starmap::records {

std::vector<OwnCgroup> own_cgroups(std::string_view controller, std::string const& proc)
{
    std::vector<OwnCgroup> found;
    auto const wanted = fmt::format(",{},", controller);
    // Each line is hierarchy:controllers:path; v2 has no controllers.
    std::ifstream in(proc + "/self/cgroup");
    for (std::string line; std::getline(in, line);) {
        auto const first = line.find(':');
        auto const second = line.find(':', first + 1);
        if (first == std::string::npos || second == std::string::npos) continue;
        auto const controllers = "," + line.substr(first + 1, second - first - 1) + ",";
        auto const is_v2 = controllers == ",,";
        if (is_v2 || controllers.find(wanted) != std::string::npos)
            found.push_back({line.substr(second + 1), is_v2});
    }
    return found;
}

std::vector<std::string> folders_upward(std::string const& root, std::string path)
{
    std::vector<std::string> folders;
    if (path == "/") path.clear();
    for (;; path.erase(path.rfind('/'))) {
        folders.push_back(root + path);
        if (path.find('/') == std::string::npos) return folders;
    }
}

} // namespace starmap::records
