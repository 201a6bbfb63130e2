#include <starmap/error.hpp>

#include <fmt/format.h>

namespace starmap {

namespace {

std::string how_it_ended(TaskFailure const& failure)
{
    if (failure.type.empty()) return failure.text;
    return fmt::format("{}: {}", failure.type, failure.text);
}

char const* what_happened(TaskStatus status)
{
    switch (status) {
    case TaskStatus::timeout: return "was ended for its time";
    case TaskStatus::memory: return "failed for memory";
    default: return to_string(status);
    }
}

} // namespace

std::string describe(TaskFailure const& failure)
{
    auto const attempt = failure.attempt > 1 ? fmt::format(", attempt {}", failure.attempt) : "";
    return fmt::format("task {} of \"{}\" {} on rank {} ({}), item {}{}: {}", failure.task_no,
                       failure.name, what_happened(failure.status), failure.rank, failure.host,
                       failure.first_item, attempt, how_it_ended(failure));
}

TaskError::TaskError(TaskFailure failure)
    : Error(describe(failure)),
      TaskFailure(std::move(failure))
{
}

} // namespace starmap
