#include "run/run_task.hpp"

#include "run/line_of.hpp"
#include "run/journal_folder.hpp"

namespace starmap::farm {

Ended RunTask::operator()(Command const& command, Monitor& monitor) const
{
    auto here = how;
    if (!journal_folder.empty()) here.journal = JournalFolder::file_of_this_node(journal_folder);
    Ended ended;
    ended.outcome = run_command(command, here, monitor);
    ended.number = command.number;
    ended.cores = command.cores;
    if (keeps_text) ended.outcome.text = command.text;
    if (ended.outcome.status != TaskStatus::ok) ended.again = line_of(command);
    return ended;
}

} // namespace starmap::farm
