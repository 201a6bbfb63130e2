#include "records/oom_kills.hpp"

#include <fstream>

namespace starmap::records {

namespace {

std::optional<std::uint64_t> count_in(std::string const& file)
{
    std::ifstream in(file);
    std::string name;
    std::uint64_t count = 0;
    while (in >> name >> count)
        if (name == "oom_kill") return count;
    return std::nullopt;
}

/// In a container the path may be the host's, of which only the root is seen here: folders that do
/// not exist are passed over on the way up.
std::optional<std::uint64_t> count_on_the_way_up(std::string const& root, std::string path,
                                                 std::string const& file)
{
    if (path == "/") path.clear();
    for (;; path.erase(path.rfind('/'))) {
        if (auto const count = count_in(root + path + file)) return count;
        if (path.find('/') == std::string::npos) return std::nullopt;
    }
}

} // namespace

std::optional<std::uint64_t> oom_kills(std::string const& proc, std::string const& sys)
{
    // Each line is hierarchy:controllers:path; v2 has no controllers.
    std::ifstream in(proc + "/self/cgroup");
    auto const root = sys + "/fs/cgroup";
    for (std::string line; std::getline(in, line);) {
        auto const first = line.find(':');
        auto const second = line.find(':', first + 1);
        if (first == std::string::npos || second == std::string::npos) continue;
        auto const controllers = "," + line.substr(first + 1, second - first - 1) + ",";
        auto const path = line.substr(second + 1);
        if (controllers == ",,") {
            for (auto const* const mounted : {"", "/unified"})
                if (auto const count = count_on_the_way_up(root + mounted, path, "/memory.events"))
                    return count;
        } else if (controllers.find(",memory,") != std::string::npos) {
            if (auto const count =
                    count_on_the_way_up(root + "/memory", path, "/memory.oom_control"))
                return count;
        }
    }
    return std::nullopt;
}

} // namespace starmap::records
