#include <starmap/error.hpp>

#include <fmt/format.h>

namespace starmap {

namespace {

std::string how_it_ended(TaskFailure const& failure)
{
    if (failure.exit_code < 0)
        return fmt::format("its process died of signal {}", -failure.exit_code);
    if (failure.exit_code > 0) return fmt::format("its process exited with {}", failure.exit_code);
    if (failure.type.empty()) return failure.text;
    return fmt::format("{}: {}", failure.type, failure.text);
}

} // namespace

std::string describe(TaskFailure const& failure)
{
    auto const attempt = failure.attempt > 1 ? fmt::format(", attempt {}", failure.attempt) : "";
    return fmt::format("task {} of \"{}\" {} on rank {} ({}), item {}{}: {}", failure.task_no,
                       failure.name, to_string(failure.status), failure.rank, failure.host,
                       failure.first_item, attempt, how_it_ended(failure));
}

TaskError::TaskError(TaskFailure failure)
    : Error(describe(failure)),
      TaskFailure(std::move(failure))
{
}

} // namespace starmap
