#include "run/running.hpp"

#include "records/task_threads.hpp"
#include "run/attempt.hpp"
#include "run/journal.hpp"

#include <fmt/format.h>

#include <chrono>
#include <cstdlib>
#include <limits>
#include <stdexcept>

namespace starmap::farm {

/// A command that has not succeeded, and is to be tried again.
class CommandFailed : public std::runtime_error {
public:
    using std::runtime_error::runtime_error;
};

namespace {

double seconds_since_1970(std::chrono::system_clock::time_point time)
{
    if (time == std::chrono::system_clock::time_point::max())
        return std::numeric_limits<double>::infinity();
    return std::chrono::duration<double>(time.time_since_epoch()).count();
}

TaskPlace place_of(Command const& command, Running const& how, Monitor& monitor)
{
    // Where a node has one worker a rank, the rank has been told its place among them.
    auto const* const local = std::getenv("STARMAP_LOCAL_WORKER");
    TaskPlace place;
    place.task_no = command.number != 0 ? command.number : monitor.task_no();
    place.seed = monitor.seed();
    place.worker = monitor.worker();
    place.local_worker =
        local != nullptr ? static_cast<std::uint32_t>(std::atoi(local)) : monitor.worker();
    place.attempt = monitor.attempt();
    place.cores = command.cores;
    place.shares_threads = records::task_threads_are_set();
    place.gpus = how.gpus;
    place.rank = monitor.rank();
    return place;
}

std::string text_of(Outcome const& outcome)
{
    return outcome.last_words.empty()
               ? outcome.why
               : fmt::format("{}; its last words:\n{}", outcome.why, outcome.last_words);
}

} // namespace

Outcome run_command(Command const& command, Running const& how, Monitor& monitor)
{
    auto outcome = attempt(command, how, place_of(command, how, monitor),
                           [&] { return seconds_since_1970(monitor.deadline()); });
    monitor.used(outcome.cpu, outcome.peak_rss);
    if (outcome.status != TaskStatus::ok)
        monitor.outcome(outcome.status, outcome.exit_code, text_of(outcome));
    if (outcome.status != TaskStatus::ok && outcome.attempt <= command.retries)
        throw CommandFailed(text_of(outcome));
    if (!how.journal.empty()) note_end(how.journal, id_of(command), outcome);
    return outcome;
}

} // namespace starmap::farm
