#include "report/comparison.hpp"

#include <algorithm>
#include <cmath>
#include <map>
#include <tuple>
#include <utility>

namespace starmap::report {

namespace {

/// Numbers for names, the same in both runs.
using Names = std::map<std::string, std::uint32_t, std::less<>>;

struct TimedTask {
    std::uint32_t name = 0;
    std::uint32_t occurrence = 0; ///< of the Starmaps of that name
    std::uint64_t task_no = 0;
    std::uint32_t items = 0;
    double seconds = 0;

    auto key() const noexcept { return std::tie(name, occurrence, task_no, items); }
};

std::vector<TimedTask> read_tasks(Figures const& figures, Names& names)
{
    TaskInfoReader const reader(figures.file);
    std::map<std::uint32_t, std::uint32_t> occurrences; // by number of the Starmap
    std::map<std::string, std::uint32_t> seen;
    for (auto const& starmap : reader.starmaps())
        occurrences[starmap.starmap] = seen[starmap.name]++;
    std::vector<TimedTask> tasks;
    auto const note = [&](TaskRecord const& record, std::string_view name) {
        if (record.status != TaskStatus::ok) return;
        auto found = names.find(name);
        if (found == names.end())
            found = names.emplace(name, static_cast<std::uint32_t>(names.size())).first;
        tasks.push_back({found->second, occurrences[record.starmap], record.task_no, record.items,
                         record.duration});
    };
    reader.for_each_task(note, 0, figures.task_rows);
    std::sort(tasks.begin(), tasks.end(),
              [](auto const& a, auto const& b) { return a.key() < b.key(); });
    return tasks;
}

std::vector<NamePair> pair_names(Summary const& before, Summary const& after)
{
    std::vector<NamePair> pairs;
    auto const find = [&](std::string const& name) {
        return std::find_if(pairs.begin(), pairs.end(),
                            [&](auto const& pair) { return pair.name == name; });
    };
    for (auto const& name : after.names) pairs.push_back({name.name, {}, name});
    for (auto const& name : before.names) {
        auto const pair = find(name.name);
        if (pair != pairs.end())
            pair->before = name;
        else
            pairs.push_back({name.name, name, {}});
    }
    return pairs;
}

} // namespace

Comparison compare(std::string const& before, std::string const& after, std::size_t kept)
{
    FiguresWanted const wanted{.slowest = 0, .outliers = 0, .failures = 0};
    Comparison comparison{.before = read_figures(before, wanted),
                          .after = read_figures(after, wanted),
                          .names = {},
                          .slower = {},
                          .faster = {}};
    comparison.names = pair_names(comparison.before.summary, comparison.after.summary);
    Names numbers;
    auto const old_tasks = read_tasks(comparison.before, numbers);
    auto const new_tasks = read_tasks(comparison.after, numbers);
    std::map<std::uint32_t, std::string> names;
    for (auto const& [name, number] : numbers) names[number] = name;
    Largest<TaskPair> slower(kept);
    Largest<TaskPair> faster(kept);
    auto old = old_tasks.begin();
    for (auto const& task : new_tasks) {
        while (old != old_tasks.end() && old->key() < task.key()) ++old;
        if (old == old_tasks.end() || old->key() != task.key()) continue;
        ++comparison.paired;
        auto const lost = task.seconds - old->seconds;
        auto& kind = lost > 0 ? slower : faster;
        if (lost != 0 && kind.wants(std::abs(lost)))
            kind.add(std::abs(lost),
                     {names[task.name], task.task_no, task.items, old->seconds, task.seconds});
    }
    comparison.slower = slower.sorted();
    comparison.faster = faster.sorted();
    return comparison;
}

} // namespace starmap::report
