#include "run_arguments.hpp"

#include "base/setting_values.hpp"
#include "run/directive_values.hpp"

#include <starmap/error.hpp>

#include <unistd.h>

#include <map>
#include <string_view>
#include <utility>

namespace starmap::command {

namespace {

using farm::OutputChoice;

constexpr std::string_view setting = "--starmap-";

/// An option whose text `read` turns into a value, or refuses by a UsageError.
template <class Read>
CLI::Option* add(CLI::App& app, char const* name, char const* meaning, Read read)
{
    return app.add_option_function<std::string>(
        name,
        [name, read](std::string const& text) {
            try {
                read(text);
            } catch (UsageError const& why) {
                throw CLI::ValidationError(name, "\"" + text + "\": " + why.what());
            }
        },
        meaning);
}

} // namespace

RunArguments::RunArguments(int argc, char** argv)
    : asked_(argc > 1 && std::string_view(argv[1]) == "run"),
      parsed_(argv, argv + argc)
{
    // What is not said otherwise by argument or environment.
    settings_.on_failure = OnFailure::collect;
    if (!asked_) return;
    parsed_.clear();
    for (int i = 0; i < argc; ++i) {
        std::string_view const word = argv[i];
        if (word == "--") {
            request_.is_template = true;
            request_.words.assign(argv + i + 1, argv + argc);
            break;
        }
        if (!word.starts_with(setting)) parsed_.push_back(argv[i]);
    }
}

void RunArguments::add_to(CLI::App& app)
{
    auto& run = *app.add_subcommand("run", "Run command lines as the tasks of a farm");
    run.footer("Under mpirun or srun the ranks run the commands, else the cores of this machine.\n"
               "All settings of Starmap (--starmap-help) hold too.\n"
               "Exit codes: 0 all succeeded, now or before; 1 something cannot be read or written; "
               "2 wrong\nusage; 3 commands failed; 75 stopped in time: the same command again goes "
               "on.");
    add_input(run);
    add_commands(run);
    add_outputs(run);
    add_failures(run);
}

void RunArguments::add_input(CLI::App& run)
{
    auto& r = request_;
    run.add_option("COMMANDS", r.list,
                   "A file with a command line on each line; - for standard input. Or a template: "
                   "-- WORDS... at the end, with {NAME} in them");
    run.add_option("--each", r.each, "A CSV or TSV file: a command for each row, {COLUMN} in words")
        ->type_name("FILE")
        ->take_all();
    run.add_option("--range", r.ranges, "A parameter of numbers: NAME=FIRST..LAST[..STEP]")
        ->type_name("TEXT")
        ->take_all();
    run.add_option("--set", r.sets, "A parameter of some values: NAME=VALUE,VALUE,...")
        ->type_name("TEXT")
        ->take_all();
    run.add_option("--directive", r.directives,
                   "What `#STARMAP ...` would say of each command: \"weight={n} timeout=10m\"")
        ->type_name("TEXT")
        ->take_all();
    run.add_flag("--dry-run", r.dry_run, "Print what would run, in order, and run nothing");
    run.add_flag("--shell", r.shell, "Give each line to /bin/sh -c");
}

void RunArguments::add_commands(CLI::App& run)
{
    auto& r = request_;
    add(run, "--timeout", "How long a command may take: 600, 10m, 1h30m",
        [&r](auto const& text) { r.defaults.timeout = farm::timeout_from(text); });
    run.add_option("--retries", r.defaults.retries, "How often a command that fails is run again")
        ->check(CLI::Range(0U, farm::most_retries));
    add(run, "--mem", "How much memory a command may use: 500M, 4G",
        [&r](auto const& text) { r.defaults.memory = farm::memory_from(text); });
    run.add_option("--cores", r.defaults.cores, "Slots of a node that a command takes")
        ->check(CLI::Range(1, 65535));
    run.add_option("--key", r.defaults.key, "Commands of one key are expected to cost alike");
    add(run, "--grace", "Seconds between SIGTERM and SIGKILL to a command (5)",
        [&r](auto const& text) { r.grace = base::duration(text); });
    run.add_option("--gpus", r.gpus, "GPUs of a node, shared out among its workers");
    run.add_option("--learn", learn_, "The record of an earlier run: what commands cost")
        ->type_name("FILE");
}

void RunArguments::add_outputs(CLI::App& run)
{
    auto& r = request_;
    std::map<std::string, OutputChoice> const choices{{"print", OutputChoice::print},
                                                      {"files", OutputChoice::files},
                                                      {"archive", OutputChoice::archive},
                                                      {"none", OutputChoice::none}};
    run.add_option("--output", r.output,
                   "print: each command's as a whole when it ends; files; archive; none")
        ->transform(CLI::CheckedTransformer(choices))
        ->type_name("WHERE");
    run.add_option("--logs", r.logs, "Folder of --output=files (logs)")->type_name("FOLDER");
    run.add_option("--archive", r.archive, "File of --output=archive (outputs.db)")
        ->type_name("FILE");
    add(run, "--max-output", "How much output of a command is kept (64M)",
        [&r](auto const& text) { r.most_output = base::byte_count(text); });
    run.add_option("--record", record_, "The record of all commands, or none (task_info.h5)")
        ->type_name("FILE");
}

void RunArguments::add_failures(CLI::App& run)
{
    auto& r = request_;
    run.add_option("--on-failure", on_failure_,
                   "collect: the others go on; raise: the first failure stops the farm")
        ->check(CLI::IsMember({"collect", "raise"}));
    run.add_option("--halt-after", r.halt_after, "Stop the farm after so many failures");
    run.add_option("--failed", r.failed,
                   "List of what has failed, ready to be run; or none (failed.txt)")
        ->type_name("FILE");
    run.add_option("--journal", r.journal,
                   "Folder that keeps what has ended; or none (COMMANDS.journal)")
        ->type_name("FOLDER");
    run.add_flag("--retry-failed", r.retry_failed, "Run what has failed before again, too");
    run.add_flag("--fresh", r.fresh, "Forget the journal: run all of it again");
}

void RunArguments::check()
{
    auto& r = request_;
    if (r.is_template && !r.list.empty())
        throw UsageError("Both a list, " + r.list +
                         ", and a template behind -- are given (a farm "
                         "has one of them). Leave one out.");
    if (!r.is_template && r.list.empty())
        throw UsageError("There are no commands (neither a list nor a template is given). Name a "
                         "file, - for standard input, or write -- and a command with {NAME}s.");
    if (!r.is_template && !(r.each.empty() && r.ranges.empty() && r.sets.empty()))
        throw UsageError("--each, --range and --set are for templates (there are no words behind "
                         "--). Write: starmap run --range i=1..10 -- ./sim {i}");
    if (r.is_template && r.words.empty())
        throw UsageError("There is nothing behind -- (a template is a command with {NAME}s). "
                         "Write: starmap run --range i=1..10 -- ./sim {i}");
    if (on_failure_ == "raise" && r.halt_after == 0) r.halt_after = 1;
    constexpr std::uint64_t most_in_archive = std::uint64_t{500} << 20;
    if (r.output == OutputChoice::archive && r.most_output > most_in_archive)
        throw UsageError("--max-output is more than 500M (an archive keeps no more of a command). "
                         "Give less, or --output=files.");
    // A bar on the terminal and the output of commands there would draw over one another.
    if (r.output == OutputChoice::print && ::isatty(STDOUT_FILENO) != 0) settings_.progress = "log";
}

std::vector<std::string> RunArguments::said_settings() const
{
    std::vector<std::string> said;
    if (!record_.empty()) said.push_back("--starmap-task-info=" + record_);
    if (!learn_.empty()) said.push_back("--starmap-learn=" + learn_);
    return said;
}

} // namespace starmap::command
