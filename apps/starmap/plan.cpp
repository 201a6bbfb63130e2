#include "report/plan.hpp"

#include "info.hpp"
#include "input_file.hpp"

#include "subcommands.hpp"

#include <starmap/error.hpp>

#include <nlohmann/json.hpp>

#include <algorithm>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include <fmt/format.h>

namespace starmap::command {

namespace {

using scheduling::Policy;

struct PlanArguments {
    std::string file;
    std::vector<std::size_t> ranks;
    std::string policy;
    std::size_t cores_per_node = 0;
    bool json = false;
    report::PlanOptions options;
};

/// A run on so many ranks.
struct Row {
    std::size_t ranks = 0;
    report::PlannedRun run;
    double core_hours = 0;
};

struct Plan {
    report::RecordedRun recorded;
    double again = 0; ///< what the simulation makes of the recorded run itself [s]
    std::vector<Row> rows;
    std::optional<std::size_t> knee; ///< ranks
};

class Table {
public:
    explicit Table(PlanArguments const& arguments)
        : arguments_(arguments),
          recorded_(report::read_recorded_run(arguments.file)),
          planner_(recorded_, arguments.options)
    {
    }

    Plan plan()
    {
        Plan plan{
            .recorded = recorded_, .again = at(recorded_.workers).seconds, .rows = {}, .knee = {}};
        for (auto const ranks : arguments_.ranks) {
            auto const run = at(workers_of(ranks));
            plan.rows.push_back({ranks, run, core_hours(ranks, run.seconds)});
        }
        auto const most = *std::max_element(arguments_.ranks.begin(), arguments_.ranks.end());
        auto const seconds = [&](std::size_t workers) { return at(workers).seconds; };
        if (auto const workers = report::knee(seconds, workers_of(most)))
            plan.knee = recorded_.rank_0_works ? *workers : *workers + 1;
        return plan;
    }

private:
    std::size_t workers_of(std::size_t ranks) const
    {
        return recorded_.rank_0_works ? ranks : std::max<std::size_t>(1, ranks - 1);
    }

    report::PlannedRun const& at(std::size_t workers)
    {
        auto const found = runs_.find(workers);
        if (found != runs_.end()) return found->second;
        return runs_.emplace(workers, planner_.plan(workers)).first->second;
    }

    /// Of whole nodes, where their size is known.
    double core_hours(std::size_t ranks, double seconds) const
    {
        auto const node = std::max<std::size_t>(1, arguments_.cores_per_node);
        return static_cast<double>((ranks + node - 1) / node * node) * seconds / 3600;
    }

    PlanArguments const& arguments_;
    report::RecordedRun recorded_;
    report::Planner planner_;
    std::map<std::size_t, report::PlannedRun> runs_;
};

void print_text(PlanArguments const& arguments, Plan const& plan)
{
    auto const& recorded = plan.recorded;
    fmt::print("{}: {}\n", arguments.file, in_words(recorded.state));
    if (recorded.state == report::RecordState::writing ||
        recorded.state == report::RecordState::killed)
        fmt::print("Of what has come back so far, and of nothing else:\n");
    fmt::print("{} worker{} took {:.4g} s; the same in simulation: {:.4g} s\n\n", recorded.workers,
               recorded.workers == 1 ? "" : "s", recorded.seconds, plan.again);
    fmt::print("  {:>8} {:>8} {:>11} {:>11} {:>11}  {}\n", "ranks", "workers", "seconds",
               "efficiency", "core-hours", "limited by");
    for (auto const& [ranks, run, core_hours] : plan.rows)
        fmt::print("  {:>8} {:>8} {:>11} {:>11} {:>11}  {}\n", ranks, run.workers,
                   fmt::format("{:.4g}", run.seconds), fmt::format("{:.1f}%", 100 * run.busy_share),
                   fmt::format("{:.3g}", core_hours), run.limit);
    if (plan.knee)
        fmt::print("\nBeyond {} ranks less than 5 % gain from twice as many.\n", *plan.knee);
    else
        fmt::print("\nUp to the most of these, twice as many ranks still gain 5 % or more.\n");
}

void print_json(PlanArguments const& arguments, Plan const& plan)
{
    auto rows = nlohmann::json::array();
    for (auto const& [ranks, run, core_hours] : plan.rows)
        rows.push_back({{"ranks", ranks},
                        {"workers", run.workers},
                        {"seconds", run.seconds},
                        {"efficiency", run.busy_share},
                        {"core_hours", core_hours},
                        {"limit", run.limit}});
    nlohmann::json const json{{"file", arguments.file},
                              {"state", to_string(plan.recorded.state)},
                              {"workers", plan.recorded.workers},
                              {"seconds", plan.recorded.seconds},
                              {"simulated_seconds", plan.again},
                              {"serial_seconds", plan.recorded.serial},
                              {"plans", rows},
                              {"knee", plan.knee ? nlohmann::json(*plan.knee) : nullptr}};
    auto const replace = nlohmann::json::error_handler_t::replace;
    fmt::print("{}\n", json.dump(2, ' ', false, replace));
}

} // namespace

void add_plan(CLI::App& app)
{
    auto* plan = app.add_subcommand(
        "plan", "Tell what other numbers of ranks would give, from the record of a run");
    auto const arguments = std::make_shared<PlanArguments>();
    std::map<std::string, Policy> const policies{
        {"guided", Policy::guided}, {"each", Policy::each}, {"blocks", Policy::blocks}};
    add_input_file(*plan, "FILE", arguments->file, "A task_info.h5");
    plan->add_option("--ranks", arguments->ranks, "Numbers of ranks, with commas between them")
        ->required()
        ->delimiter(',')
        ->check(CLI::Range(1, 1 << 20));
    plan->add_option("--policy", arguments->policy,
                     "guided, each or blocks (5 a worker); as recorded if not given")
        ->check(CLI::IsMember(policies));
    plan->add_option("--cores-per-node", arguments->cores_per_node,
                     "Count the core-hours of whole nodes")
        ->check(CLI::Range(1, 1 << 20));
    plan->add_option_function<double>(
            "--message-us", [arguments](double us) { arguments->options.message = 1e-6 * us; },
            "What rank 0 does for each message [us] (10)")
        ->check(CLI::Range(0.0, 1e6));
    plan->add_flag("--json", arguments->json, "Print JSON");
    plan->callback([arguments, policies] {
        if (!arguments->policy.empty()) arguments->options.policy = policies.at(arguments->policy);
        auto const made = Table(*arguments).plan();
        arguments->json ? print_json(*arguments, made) : print_text(*arguments, made);
    });
}

} // namespace starmap::command
