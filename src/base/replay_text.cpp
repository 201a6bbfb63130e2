#include "base/replay_text.hpp"

#include "base/setting_values.hpp"

#include <starmap/error.hpp>

namespace starmap::base {

ReplayText replay_from(std::string_view text)
{
    auto const mark = text.rfind('#');
    if (mark == std::string_view::npos)
        throw UsageError("it names no task: there is no \"#\" with a number behind it");
    if (mark == 0) throw UsageError("neither a record nor a Starmap is named before the \"#\"");
    ReplayText replay{.place = std::string(text.substr(0, mark)), .task_no = 0};
    try {
        replay.task_no = whole_number<std::uint64_t>(text.substr(mark + 1));
    } catch (UsageError const& error) {
        throw UsageError("the number of the task, behind the last \"#\": " +
                         std::string(error.what()));
    }
    if (replay.task_no == 0) throw UsageError("tasks are numbered from 1");
    return replay;
}

} // namespace starmap::base
