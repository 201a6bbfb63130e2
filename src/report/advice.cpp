#include "report/advice.hpp"

#include <algorithm>
#include <cmath>
#include <map>

#include <fmt/format.h>

namespace starmap::report {

namespace {

/// Shorter runs give no advice [s].
constexpr double shortest_run = 0.1;
/// A part of the workers' time that is worth a word.
constexpr double notable = 0.1;

/// Two digits that count.
std::string percent(double share)
{
    auto const value = 100 * share;
    return value < 10 ? fmt::format("{:.2g} %", value) : fmt::format("{:.0f} %", value);
}

struct Shares {
    Summary const& summary;
    std::map<std::uint32_t, StarmapInfo> starmaps;
    double workers = 0;
    double total = 0; ///< worker time [s]

    double share(double part) const { return total > 0 ? part / total : 0; }
    std::string policy(std::uint32_t starmap) const
    {
        auto const found = starmaps.find(starmap);
        return found == starmaps.end() ? "" : found->second.policy;
    }
};

/// A task that cannot be divided and takes longer than a fair share of its Starmap's work.
void on_longest(Shares const& figures, std::vector<Advice>& all)
{
    StarmapWork const* worst = nullptr;
    double most_lost = 0; // seconds of worker time
    for (auto const& work : figures.summary.works) {
        auto const lost = work.longest.record.duration * figures.workers - work.seconds;
        if (lost <= most_lost) continue;
        worst = &work;
        most_lost = lost;
    }
    if (worst == nullptr || figures.share(most_lost) < notable / 2) return;
    auto const& task = worst->longest.record;
    auto const share = task.duration / worst->seconds;
    auto const useful = static_cast<unsigned>(std::ceil(worst->seconds / task.duration));
    auto const what = task.items == 1
                          ? fmt::format("item {}", task.task_no - 1)
                          : fmt::format("task {}, of {} items,", task.task_no, task.items);
    all.push_back(
        {"longest",
         fmt::format("{} of \"{}\" alone takes {:.3g} s, {} of all the work of its Starmap: more "
                     "than {} worker{} cannot help; split it",
                     what, worst->longest.name, task.duration, percent(share), useful,
                     useful == 1 ? "" : "s")});
}

void on_weights(Shares const& figures, std::vector<Advice>& all)
{
    for (auto const& name : figures.summary.names) {
        auto const& durations = name.durations;
        bool const varied = durations.count() >= 10 && durations.mean() > 0 &&
                            durations.stddev() > 0.3 * durations.mean() &&
                            figures.share(durations.sum()) >= notable;
        if (!varied) continue;
        if (durations.all_x_equal()) {
            all.push_back({"weights",
                           fmt::format("all tasks of \"{}\" weigh the same, but their durations "
                                       "vary by {}: a weight function would let the long ones "
                                       "begin first",
                                       name.name, percent(durations.stddev() / durations.mean()))});
            continue;
        }
        auto const explained = durations.r_squared();
        if (!explained || *explained >= 0.5) continue;
        all.push_back(
            {"weights",
             fmt::format("weights explain {} of the durations of \"{}\": find better ones; where "
                         "keys tell dear items from cheap ones, --starmap-learn=FILE takes the "
                         "cost of each key from this record",
                         percent(*explained), name.name)});
    }
}

void on_tail(Shares const& figures, std::vector<Advice>& all)
{
    auto const share = figures.share(figures.summary.time_use.tail);
    bool const known = std::any_of(all.begin(), all.end(), [](auto const& advice) {
        return advice.topic == "longest"; // says it better
    });
    if (share < notable || known) return;
    std::map<std::string, double> work;
    for (auto const& each : figures.summary.works)
        work[figures.policy(each.starmap)] += each.seconds;
    if (work["blocks"] > work["guided"] + work["each"])
        all.push_back(
            {"blocks", fmt::format("workers wait {} of their time for the last tasks: blocks of "
                                   "fixed size are too large; ask for more of them, or leave "
                                   "concurrent_tasks and max_weight out",
                                   percent(share))});
    else
        all.push_back({"tail", fmt::format("workers wait {} of their time for the last tasks: "
                                           "there are too few or too long ones for {} workers",
                                           percent(share), figures.workers)});
}

void on_dispatch(Shares const& figures, std::vector<Advice>& all)
{
    auto const& use = figures.summary.time_use;
    auto const share = figures.share(use.dispatch);
    if (share < notable) return;
    double tasks = 0;
    double inside = 0;
    double packing = 0;
    for (auto const& name : figures.summary.names) {
        tasks += static_cast<double>(name.durations.count());
        inside += name.durations.sum();
        packing += name.packing;
    }
    if (packing > use.dispatch / 2) {
        all.push_back({"dispatch",
                       fmt::format("packing and unpacking takes {} of the workers' time: let what "
                                   "tasks have in common travel once, by shared(), and return "
                                   "less",
                                   percent(figures.share(packing)))});
        return;
    }
    auto const mean = tasks > 0 ? inside / tasks : 0;
    all.push_back(
        {"dispatch", fmt::format("between tasks workers wait {} of their time, {:.2g} s a task of "
                                 "{:.2g} s: {}",
                                 percent(share), tasks > 0 ? use.dispatch / tasks : 0, mean,
                                 mean < 0.01 ? "make tasks longer, or use map, which groups items"
                                             : "look at the bytes they move, at how many cores "
                                               "rank 0 has to share, and at what it does with "
                                               "each result")});
}

void on_rank_0(Shares const& figures, std::vector<Advice>& all)
{
    auto const& use = figures.summary.time_use;
    if (auto const share = figures.share(use.manager); share >= notable)
        all.push_back(
            {"manager", fmt::format("for {} of the time rank 0 was at work and all others waited: "
                                    "before and between Starmaps, and after their last task; what "
                                    "it does there could be a task, or be done while tasks run",
                                    percent(share))});
    if (auto const share = figures.share(use.startup); share >= notable)
        all.push_back(
            {"startup", fmt::format("{} of the time passed before the first task began: rank 0 "
                                    "prepared the work, or the run is short for its number of "
                                    "ranks",
                                    percent(share))});
}

void on_cpu(Shares const& figures, std::vector<Advice>& all)
{
    for (auto const& name : figures.summary.names) {
        auto const inside = name.held;
        if (figures.share(inside) < notable || name.cpu <= 0) continue;
        auto const cores = name.cpu / inside;
        auto const wide = inside > 1.01 * name.durations.sum();
        if (cores < 0.7 && wide)
            all.push_back({"cpu", fmt::format("tasks of \"{}\" use {} of the cores that they hold: "
                                              "ask for fewer, or let tasks use more threads",
                                              name.name, percent(cores))});
        else if (cores > 1.5 && wide)
            all.push_back(
                {"cpu", fmt::format("tasks of \"{}\" use {:.2g} times the cores that they "
                                    "hold: ask for more, or let tasks use fewer threads",
                                    name.name, cores)});
        else if (cores < 0.7)
            all.push_back({"cpu", fmt::format("tasks of \"{}\" use {} of a core: they wait for "
                                              "files or for each other, or there are more workers "
                                              "than cores",
                                              name.name, percent(cores))});
        else if (cores > 1.5)
            all.push_back({"cpu", fmt::format("tasks of \"{}\" use {:.2g} cores each: start fewer "
                                              "ranks on a node, or let tasks use one thread",
                                              name.name, cores)});
    }
}

void on_failures(Shares const& figures, std::vector<Advice>& all)
{
    auto const failed = figures.summary.failures();
    if (failed == 0) return;
    all.push_back(
        {"failures", fmt::format("{} of {} attempts failed, and took {} of the workers' "
                                 "time: starmap info --failed lists them",
                                 failed, figures.summary.attempts(),
                                 percent(figures.share(figures.summary.time_use.failed)))});
}

} // namespace

std::vector<Advice> advise(Summary const& summary, std::vector<StarmapInfo> const& starmaps)
{
    std::vector<Advice> all;
    Shares figures{.summary = summary, .starmaps = {}, .total = summary.time_use.total()};
    for (auto const& starmap : starmaps) figures.starmaps[starmap.starmap] = starmap;
    figures.workers = static_cast<double>(summary.num_workers);
    on_failures(figures, all);
    // Of a run in which nothing ended ok the failures are all there is to say.
    auto const ok = summary.by_status[static_cast<std::size_t>(TaskStatus::ok)];
    if (summary.span < shortest_run || ok == 0) return all;
    on_longest(figures, all);
    on_tail(figures, all);
    on_weights(figures, all);
    on_dispatch(figures, all);
    on_rank_0(figures, all);
    on_cpu(figures, all);
    auto const useful = figures.share(summary.time_use.useful);
    if (all.empty() && useful > 0.8)
        all.push_back({"well", fmt::format("the workers were at useful work for {} of their time",
                                           percent(useful))});
    return all;
}

} // namespace starmap::report
