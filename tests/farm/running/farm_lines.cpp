/// Runs each of its arguments as a command line, and prints what became of each.
///
///     farm_lines [--retries N] [--shell] [--journal FILE] LINE...
#include "run/journal.hpp"
#include "run/running.hpp"

#include <starmap/starmap.hpp>

#include <cstdlib>
#include <fstream>
#include <iostream>
#include <string>
#include <tuple>
#include <vector>

using starmap::farm::Command;
using starmap::farm::Outcome;
using starmap::farm::Running;

// A journal that is read by eye.
namespace starmap::farm {

CommandId id_of(Command const& command) { return {command.text.size(), command.occurrence}; }

void note_end(std::string const& file, CommandId const& id, Outcome const& outcome)
{
    std::ofstream(file, std::ios::app)
        << id[0] << ' ' << to_string(outcome.status) << ' ' << outcome.attempt << '\n';
}

} // namespace starmap::farm

namespace {

struct RunLine {
    Outcome operator()(Command const& command, Running const& how, starmap::Monitor& monitor) const
    {
        return starmap::farm::run_command(command, how, monitor);
    }
};

} // namespace

int main(int argc, char** argv)
{
    return starmap::run(argc, argv, [&](starmap::Session& session) {
        Running how;
        how.grace = 0.5;
        starmap::Options<std::tuple<Command, Running>> options;
        options.name = "commands";
        options.on_failure = starmap::OnFailure::collect;
        std::vector<std::tuple<Command, Running>> commands;
        unsigned retries = 0;
        for (int i = 1; i < argc; ++i) {
            std::string const word = argv[i];
            if (word == "--retries" && i + 1 < argc) {
                retries = static_cast<unsigned>(std::atoi(argv[++i]));
            } else if (word == "--journal" && i + 1 < argc) {
                how.journal = argv[++i];
            } else if (word == "--shell") {
                how.shell = true;
            } else {
                Command command;
                command.text = word;
                command.retries = static_cast<std::uint16_t>(retries);
                commands.emplace_back(command, how);
            }
        }
        options.retries = retries;
        auto tasks = session.starmap(RunLine{}, commands, options);
        for (auto const& ended : tasks.results()) {
            std::cout << "ended " << ended.task_no << ' ' << starmap::to_string(ended.status) << ' '
                      << ended.exit_code << ' ' << ended.attempt << ' ' << ended.left_behind << ' '
                      << ended.why << '\n'
                      << ended.out << std::flush;
        }
        for (auto const& failure : tasks.failures())
            std::cout << "failed " << failure.task_no << ' ' << failure.text << '\n';
    });
}
