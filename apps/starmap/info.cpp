#include "info.hpp"

#include "subcommands.hpp"

#include <memory>

#include <fmt/format.h>

namespace starmap::command {

namespace {

struct InfoArguments {
    std::string file;
    bool json = false;
    bool rows = false;
};

Info gather(report::TaskInfoReader const& reader, std::string const& file)
{
    report::Summarizer summarizer;
    reader.for_each_task([&](auto const& record, auto name) { summarizer.add(record, name); });
    reader.for_each_operation([&](auto const& operation) { summarizer.add(operation); });
    Info info{.file = file,
              .state = reader.state(),
              .run = reader.run(),
              .starmap_version = reader.starmap_version(),
              .starmaps = reader.starmaps(),
              .workers = reader.workers(),
              .failures = reader.failures(),
              .summary = {}};
    info.summary = summarizer.finish(info.starmaps, info.workers);
    return info;
}

void print_info(InfoArguments const& arguments)
{
    report::TaskInfoReader const reader(arguments.file);
    auto const info = gather(reader, arguments.file);
    if (!arguments.json) {
        fmt::print("{}", to_text(info));
        return;
    }
    auto json = to_json(info);
    if (arguments.rows) json["task_info"] = task_columns(reader);
    // Text that is not UTF-8 is shown with replacement characters rather than not at all.
    auto const replace = nlohmann::json::error_handler_t::replace;
    fmt::print("{}\n", json.dump(arguments.rows ? -1 : 2, ' ', false, replace));
}

} // namespace

void add_info(CLI::App& app)
{
    auto* info = app.add_subcommand(
        "info", "Summarize a record: tasks by name, workers, imbalance, slowest tasks, failures");
    auto const arguments = std::make_shared<InfoArguments>();
    info->add_option("FILE", arguments->file,
                     "A task_info.h5, of a run that ended, was killed or goes on")
        ->required();
    auto* json = info->add_flag("--json", arguments->json, "Print JSON");
    info->add_flag("--rows", arguments->rows, "With --json: every row of /task_info too")
        ->needs(json);
    info->callback([arguments] { print_info(*arguments); });
}

} // namespace starmap::command
