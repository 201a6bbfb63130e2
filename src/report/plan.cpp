#include "report/plan.hpp"

#include "scheduling/simulator.hpp"

#include <starmap/detail/partition.hpp>
#include <starmap/error.hpp>

#include <algorithm>
#include <numeric>

#include <fmt/format.h>

namespace starmap::report {

namespace {

using scheduling::Policy;

constexpr std::size_t most_units = 1'000'000;
constexpr std::size_t blocks_per_worker = 5;
constexpr double worth_it = 0.95;

std::string name_of(RecordedStarmap const& starmap, RecordedStarmap::Task const& task, bool whole)
{
    if (task.items == 1) return fmt::format("item {} of \"{}\"", task.task_no - 1, starmap.name);
    return fmt::format("{} {} of \"{}\"", whole ? "task" : "an item of the chunk from item",
                       whole ? task.task_no : task.task_no - 1, starmap.name);
}

/// Sums over runs of so many values.
std::vector<double> several_at_a_time(std::vector<double> const& values, std::size_t count)
{
    std::vector<double> sums((values.size() + count - 1) / count, 0.0);
    for (std::size_t i = 0; i < values.size(); ++i) sums[i / count] += values[i];
    return sums;
}

std::vector<std::uint32_t> most_of_several(std::vector<std::uint32_t> const& values,
                                           std::size_t count)
{
    std::vector<std::uint32_t> most((values.size() + count - 1) / count, 0U);
    for (std::size_t i = 0; i < values.size(); ++i)
        most[i / count] = std::max(most[i / count], values[i]);
    return most;
}

std::uint32_t at_most(std::uint32_t cores, std::size_t workers)
{
    return static_cast<std::uint32_t>(std::min<std::size_t>(cores, workers));
}

/// Blocks of nearly the same weight, heaviest first, each a unit that takes as many cores as that
/// part of it which takes the most.
void join_to_blocks(scheduling::SimulatedWork& work, std::size_t count)
{
    auto& seconds = work.seconds;
    auto& weights = work.weights;
    auto& cores = work.cores;
    struct Block {
        double seconds = 0;
        double weight = 0;
        std::uint32_t cores = 1;
    };
    std::vector<Block> blocks;
    for (auto const& [first, last] : chunking::partition_minimax(weights, {}, count)) {
        auto const sum = [&, from = first, to = last](std::vector<double> const& values) {
            return std::accumulate(values.begin() + static_cast<std::ptrdiff_t>(from),
                                   values.begin() + static_cast<std::ptrdiff_t>(to), 0.0);
        };
        blocks.push_back({sum(seconds), sum(weights)});
        for (auto at = first; at < last && !cores.empty(); ++at)
            blocks.back().cores = std::max(blocks.back().cores, cores[at]);
    }
    std::stable_sort(blocks.begin(), blocks.end(),
                     [](auto const& a, auto const& b) { return a.weight > b.weight; });
    seconds.clear();
    weights.clear();
    auto const any_wide = !cores.empty();
    cores.clear();
    for (auto const& block : blocks) {
        seconds.push_back(block.seconds);
        weights.push_back(block.weight);
        if (any_wide) cores.push_back(block.cores);
    }
}

} // namespace

std::string Planner::limit_of(Units const& units, scheduling::SimulatedRun const& run,
                              std::size_t workers)
{
    auto const worker_time = static_cast<double>(workers) * run.makespan;
    double busy = 0;
    for (std::size_t i = 0; i < units.seconds.size(); ++i)
        busy += units.seconds[i] *
                static_cast<double>(units.cores.empty() ? 1 : at_most(units.cores[i], workers));
    auto const tasks = units.policy == Policy::guided ? run.chunks : units.seconds.size();
    if (units.longest > 0.8 * run.makespan)
        return fmt::format("{} ({:.3g} s)", units.longest_name, units.longest);
    if (static_cast<double>(run.messages) * units.message > 0.5 * run.makespan)
        return fmt::format("rank 0: {} messages", run.messages);
    if (static_cast<double>(tasks) * units.beside > 0.2 * worker_time)
        return fmt::format("waits between tasks ({:.2g} s each)", units.beside);
    if (busy > 0.7 * worker_time) return "the work itself";
    return fmt::format("{} units for {} workers", units.seconds.size(), workers);
}

Planner::Planner(RecordedRun const& run, PlanOptions const& options)
    : options_(options),
      serial_(run.serial)
{
    for (auto const& starmap : run.starmaps) {
        starmaps_.push_back(units_of(starmap, run.gap));
        useful_ += starmap.useful;
    }
    if (starmaps_.empty())
        throw UsageError("No task of this run has ended ok (there is nothing to plan with): give "
                         "the record of a run that has done some of its work");
}

Planner::Units Planner::units_of(RecordedStarmap const& starmap, double gap) const
{
    auto const tasks = static_cast<double>(starmap.tasks.size());
    auto const beside = gap + starmap.packing / tasks;
    // Fixed blocks stay whole unless another policy is asked for.
    bool const whole = starmap.policy == Policy::blocks && !options_.policy;
    Units units{.starmap = starmap.starmap,
                .name = starmap.name,
                .policy = options_.policy.value_or(starmap.policy),
                .beside = beside,
                .message = options_.message + starmap.bytes / tasks / 2 / options_.bandwidth};
    bool const by_chunk = units.policy == Policy::guided;
    std::uint64_t items = 0;
    for (auto const& task : starmap.tasks) items += task.items;
    auto const at_a_time = (items + most_units - 1) / most_units;
    auto const any_wide = std::any_of(starmap.tasks.begin(), starmap.tasks.end(),
                                      [](auto const& task) { return task.cores > 1; });
    for (auto const& task : starmap.tasks) {
        auto const parts = whole ? 1 : (task.items + at_a_time - 1) / at_a_time;
        auto const seconds = (task.seconds + (by_chunk ? 0 : beside)) / static_cast<double>(parts);
        units.seconds.insert(units.seconds.end(), parts, seconds);
        units.weights.insert(units.weights.end(), parts, task.weight / static_cast<double>(parts));
        if (any_wide) units.cores.insert(units.cores.end(), parts, task.cores);
        if (seconds <= units.longest) continue;
        units.longest = seconds;
        units.longest_name = name_of(starmap, task, whole);
    }
    if (auto const count = (units.seconds.size() + most_units - 1) / most_units; count > 1) {
        units.seconds = several_at_a_time(units.seconds, count);
        units.weights = several_at_a_time(units.weights, count);
        if (any_wide) units.cores = most_of_several(units.cores, count);
    }
    return units;
}

PlannedRun Planner::plan(std::size_t workers) const
{
    if (workers == 0)
        throw UsageError("A plan for 0 workers (nobody would do the work): give at least 1");
    PlannedRun planned{.workers = workers, .seconds = serial_, .useful = useful_};
    double most = 0;
    for (auto const& units : starmaps_) {
        scheduling::SimulatedWork work{
            .policy = units.policy, .seconds = units.seconds, .weights = units.weights};
        for (auto const cores : units.cores) work.cores.push_back(at_most(cores, workers));
        if (units.policy == Policy::blocks) {
            if (options_.policy) join_to_blocks(work, blocks_per_worker * workers);
            for (std::uint64_t i = 0; i < work.seconds.size(); ++i)
                work.blocks.push_back({.first = i,
                                       .count = 1,
                                       .weight = work.weights[i],
                                       .cores = work.cores.empty() ? 1 : work.cores[i]});
        }
        auto machine = scheduling::SimulatedMachine::alike(workers);
        machine.latency = options_.latency;
        machine.jitter = 1;
        machine.message = units.message;
        if (units.policy == Policy::guided) machine.overhead = units.beside;
        auto const run = scheduling::simulate(work, machine);
        planned.seconds += run.makespan;
        if (run.makespan <= most) continue;
        most = run.makespan;
        planned.limit = limit_of(units, run, workers);
    }
    if (serial_ > 0.5 * planned.seconds)
        planned.limit = fmt::format("rank 0 alone at work ({:.3g} s)", serial_);
    if (planned.seconds > 0)
        // What held more cores than there are workers counts more than it can take here.
        planned.busy_share =
            std::min(1.0, useful_ / (static_cast<double>(workers) * planned.seconds));
    return planned;
}

std::optional<std::size_t> knee(std::function<double(std::size_t)> const& seconds, std::size_t most)
{
    std::vector<std::size_t> counts{1};
    for (std::size_t power = 2; power <= most; power *= 2)
        for (auto const count : {power, power + power / 2})
            if (count <= most && (power > 1)) counts.push_back(count);
    for (auto const count : counts)
        if (seconds(2 * count) > worth_it * seconds(count)) return count;
    return std::nullopt;
}

} // namespace starmap::report
