#include "records/process_tree.hpp"

#include <dirent.h>

#include <cctype>
#include <cstdlib>
#include <fstream>
#include <memory>
#include <optional>
#include <sstream>
#include <string>

namespace starmap::records {

namespace {

struct CloseFolder {
    void operator()(DIR* folder) const noexcept { ::closedir(folder); }
};

/// Calls `take` with each number that is the name of an entry. False if there is no such folder.
template <class Take>
bool for_each_number(std::string const& path, Take const& take)
{
    std::unique_ptr<DIR, CloseFolder> const folder(::opendir(path.c_str()));
    if (!folder) return false;
    while (auto const* const entry = ::readdir(folder.get()))
        if (std::isdigit(static_cast<unsigned char>(entry->d_name[0])) != 0)
            take(static_cast<pid_t>(std::atoi(entry->d_name)));
    return true;
}

pid_t parent_of(pid_t pid)
{
    std::ifstream file("/proc/" + std::to_string(pid) + "/stat");
    std::string stat;
    std::getline(file, stat);
    auto const name_end = stat.rfind(')'); // a name may have blanks and brackets
    if (name_end == std::string::npos) return 0;
    std::istringstream fields(stat.substr(name_end + 1));
    char state = 0;
    pid_t parent = 0;
    fields >> state >> parent;
    return parent;
}

/// Nothing where the kernel was built without these files (CONFIG_PROC_CHILDREN).
std::optional<std::vector<pid_t>> listed_children(pid_t pid)
{
    auto const tasks = "/proc/" + std::to_string(pid) + "/task";
    std::vector<pid_t> children;
    bool readable = true;
    auto const runs = for_each_number(tasks, [&](pid_t thread) {
        std::ifstream file(tasks + '/' + std::to_string(thread) + "/children");
        readable = readable && file.is_open();
        for (pid_t child = 0; file >> child;) children.push_back(child);
    });
    if (runs && !readable) return std::nullopt;
    return children;
}

} // namespace

std::vector<pid_t> children_of(pid_t pid)
{
    if (auto listed = listed_children(pid)) return std::move(*listed);
    std::vector<pid_t> children;
    for_each_number("/proc", [&](pid_t each) {
        if (parent_of(each) == pid) children.push_back(each);
    });
    return children;
}

std::vector<pid_t> with_descendants(std::vector<pid_t> processes)
{
    for (std::size_t i = 0; i < processes.size(); ++i)
        for (auto const child : children_of(processes[i])) processes.push_back(child);
    return processes;
}

} // namespace starmap::records
