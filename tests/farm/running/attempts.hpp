#pragma once

#include "execution/orphans.hpp"
#include "run/attempt.hpp"

#include "support/scratch_directory.hpp"

#include <unistd.h>

#include <filesystem>
#include <limits>
#include <string>
#include <string_view>

namespace farm_test {

using starmap::TaskStatus;
using starmap::farm::Command;
using starmap::farm::Outcome;
using starmap::farm::Output;
using starmap::farm::Running;

inline constexpr double never = std::numeric_limits<double>::infinity();

/// A number that marks a test's processes becomes one of this process's own: the same test may run
/// beside it.
inline std::string marked(std::string_view text)
{
    constexpr std::string_view mark = "3141.";
    std::string made(text);
    auto const own = "3141" + std::to_string(::getpid()) + ".";
    for (auto at = made.find(mark); at != std::string::npos; at = made.find(mark, at + own.size()))
        made.replace(at, mark.size(), own);
    return made;
}

inline Command command(std::string_view text)
{
    Command command;
    command.text = marked(text);
    command.line = 7;
    return command;
}

inline Outcome run(Command const& command, Running const& how = {}, double deadline = never)
{
    if (TASKS_RUN_ALONE) starmap::execution::note_that_tasks_run_alone();
    starmap::farm::TaskPlace place;
    place.task_no = 3;
    place.seed = 42;
    place.worker = 5;
    place.local_worker = 1;
    place.rank = 2;
    place.cores = command.cores;
    return starmap::farm::attempt(command, how, place, [=] { return deadline; });
}

inline Outcome run(std::string_view text, Running const& how = {})
{
    return run(command(text), how);
}

/// How a command line is run by a shell.
inline Running by_shell()
{
    Running how;
    how.shell = true;
    return how;
}

/// True while a process runs that has this text in its arguments.
inline bool runs(std::string_view what)
{
    auto const text = marked(what);
    for (auto const& entry : std::filesystem::directory_iterator("/proc")) {
        std::ifstream file(entry.path() / "cmdline", std::ios::binary);
        std::string line; // all of it, words with a NUL between
        std::getline(file, line);
        if (line.find(text) != std::string::npos && line.find("farm_attempt") == std::string::npos)
            return true;
    }
    return false;
}

} // namespace farm_test
