#include "run/attempt.hpp"

#include "base/clock.hpp"
#include "base/heap.hpp"
#include "execution/orphans.hpp"
#include "records/host.hpp"
#include "records/oom_kills.hpp"
#include "run/explaining.hpp"
#include "run/family.hpp"
#include "run/finding.hpp"
#include "run/job_signals.hpp"
#include "run/output.hpp"
#include "run/starting.hpp"
#include "run/waiting.hpp"
#include "run/words.hpp"

#include <starmap/error.hpp>
#include <starmap/humansize.hpp>

#include <fmt/format.h>

#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <cerrno>
#include <cstring>
#include <memory>
#include <span>
#include <utility>
#include <vector>

namespace starmap::farm {

namespace {

constexpr int not_started = 126;
constexpr char const* default_shell = "/bin/sh";
// What a command leaves behind had its time.
constexpr double longest_grace_of_orphans = 1.0;

// Programs that link this have zygotes that look after what commands start.
[[maybe_unused]] bool const claimed = (execution::claim_orphans(), true);

/// What is to be executed.
struct Line {
    std::vector<std::string> words;
    std::size_t assignments = 0; ///< that many of the words come before the program
};

Line read_line(Command const& command, Running const& how)
{
    if (how.shell) return {.words = {default_shell, "-c", command.text}, .assignments = 0};
    Line line{.words = split_words(command.text), .assignments = 0};
    line.assignments = leading_assignments(line.words);
    return line;
}

/// Tells this host's processes of commands apart.
std::string new_mark()
{
    static std::atomic<std::uint64_t> count = 0;
    return fmt::format("{}.{}", ::getpid(), ++count);
}

/// Starts the program; where there is none, says so in `refused`.
Started start(std::span<std::string> words, CommandEnvironment& environment,
              CommandOutput const& output, Program& refused)
{
    refused = find_program(words[0], environment.value("PATH"));
    if (refused.path.empty()) return {};
    auto const path = std::exchange(refused.path, {});
    std::vector<char*> arguments;
    for (auto& word : words) arguments.push_back(word.data());
    arguments.push_back(nullptr);
    auto const variables = environment.pointers();
    Start const request{.path = path.c_str(),
                        .arguments = arguments.data(),
                        .environment = variables.data(),
                        .in = output.in(),
                        .out = output.out(),
                        .err = output.err(),
                        .ignores_warnings = warnings_reach_commands()};
    auto started = start_process(request);
    if (started.error == ENOEXEC && started.is_of_program && may_be_script(path)) {
        // As execvp() and shells do.
        auto name = path;
        std::string interpreter = default_shell;
        arguments[0] = name.data();
        arguments.insert(arguments.begin(), interpreter.data());
        auto by_shell = request;
        by_shell.path = default_shell;
        by_shell.arguments = arguments.data();
        started = start_process(by_shell);
    }
    if (started.error != 0 && started.is_of_program) {
        refused = refused_program(path, started.error);
    } else if (started.error != 0) {
        refused = {.path = "",
                   .exit_code = not_started,
                   .why = fmt::format("cannot be started: no process can be had: {}",
                                      std::strerror(started.error))};
    }
    return started;
}

/// True if the kernel has counted, since this was last asked, a kill for want of memory.
class OomKills {
public:
    bool more()
    {
        auto const now = records::oom_kills().value_or(0);
        return now > seen_.exchange(now);
    }

private:
    std::atomic<std::uint64_t> seen_ = records::oom_kills().value_or(0);
};

OomKills& oom_kills()
{
    static OomKills kills;
    return kills;
}

void tell_end(Outcome& outcome, End const& end, Command const& command)
{
    outcome.exit_code = ending_code(end.status);
    outcome.why = ending_text(end.status);
    auto const killed = WIFSIGNALED(end.status);
    switch (end.by) {
    case EndedBy::timeout:
        outcome.status = TaskStatus::timeout;
        outcome.why = fmt::format("took longer than its {}", duration_text(command.timeout));
        return;
    case EndedBy::memory:
        outcome.status = TaskStatus::memory;
        outcome.peak_rss = std::max<std::uint64_t>(outcome.peak_rss, end.resident);
        outcome.why = fmt::format("used {}, more than its {}", humansize(end.resident),
                                  humansize(command.memory));
        return;
    default: break;
    }
    if (killed && WTERMSIG(end.status) == SIGKILL && oom_kills().more()) {
        outcome.status = TaskStatus::memory;
        outcome.why += fmt::format(", it seems for want of memory (the kernel counts a kill for "
                                   "that in its cgroup); it used {} at most",
                                   humansize(outcome.peak_rss));
        return;
    }
    outcome.status = killed                   ? TaskStatus::crashed
                     : outcome.exit_code != 0 ? TaskStatus::failed
                                              : TaskStatus::ok;
}

/// Closes what start_process() has opened.
class OpenFile {
public:
    explicit OpenFile(int file) : file_(file) {}
    OpenFile(OpenFile const&) = delete;
    OpenFile& operator=(OpenFile const&) = delete;
    ~OpenFile()
    {
        if (file_ >= 0) ::close(file_);
    }

private:
    int file_;
};

/// Of what is worth a system call to give back.
constexpr std::size_t large_output = std::size_t{1} << 20;
/// That much has been collected since memory was last given back.
std::atomic<bool> much_was_collected = false;

/// A command that has begun, or why it has not.
struct Begun {
    Started started;
    std::unique_ptr<CommandOutput> output;
    Program refused;
};

Begun begin(Command const& command, Running const& how, TaskPlace const& place)
{
    Begun begun;
    begun.refused.exit_code = not_started;
    try {
        auto line = read_line(command, how);
        std::span words(line.words);
        if (line.assignments == words.size()) throw UsageError("there is no program in it");
        CommandEnvironment environment(::environ, place, words.first(line.assignments));
        begun.output = std::make_unique<CommandOutput>(how, place.task_no);
        begun.started =
            start(words.subspan(line.assignments), environment, *begun.output, begun.refused);
        begun.output->command_has_them();
    } catch (Error const& error) {
        begun.refused.why = fmt::format("cannot be started: {}", error.what());
    }
    return begun;
}

} // namespace

Outcome attempt(Command const& command, Running const& how, TaskPlace place,
                std::function<double()> const& deadline)
{
    execution::adopt_orphans();
    oom_kills();
    place.mark = new_mark();
    Outcome outcome;
    outcome.task_no = place.task_no;
    outcome.line = command.line;
    outcome.occurrence = command.occurrence;
    outcome.text = command.text;
    outcome.host = records::host_name();
    outcome.rank = place.rank;
    outcome.attempt = static_cast<std::uint16_t>(place.attempt);
    auto const begun_at = base::now();
    // What is in use now counts as memory of the command.
    if (much_was_collected.exchange(false)) base::give_back_freed_memory();
    JobSignals const signals;
    auto begun = begin(command, how, place);
    if (begun.started.pid <= 0) {
        outcome.status = TaskStatus::crashed;
        outcome.exit_code = begun.refused.exit_code;
        outcome.why = std::move(begun.refused.why);
        return outcome;
    }
    auto& output = *begun.output;
    OpenFile const pidfd(begun.started.pidfd);
    Family family(begun.started.pid, place.mark);
    auto const end = wait_for_end(family, begun.started.pidfd, output,
                                  {.timeout = command.timeout,
                                   .memory = command.memory,
                                   .grace = how.grace,
                                   .deadline = deadline});
    outcome.left_behind = family.end_orphans(std::min(how.grace, longest_grace_of_orphans));
    output.finish();
    if (end.by == EndedBy::deadline)
        throw Interrupted("The command was ended, as it would not have been done in time (a "
                          "deadline or a signal).");
    if (end.by == EndedBy::itself && signals.have_ended(end.status))
        throw Interrupted("The command was ended by a signal that was sent to all of the job.");
    outcome.seconds = base::now() - begun_at;
    outcome.cpu = family.cpu_seconds();
    outcome.peak_rss = family.peak_rss();
    tell_end(outcome, end, command);
    outcome.out = std::move(output.kept_out());
    outcome.err = std::move(output.kept_err());
    outcome.cut = output.cut();
    if (outcome.out.size() + outcome.err.size() >= large_output) much_was_collected = true;
    if (outcome.status == TaskStatus::ok)
        outcome.text.clear();
    else
        outcome.last_words = output.last_words();
    return outcome;
}

} // namespace starmap::farm
