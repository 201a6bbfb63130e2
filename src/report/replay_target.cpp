#include "report/replay_target.hpp"

#include "base/replay_text.hpp"
#include "base/setting_values.hpp"
#include "base/settings.hpp"
#include "report/task_info_reader.hpp"

#include <starmap/error.hpp>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <filesystem>
#include <sstream>
#include <vector>

namespace starmap::report {

namespace {

constexpr std::size_t most_listed = 10;

bool is_file(std::string const& path)
{
    std::error_code error;
    return std::filesystem::is_regular_file(path, error);
}

bool looks_like_a_path(std::string_view text)
{
    return text.find('/') != std::string_view::npos || text.ends_with(".h5");
}

std::optional<std::uint32_t> number_in(std::string const& text)
{
    try {
        return base::whole_number<std::uint32_t>(text);
    } catch (UsageError const&) {
        return std::nullopt;
    }
}

bool went_wrong(TaskStatus status)
{
    return status != TaskStatus::ok && status != TaskStatus::cancelled;
}

/// A Starmap of the record that has, or may have, the task.
struct Candidate {
    StarmapInfo starmap;
    std::optional<TaskRecord> row = {};
    bool wrong = false;
};

/// "2 (work), 3 (rest)".
std::string listed(std::vector<Candidate> const& candidates)
{
    std::vector<std::string> texts;
    for (auto const& each : candidates)
        texts.push_back(fmt::format("{} ({})", each.starmap.starmap, each.starmap.name));
    if (texts.size() > most_listed) {
        texts.resize(most_listed);
        texts.emplace_back("...");
    }
    return fmt::format("{}", fmt::join(texts, ", "));
}

bool is_asked_for(StarmapInfo const& starmap, std::string const& asked)
{
    return asked.empty() || starmap.name == asked || number_in(asked) == starmap.starmap;
}

/// The Starmaps in which the task has left a row or a failure; if there are none, those whose input
/// has so many items: a `map` has rows of its chunks only, and what ran when a job was killed has
/// none.
std::vector<Candidate> candidates_in(TaskInfoReader const& reader, std::uint64_t task_no,
                                     std::string const& asked)
{
    std::vector<Candidate> all;
    for (auto& starmap : reader.starmaps())
        if (is_asked_for(starmap, asked)) all.push_back({.starmap = std::move(starmap)});
    auto const of = [&](std::uint32_t number) {
        return std::find_if(all.begin(), all.end(),
                            [&](Candidate const& each) { return each.starmap.starmap == number; });
    };
    reader.for_each_task([&](TaskRecord const& row, std::string_view) {
        if (row.task_no != task_no) return;
        auto const found = of(row.starmap);
        if (found == all.end() || (found->wrong && !went_wrong(row.status))) return;
        if (found->row && row.status == TaskStatus::cancelled) return;
        found->row = row;
        found->wrong = went_wrong(row.status);
    });
    for (auto const& failure : reader.failures())
        if (failure.task_no == task_no)
            if (auto const found = of(failure.starmap); found != all.end()) found->wrong = true;
    auto const keep = [&](auto has) {
        std::vector<Candidate> kept;
        std::copy_if(all.begin(), all.end(), std::back_inserter(kept), has);
        return kept;
    };
    auto found = keep([](Candidate const& each) { return each.row || each.wrong; });
    if (!found.empty()) return found;
    return keep([&](Candidate const& each) { return task_no <= each.starmap.items; });
}

Candidate chosen(TaskInfoReader const& reader, std::string const& path, std::uint64_t task_no,
                 std::string const& asked)
{
    auto const candidates = candidates_in(reader, task_no, asked);
    if (candidates.empty())
        throw UsageError(fmt::format(
            "{} has no task {}{} (no row and no failure bears this number, and no input was as "
            "long). `starmap info {}` shows what it has",
            path, task_no, asked.empty() ? "" : fmt::format(" in a Starmap {}", asked), path));
    if (candidates.size() == 1) return candidates.front();
    std::vector<Candidate> wrong;
    std::copy_if(candidates.begin(), candidates.end(), std::back_inserter(wrong),
                 [](Candidate const& each) { return each.wrong; });
    if (wrong.size() == 1) return wrong.front();
    throw UsageError(fmt::format("{} has a task {} in several Starmaps: {}. Say in which one, by "
                                 "its number: {}#{}#{}",
                                 path, task_no, listed(candidates), path,
                                 candidates.front().starmap.starmap, task_no));
}

ReplayTarget from_record(std::string const& path, std::uint64_t task_no, std::string const& asked)
{
    TaskInfoReader const reader(path);
    auto const found = chosen(reader, path, task_no, asked);
    return {.task_no = task_no,
            .starmap = found.starmap.starmap,
            .name = found.starmap.name,
            .record = path,
            .row = found.row,
            .items = found.starmap.items,
            .command_line = reader.run().command_line,
            .seed = reader.run().seed,
            .workers = reader.run().num_workers,
            .setting = {}};
}

} // namespace

ReplayTarget find_replay_target(std::string const& setting)
{
    auto const [place, task_no] = base::replay_from(setting);
    auto const mark = place.rfind('#');
    auto const before = place.substr(0, mark);
    ReplayTarget target;
    if (is_file(place)) {
        target = from_record(place, task_no, "");
    } else if (mark != std::string::npos && is_file(before)) {
        target = from_record(before, task_no, place.substr(mark + 1));
    } else if (looks_like_a_path(place) || looks_like_a_path(before)) {
        throw UsageError(fmt::format("Cannot replay {} (there is no record {}). Name the "
                                     "task_info.h5 of a run, or a Starmap",
                                     setting, looks_like_a_path(place) ? place : before));
    } else {
        target.task_no = task_no;
        target.starmap = number_in(place);
        if (!target.starmap) target.name = place;
    }
    target.setting = setting;
    return target;
}

std::string bare_command(std::string const& command_line)
{
    std::istringstream words(command_line);
    std::string bare;
    for (std::string word; words >> word;) {
        if (word.starts_with(base::argument_prefix)) continue;
        bare += bare.empty() ? word.substr(word.rfind('/') + 1) : ' ' + word;
    }
    return bare;
}

} // namespace starmap::report
