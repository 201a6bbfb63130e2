#include "report/lessons_reader.hpp"

#include "base/log.hpp"
#include "report/task_info_reader.hpp"

#include <starmap/error.hpp>

#include <fmt/format.h>

#include <cstdint>
#include <map>
#include <set>
#include <string_view>

namespace starmap::report {

namespace {

scheduling::Lessons lessons_of(TaskInfoReader const& reader)
{
    scheduling::Lessons lessons;
    std::set<std::uint32_t> told;
    for (auto const& row : reader.costs()) {
        told.insert(row.starmap);
        lessons.add(from_text(row.name), from_text(row.key), {row.seconds, row.weight, row.units});
    }
    // The scheduler counts in items, but of the policy `each` in tasks.
    std::map<std::uint32_t, bool> in_tasks;
    for (auto const& starmap : reader.starmaps())
        in_tasks[starmap.starmap] = starmap.policy == "each";
    std::map<std::string, scheduling::Cost, std::less<>> by_name;
    reader.for_each_task([&](TaskRecord const& record, std::string_view name) {
        if (record.status != TaskStatus::ok || told.contains(record.starmap)) return;
        auto found = by_name.find(name);
        if (found == by_name.end()) found = by_name.try_emplace(std::string(name)).first;
        found->second.seconds += record.duration;
        found->second.weight += record.weight;
        found->second.units += in_tasks[record.starmap] ? 1 : record.items;
    });
    for (auto const& [name, cost] : by_name) lessons.add(name, "", cost);
    return lessons;
}

} // namespace

scheduling::Lessons read_lessons(std::string const& path)
{
    if (path.empty() || path == "none") return {};
    try {
        auto lessons = lessons_of(TaskInfoReader(path));
        if (lessons.starmaps() == 0)
            base::log_warning("{} teaches nothing: no task in it has ended ok", path);
        return lessons;
    } catch (IoError const& error) {
        throw IoError(fmt::format("Cannot learn from {} ({}). Set STARMAP_LEARN to the record of "
                                  "an earlier run, or to none",
                                  path, error.what()));
    }
}

} // namespace starmap::report
