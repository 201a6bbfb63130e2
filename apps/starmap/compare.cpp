#include "info.hpp"
#include "input_file.hpp"
#include "report/comparison.hpp"

#include "subcommands.hpp"

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include <fmt/format.h>

namespace starmap::command {

namespace {

struct CompareArguments {
    std::string before;
    std::string after;
    std::size_t tasks = 10;
    bool json = false;
};

std::string ratio(double before, double after)
{
    return before > 0 ? fmt::format("{:.3g}", after / before) : "-";
}

void print_line(std::string const& what, double before, double after, char const* unit = "")
{
    fmt::print("  {:<34} {:>11} {:>11} {:>8}\n", what, fmt::format("{:.4g}{}", before, unit),
               fmt::format("{:.4g}{}", after, unit), ratio(before, after));
}

void print_name(report::NamePair const& name)
{
    if (!name.before || !name.after) {
        fmt::print("  \"{}\" is only in the {} record\n", name.name,
                   name.before ? "first" : "second");
        return;
    }
    auto const& before = name.before->durations;
    auto const& after = name.after->durations;
    auto const line = [&](char const* what, double a, double b) {
        print_line(fmt::format("\"{}\" {}", name.name, what), a, b);
    };
    line("tasks", static_cast<double>(before.count()), static_cast<double>(after.count()));
    line("all [s]", before.sum(), after.sum());
    line("mean [s]", before.mean(), after.mean());
    line("max [s]", before.max(), after.max());
    line("s per weight", before.slope_through_origin().value_or(0),
         after.slope_through_origin().value_or(0));
}

void print_uses(report::Summary const& before, report::Summary const& after)
{
    auto const line = [&](char const* what, double report::TimeUse::*part) {
        auto const share = [&](report::TimeUse const& use) {
            return use.total() > 0 ? 100 * (use.*part) / use.total() : 0;
        };
        print_line(what, share(before.time_use), share(after.time_use), " %");
    };
    line("useful work", &report::TimeUse::useful);
    line("attempts that failed", &report::TimeUse::failed);
    line("imbalance", &report::TimeUse::tail);
    line("dispatch and transfer", &report::TimeUse::dispatch);
    line("manager", &report::TimeUse::manager);
    line("start-up", &report::TimeUse::startup);
}

void print_tasks(char const* title, std::vector<report::TaskPair> const& tasks)
{
    if (tasks.empty()) return;
    fmt::print("\n{}\n", title);
    for (auto const& task : tasks)
        print_line(fmt::format("task {} of \"{}\", {} item{}", task.task_no, task.name, task.items,
                               task.items == 1 ? "" : "s"),
                   task.before, task.after);
}

void print_text(report::Comparison const& comparison)
{
    auto const& before = comparison.before;
    auto const& after = comparison.after;
    fmt::print("first   {}: {}\nsecond  {}: {}\n\n", before.file, in_words(before.state),
               after.file, in_words(after.state));
    fmt::print("  {:<34} {:>11} {:>11} {:>8}\n", "", "first", "second", "ratio");
    print_line("workers", before.summary.num_workers, after.summary.num_workers);
    print_line("span [s]", before.summary.span, after.summary.span);
    print_line("failed attempts", static_cast<double>(before.summary.failures()),
               static_cast<double>(after.summary.failures()));
    print_uses(before.summary, after.summary);
    fmt::print("\n");
    for (auto const& name : comparison.names) print_name(name);
    print_tasks("Slower by the most seconds", comparison.slower);
    print_tasks("Faster by the most seconds", comparison.faster);
    if (comparison.paired == 0)
        fmt::print("\nNo task is the same in both: of map only items are, not chunks.\n");
}

nlohmann::json pairs_to_json(std::vector<report::TaskPair> const& tasks)
{
    auto all = nlohmann::json::array();
    for (auto const& task : tasks)
        all.push_back({{"name", task.name},
                       {"task_no", task.task_no},
                       {"items", task.items},
                       {"before", task.before},
                       {"after", task.after}});
    return all;
}

void print_json(report::Comparison const& comparison)
{
    nlohmann::json const json{{"before", to_json(comparison.before)},
                              {"after", to_json(comparison.after)},
                              {"paired", comparison.paired},
                              {"slower", pairs_to_json(comparison.slower)},
                              {"faster", pairs_to_json(comparison.faster)}};
    auto const replace = nlohmann::json::error_handler_t::replace;
    fmt::print("{}\n", json.dump(2, ' ', false, replace));
}

} // namespace

void add_compare(CLI::App& app)
{
    auto* compare = app.add_subcommand(
        "compare", "Show two records side by side: what got slower, by name and by task");
    auto const arguments = std::make_shared<CompareArguments>();
    add_input_file(*compare, "A", arguments->before, "A task_info.h5");
    add_input_file(*compare, "B", arguments->after, "Another one, of the same program");
    compare->add_option("--tasks", arguments->tasks, "Show so many tasks that got slower (10)")
        ->check(CLI::Range(0, 1'000'000))
        ->type_name("N");
    compare->add_flag("--json", arguments->json, "Print JSON");
    compare->callback([arguments] {
        auto const comparison =
            report::compare(arguments->before, arguments->after, arguments->tasks);
        arguments->json ? print_json(comparison) : print_text(comparison);
    });
}

} // namespace starmap::command
