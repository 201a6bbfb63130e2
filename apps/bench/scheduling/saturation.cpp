// Where one rank 0 is the limit, and what sub-managers would change: `bench_scheduling
// --saturation`.
#include "scheduling/saturation.hpp"

#include "scheduling/hierarchy.hpp"
#include "scheduling/workloads.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <string>

namespace bench::scheduling {

namespace {

using starmap::scheduling::Policy;
using starmap::scheduling::simulate;
using starmap::scheduling::SimulatedHierarchy;
using starmap::scheduling::SimulatedWork;
using starmap::scheduling::Tuning;

constexpr double means[]{1e-3, 10e-3, 0.1, 1, 10};

/// Items of one mean; others are made from it by a factor.
class Workload {
public:
    Workload(std::size_t count, Policy policy) : work_(guided(make_items(Kind::gamma, count, 0, 1)))
    {
        work_.policy = policy;
    }
    SimulatedWork const& of(double mean)
    {
        for (auto& each : work_.seconds) each *= mean / mean_;
        for (auto& each : work_.weights) each *= mean / mean_;
        mean_ = mean;
        return work_;
    }

private:
    SimulatedWork work_;
    double mean_ = 10e-3;
};

double percent(starmap::scheduling::SimulatedRun const& run)
{
    return run.makespan > 0 ? 100 * run.ideal / run.makespan : 100;
}

double of_one(Saturation const& what, SimulatedWork const& work, std::size_t workers)
{
    auto machine = what.machine;
    machine.speeds.assign(workers, 1.0);
    return percent(simulate(work, machine, {.manager = 2 * machine.message}));
}

double of_two_levels(Saturation const& what, SimulatedWork const& work, std::size_t workers)
{
    SimulatedHierarchy hierarchy{.nodes = std::max<std::size_t>(1, workers / what.node),
                                 .node = what.machine};
    hierarchy.node.speeds.assign(std::min(workers, what.node), 1.0);
    hierarchy.latency = what.machine.latency;
    hierarchy.message = what.machine.message;
    hierarchy.row = what.row;
    return percent(simulate_hierarchy(work, hierarchy, {.manager = 2 * hierarchy.message}));
}

/// The least mean seconds of an item with which `efficient` reaches `wanted` percent; to 10 %.
template <class Efficient>
std::string least_mean(double wanted, Efficient efficient)
{
    double low = 1e-4;
    double high = 100;
    if (efficient(high) < wanted) return "-";
    while (high / low > 1.1) {
        auto const middle = std::sqrt(low * high);
        (efficient(middle) < wanted ? low : high) = middle;
    }
    return high < 1 ? fmt::format("{:.3g} ms", 1e3 * high) : fmt::format("{:.3g} s", high);
}

void print_table(Saturation const& what, Policy policy, char const* name)
{
    fmt::print("\n{}: efficiency [%] with one rank 0 / with sub-managers; {} items a worker\n\n"
               "| workers |",
               name, what.items);
    for (auto const mean : means)
        fmt::print(" {:g} {} |", mean < 1 ? 1e3 * mean : mean, mean < 1 ? "ms" : "s");
    fmt::print(" 90 % from | 95 % from |\n|--:|");
    for (std::size_t i = 0; i < std::size(means) + 2; ++i) fmt::print("--:|");
    fmt::print("\n");
    for (auto const workers : what.ranks) {
        Workload workload(workers * what.items, policy);
        fmt::print("| {} |", workers);
        for (auto const mean : means) {
            auto const& work = workload.of(mean);
            fmt::print(" {:.1f} / {:.1f} |", of_one(what, work, workers),
                       of_two_levels(what, work, workers));
            std::fflush(stdout);
        }
        for (auto const wanted : {90.0, 95.0}) {
            if (workers * what.items > what.most_items) {
                fmt::print(" |");
                continue;
            }
            fmt::print(
                " {} / {} |",
                least_mean(wanted,
                           [&](double mean) { return of_one(what, workload.of(mean), workers); }),
                least_mean(wanted, [&](double mean) {
                    return of_two_levels(what, workload.of(mean), workers);
                }));
        }
        fmt::print("\n");
        std::fflush(stdout);
    }
}

} // namespace

void print_saturation(Saturation const& what)
{
    fmt::print("Rank 0 and a sub-manager take {:g} us for each message, so rank 0 hands out at "
               "most {:.0f} chunks a second;\n{} workers a node; items of gamma-distributed "
               "seconds (k = 2), weights exact; one seed.\n",
               1e6 * what.machine.message, 0.5 / what.machine.message, what.node);
    print_table(what, Policy::guided, "map");
    print_table(what, Policy::each, "starmap");
}

} // namespace bench::scheduling
