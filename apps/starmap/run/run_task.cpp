#include "run/run_task.hpp"

#include "run/journal_folder.hpp"
#include "run/line_of.hpp"

#include <string>

namespace starmap::farm {

namespace {

std::string told_last(Outcome const& outcome)
{
    return outcome.last_words.empty() ? std::string() : "; its last words:\n" + outcome.last_words;
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
    auto const text = place + " " + std::to_string(command.line) + ": " + ended.outcome.why;
    auto const words = told_last(ended.outcome);
    // What has just been printed need not be in the log too.
    if (prints)
        monitor.outcome(ended.outcome.status, ended.outcome.exit_code, text, words);
    else
        monitor.outcome(ended.outcome.status, ended.outcome.exit_code, text + words);
    return ended;
}

} // namespace starmap::farm
