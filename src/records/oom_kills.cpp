#include "records/oom_kills.hpp"

#include "records/cgroups.hpp"

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

std::optional<std::uint64_t> count_upward(std::string const& root, std::string const& path,
                                          std::string const& file)
{
    for (auto const& folder : folders_upward(root, path))
        if (auto const count = count_in(folder + file)) return count;
    return std::nullopt;
}

} // namespace

std::optional<std::uint64_t> oom_kills(std::string const& proc, std::string const& sys)
{
    auto const root = sys + "/fs/cgroup";
    for (auto const& [path, is_v2] : own_cgroups("memory", proc)) {
        auto count = is_v2 ? count_upward(root, path, "/memory.events")
                           : count_upward(root + "/memory", path, "/memory.oom_control");
        if (!count && is_v2) count = count_upward(root + "/unified", path, "/memory.events");
        if (count) return count;
    }
    return std::nullopt;
}

} // namespace starmap::records
