#include "info.hpp"
#include "info_sections.hpp"

#include <algorithm>

#include <fmt/format.h>

namespace starmap::command {

namespace {

/// How its process ended, where the text does not tell.
std::string ending(TaskFailure const& failure)
{
    if (failure.exit_code == 0) return {};
    auto const code = failure.exit_code > 0 ? fmt::format("exit code {}", failure.exit_code)
                                            : fmt::format("signal {}", -failure.exit_code);
    return failure.text.find(code) == std::string::npos ? ", " + code : std::string();
}

void add_failure(Out out, TaskFailure const& failure)
{
    fmt::format_to(out, "  task {} of \"{}\", attempt {}, rank {} on {}, item {}{}: {}\n",
                   failure.task_no, failure.name, failure.attempt, failure.rank,
                   failure.host.empty() ? "-" : failure.host, failure.first_item, ending(failure),
                   failure.text);
}

void add_failure_counts(Out out, report::Summary const& summary)
{
    auto const& by_status = summary.by_status;
    fmt::format_to(out, "\nFailures: {} of {} attempts", summary.failures(), summary.attempts());
    for (std::size_t status = 1; status < by_status.size(); ++status)
        if (by_status[status] > 0)
            fmt::format_to(out, ", {} {}", by_status[status],
                           to_string(static_cast<TaskStatus>(status)));
    fmt::format_to(out, "\n");
}

} // namespace

void add_failures(Out out, report::Figures const& info, std::size_t most)
{
    add_failure_counts(out, info.summary);
    for (std::size_t i = 0; i < std::min(info.failures.size(), most); ++i)
        add_failure(out, info.failures[i]);
    if (info.failures.size() > most)
        fmt::format_to(out, "  ... and more: starmap info --failed {}\n", info.file);
}

std::string failures_to_text(report::Figures const& info)
{
    std::string text;
    Out const out(text);
    fmt::format_to(out, "{}: {}\n", info.file, in_words(info.state));
    add_failure_counts(out, info.summary);
    for (auto const& failure : info.failures) add_failure(out, failure);
    return text;
}

} // namespace starmap::command
