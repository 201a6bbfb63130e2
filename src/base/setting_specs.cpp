// The table of settings; how they are read is in settings.cpp.
#include "base/deadline_text.hpp"
#include "base/replay_text.hpp"
#include "base/setting_values.hpp"
#include "base/settings.hpp"

#include <starmap/error.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cctype>
#include <utility>

namespace starmap::base {

namespace {

std::string upper(std::string text)
{
    std::transform(text.begin(), text.end(), text.begin(),
                   [](unsigned char c) { return static_cast<char>(std::toupper(c)); });
    return text;
}

constexpr std::array<std::string_view, 4> distributions{"mpi", "processes", "threads", "no"};
constexpr std::array<std::string_view, 3> automatic_switches{"auto", "on", "off"};
constexpr std::array<std::string_view, 5> levels{"debug", "info", "warning", "error", "off"};
constexpr std::array<std::string_view, 4> displays{"auto", "bar", "log", "none"};
constexpr std::array<std::string_view, 2> reactions{"raise", "collect"};
constexpr std::array<std::string_view, 2> switches{"on", "off"};

void set_distribute(Settings& settings, std::string_view text)
{
    settings.distribute = text.empty() ? std::string{} : choice(text, distributions);
}

std::string get_concurrent_tasks(Settings const& settings)
{
    auto const count = settings.concurrent_tasks;
    return count == 0 ? std::string{} : fmt::format("{}", count);
}

void set_concurrent_tasks(Settings& settings, std::string_view text)
{
    auto const count = text.empty() ? 0 : whole_number<std::size_t>(text);
    if (count == 0 && !text.empty()) throw UsageError("there must be at least one task");
    settings.concurrent_tasks = count;
}

void set_task_info(Settings& settings, std::string_view text)
{
    if (text.empty()) throw UsageError("it is empty");
    settings.task_info = text;
}

void set_deadline(Settings& settings, std::string_view text)
{
    deadline_from(text, 0);
    settings.deadline = text;
}

void set_replay(Settings& settings, std::string_view text)
{
    if (!text.empty()) replay_from(text);
    settings.replay = text;
}

SettingSpec spec(std::string const& name, std::string valid, std::string meaning,
                 std::string (*get)(Settings const&), void (*set)(Settings&, std::string_view),
                 bool may_be_empty = false)
{
    return {.name = name,
            .environment = std::string(environment_prefix) + upper(name),
            .argument = std::string(argument_prefix) + hyphenated(name),
            .valid = std::move(valid),
            .meaning = std::move(meaning),
            .may_be_empty = may_be_empty,
            .get = get,
            .set = set};
}

#define STARMAP_GET(member) [](Settings const& s) { return fmt::format("{}", s.member); }
#define STARMAP_SET(member, parsed) [](Settings& s, std::string_view text) { s.member = parsed; }

std::vector<SettingSpec> make_specs()
{
    return {
        spec("distribute", "mpi, processes, threads, no, or empty",
             "where tasks run: on the ranks, in processes or threads of this machine, or all "
             "inside rank 0; empty: mpi when started by mpirun or srun, else processes",
             STARMAP_GET(distribute), set_distribute, true),
        spec("workers", "a whole number from 0",
             "how many workers there are with distribute=processes or threads; 0: one for each "
             "core that this process may use",
             STARMAP_GET(workers), STARMAP_SET(workers, whole_number<std::uint32_t>(text))),
        spec(
            "isolate", one_of(switches),
            "whether tasks run in processes of their own, so that one that crashes, hangs or eats "
            "memory costs that task and not the job",
            [](Settings const& s) { return std::string(s.isolate ? "on" : "off"); },
            STARMAP_SET(isolate, choice(text, switches) == "on")),
        spec("manager_works", one_of(automatic_switches),
             "whether rank 0 computes too, in a worker of its own, under mpirun and srun; auto: "
             "where its cores allow it",
             STARMAP_GET(manager_works),
             STARMAP_SET(manager_works, choice(text, automatic_switches))),
        spec("task_info", "a path, or none", "the HDF5 record of all tasks; none writes none",
             STARMAP_GET(task_info), set_task_info),
        spec("learn", "a path, none, or empty",
             "the HDF5 record of an earlier run, whose costs are expected of this one",
             STARMAP_GET(learn), STARMAP_SET(learn, std::string(text)), true),
        spec("checkpoint", "a path, or empty",
             "the file that keeps finished results, from which the same command resumes; empty: "
             "none",
             STARMAP_GET(checkpoint), STARMAP_SET(checkpoint, text), true),
        spec("replay", "RECORD#TASK, RECORD#STARMAP#TASK, STARMAP#TASK, or empty",
             "the one task that is to be run again, in this process; empty: the whole program runs",
             STARMAP_GET(replay), set_replay, true),
        spec("log", one_of(levels), "the least severe level that is logged on stderr",
             STARMAP_GET(log), STARMAP_SET(log, choice(text, levels))),
        spec("progress", one_of(displays),
             "how progress is shown on stderr; auto: a bar on a terminal, else log lines",
             STARMAP_GET(progress), STARMAP_SET(progress, choice(text, displays))),
        spec("concurrent_tasks", "a whole number from 1, or empty",
             "into how many tasks apply and map split their items; empty: guided by weights and "
             "measured times",
             get_concurrent_tasks, set_concurrent_tasks, true),
        spec(
            "on_failure", one_of(reactions),
            "what a failed task does: end its Starmap, or be listed while the others go on",
            [](Settings const& s) { return std::string(to_string(s.on_failure)); },
            STARMAP_SET(on_failure, choice(text, reactions) == "raise" ? OnFailure::raise
                                                                       : OnFailure::collect)),
        spec("retries", "a whole number from 0", "how often a failed task is tried again",
             STARMAP_GET(retries), STARMAP_SET(retries, whole_number<unsigned>(text))),
        spec("timeout", "a number of seconds from 0",
             "how long a task may take before it is ended and has failed; 0: any",
             STARMAP_GET(timeout), STARMAP_SET(timeout, duration(text))),
        spec(
            "max_rss", "a number of bytes, with K, M or G behind it if wanted; or 0",
            "how much memory the process of a task may use before it is ended and the task has "
            "failed; 0: any",
            [](Settings const& s) { return byte_text(s.max_rss); },
            STARMAP_SET(max_rss, text == "0" ? 0 : byte_count(text))),
        spec("soft_mem", "a number from 0 to 100",
             "percent of the memory limit above which a worker warns", STARMAP_GET(soft_mem),
             STARMAP_SET(soft_mem, percentage(text))),
        spec("hard_mem", "a number from 0 to 100",
             "percent of the memory limit at which a task is refused", STARMAP_GET(hard_mem),
             STARMAP_SET(hard_mem, percentage(text))),
        spec("deadline",
             "2026-12-24T18:30:00 with Z, +01:00 or nothing behind it, seconds since 1970, "
             "+SECONDS, none, or empty",
             "when the work must have ended; empty: when the Slurm job ends, where this is one",
             STARMAP_GET(deadline), set_deadline, true),
        spec("grace", "a number of seconds from 0",
             "how long tasks that run may go on when a signal stops the work", STARMAP_GET(grace),
             STARMAP_SET(grace, duration(text))),
        spec(
            "result_buffer", "a number of bytes from 1, with K, M or G behind it if wanted",
            "how many bytes of results rank 0 takes in ahead of their turn; beyond that workers "
            "keep theirs",
            [](Settings const& s) { return byte_text(s.result_buffer); },
            STARMAP_SET(result_buffer, byte_count(text))),
        spec("seed", "a whole number from 0",
             "the session's seed, from which the seeds of all tasks derive", STARMAP_GET(seed),
             STARMAP_SET(seed, whole_number<std::uint64_t>(text))),
        spec(
            "node_shared", one_of(switches),
            "whether a NodeArray that is a shared argument exists once on each node",
            [](Settings const& s) { return std::string(s.node_shared ? "on" : "off"); },
            STARMAP_SET(node_shared, choice(text, switches) == "on")),
    };
}

#undef STARMAP_GET
#undef STARMAP_SET

} // namespace

std::span<SettingSpec const> setting_specs()
{
    static std::vector<SettingSpec> const specs = make_specs();
    return specs;
}

} // namespace starmap::base
