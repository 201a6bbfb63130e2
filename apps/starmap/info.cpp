#include "info.hpp"

#include "follow.hpp"
#include "input_file.hpp"
#include "subcommands.hpp"

#include <cstddef>
#include <limits>
#include <memory>
#include <optional>

#include <fmt/format.h>

namespace starmap::command {

namespace {

struct InfoArguments {
    std::string file;
    std::string name;
    bool json = false;
    bool csv = false;
    bool rows = false;
    bool failed = false;
    bool follow = false;
    std::optional<std::size_t> slowest;
};

report::FiguresWanted wanted(InfoArguments const& arguments)
{
    report::FiguresWanted wanted{.name = arguments.name};
    wanted.slowest = arguments.slowest.value_or(wanted.slowest);
    if (arguments.failed) wanted.failures = std::numeric_limits<std::size_t>::max();
    return wanted;
}

void print_json(InfoArguments const& arguments)
{
    auto json = to_json(report::read_figures(arguments.file, wanted(arguments)));
    if (arguments.rows)
        json["task_info"] = task_columns(report::TaskInfoReader(arguments.file), arguments.name);
    // Text that is not UTF-8 is shown with replacement characters rather than not at all.
    auto const replace = nlohmann::json::error_handler_t::replace;
    fmt::print("{}\n", json.dump(arguments.rows ? -1 : 2, ' ', false, replace));
}

void print_csv(InfoArguments const& arguments)
{
    if (arguments.rows) {
        print_rows_as_csv(report::TaskInfoReader(arguments.file), arguments.name);
        return;
    }
    auto const figures = report::read_figures(arguments.file, wanted(arguments));
    if (arguments.failed)
        fmt::print("{}", failures_to_csv(figures));
    else
        fmt::print("{}", arguments.slowest ? slowest_to_csv(figures) : names_to_csv(figures));
}

void print_text(InfoArguments const& arguments)
{
    auto const figures = report::read_figures(arguments.file, wanted(arguments));
    if (arguments.failed)
        fmt::print("{}", failures_to_text(figures));
    else
        fmt::print("{}", arguments.name.empty() ? to_text(figures) : name_to_text(figures));
}

void print_info(InfoArguments const& arguments)
{
    if (arguments.json)
        print_json(arguments);
    else if (arguments.csv)
        print_csv(arguments);
    else if (arguments.follow)
        follow(arguments.file, wanted(arguments));
    else
        print_text(arguments);
}

} // namespace

void add_info(CLI::App& app)
{
    auto* info = app.add_subcommand(
        "info", "Summarize a record: tasks by name, workers, where their time went, advice");
    auto const arguments = std::make_shared<InfoArguments>();
    add_input_file(*info, "FILE", arguments->file,
                   "A task_info.h5, of a run that ended, was killed or goes on");
    info->add_option("NAME", arguments->name, "Tell of the tasks of this name alone");
    info->add_option("--slowest", arguments->slowest,
                     "Show so many of the slowest tasks (10); with --csv a table of them")
        ->check(CLI::Range(0, 1'000'000))
        ->type_name("N");
    auto* failed =
        info->add_flag("--failed", arguments->failed, "Show each attempt that failed, and why");
    auto* json = info->add_flag("--json", arguments->json, "Print JSON");
    auto* csv = info->add_flag("--csv", arguments->csv, "Print a table, a line for each name");
    auto* rows =
        info->add_flag("--rows", arguments->rows, "With --json or --csv: every row of /task_info");
    auto* live = info->add_flag("--follow", arguments->follow,
                                "Show a run that goes on again and again until it ends");
    csv->excludes(json);
    live->excludes(json)->excludes(csv)->excludes(failed)->excludes(rows);
    info->callback([arguments] {
        if (arguments->rows && !arguments->json && !arguments->csv)
            throw CLI::RequiresError("--rows", "--json or --csv");
        print_info(*arguments);
    });
}

} // namespace starmap::command
