#include "run/run_task.hpp"

#include "run/journal_folder.hpp"
#include "run/line_of.hpp"

#include <string>

namespace starmap::farm {

namespace {

std::string text_of(Outcome const& outcome, std::string const& place)
{
    auto text = place + ": " + outcome.why;
    return outcome.last_words.empty() ? text : text + "; its last words:\n" + outcome.last_words;
}

} // namespace

Ended RunTask::operator()(Command const& command, Monitor& monitor) const
{
    auto here = how;
    if (!journal_folder.empty()) here.journal = JournalFolder::file_of_this_node(journal_folder);
    Ended ended;
    ended.outcome = run_command(command, here, monitor);
    ended.number = command.number;
    ended.cores = command.cores;
    if (keeps_text) ended.outcome.text = command.text;
    if (ended.outcome.status == TaskStatus::ok) return ended;
    ended.again = line_of(command);
    monitor.outcome(ended.outcome.status, ended.outcome.exit_code,
                    text_of(ended.outcome, place + " " + std::to_string(command.line)));
    return ended;
}

} // namespace starmap::farm
