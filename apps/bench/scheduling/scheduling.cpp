// Loss of balance in simulation: the production scheduler beside the rules of other runtimes, as
// the tables of docs/scheduling.md: `bench_scheduling [--seeds N] [--ranks P...]`; and where rank 0
// is the limit.
#include "scheduling/saturation.hpp"
#include "scheduling/workloads.hpp"

#include <starmap/error.hpp>

#include <CLI/CLI.hpp>
#include <fmt/format.h>

#include <algorithm>
#include <cstdint>
#include <cstdio>
#include <exception>
#include <functional>
#include <string>
#include <vector>

namespace {

using namespace bench::scheduling;
using starmap::scheduling::SimulatedMachine;
using starmap::scheduling::SimulatedRun;
using starmap::scheduling::Tuning;

struct Options {
    int seeds = 9;
    std::vector<std::size_t> ranks{16, 64, 256};
    std::size_t items = 300;
    std::size_t most_items = 2'000'000;
    double wrong = 0.5;
    double latency_us = 5;
    double message_us = 10;
    double overhead_us = 5;
    double slow = 1;
    double keys = 1;
    double share = 0.5;
    bool saturation = false;
    bool give_back = false;
    double row_us = 0.2;

    SimulatedMachine machine(std::size_t workers, std::uint64_t seed) const
    {
        auto machine = SimulatedMachine::alike(workers);
        machine.speeds.front() /= slow;
        machine.latency = 1e-6 * latency_us;
        machine.jitter = 1;
        machine.message = 1e-6 * message_us;
        machine.overhead = 1e-6 * overhead_us;
        machine.seed = seed;
        return machine;
    }
};

double median(std::vector<double> figures)
{
    auto const middle = figures.begin() + static_cast<std::ptrdiff_t>((figures.size() - 1) / 2);
    std::nth_element(figures.begin(), middle, figures.end());
    return *middle;
}

std::uint64_t seed_of(int number) { return 1 + static_cast<std::uint64_t>(number); }

/// The median over the seeds.
double figure(Options const& options, Kind kind, std::size_t workers, double wrong,
              std::function<double(Items const&, SimulatedMachine const&)> const& of)
{
    // Where nothing is drawn a second seed would draw nothing else.
    auto const drawn = wrong > 0 || options.keys != 1 || kind == Kind::exponential ||
                       kind == Kind::gamma || kind == Kind::lognormal;
    std::vector<double> figures;
    for (int i = 0; i < (drawn ? options.seeds : 1); ++i) {
        auto const count = std::min(workers * options.items, options.most_items);
        auto items = make_items(kind, count, wrong, seed_of(i));
        if (options.keys != 1) give_two_keys(items, options.keys, options.share, seed_of(i));
        figures.push_back(of(items, options.machine(workers, seed_of(i))));
    }
    return median(std::move(figures));
}

double loss_of_rule(Rule rule, Items const& items, SimulatedMachine const& machine)
{
    return 100 * simulate_rule(rule, items, machine).loss();
}

void print_row(Options const& options, Kind kind, std::size_t workers)
{
    auto const row = [&](double wrong, auto const& of) {
        return figure(options, kind, workers, wrong, of);
    };
    fmt::print("| {} |", to_string(kind));
    for (auto const rule : rules) {
        auto const of = [&](Items const& items, SimulatedMachine const& machine) {
            return loss_of_rule(rule, items, machine);
        };
        fmt::print(" {:.2f}", row(0, of));
        // Of these rules only one asks for weights.
        if (rule == Rule::w5p) fmt::print(" / {:.2f}", row(options.wrong, of));
        fmt::print(" |");
    }
    auto const loss = [](Items const& items, SimulatedMachine const& machine) {
        return 100 * simulate(guided(items), machine).loss();
    };
    auto const chunks = [](Items const& items, SimulatedMachine const& machine) {
        return static_cast<double>(simulate(guided(items), machine).chunks) /
               static_cast<double>(machine.speeds.size());
    };
    fmt::print(" {:.2f} / {:.2f} | {:.1f} |\n", row(0, loss), row(options.wrong, loss),
               row(0, chunks));
}

void print_table(Options const& options, std::size_t workers)
{
    fmt::print("\n{} workers, {} items (mandelbrot 262144)\n\n| workload |", workers,
               std::min(workers * options.items, options.most_items));
    for (auto const rule : rules) fmt::print(" {} |", to_string(rule));
    fmt::print(" starmap | chunks a worker |\n|{:-^5}|", "");
    for (std::size_t i = 0; i < std::size(rules) + 2; ++i) fmt::print("--:|");
    fmt::print("\n");
    for (auto const kind : kinds) {
        print_row(options, kind, workers);
        std::fflush(stdout);
    }
}

/// The loss where nothing is given back, and where workers do, by how wrong the weights are.
void print_give_back(Options const& options, std::size_t workers)
{
    constexpr double errors[]{0.5, 1, 2, 3};
    fmt::print("\n{} workers, {} items: loss without / with giving back\n\n| workload |", workers,
               std::min(workers * options.items, options.most_items));
    for (auto const error : errors) fmt::print(" sigma {} |", error);
    fmt::print(" moves, sigma 3 |\n|---|");
    for (std::size_t i = 0; i < std::size(errors) + 1; ++i) fmt::print("--:|");
    fmt::print("\n");
    for (auto const kind : kinds) {
        if (kind == Kind::mandelbrot) continue; // its 262144 items leave nothing to move
        fmt::print("| {} |", to_string(kind));
        for (auto const error : errors)
            fmt::print(" {:.2f} / {:.2f} |",
                       figure(options, kind, workers, error,
                              [](Items const& items, SimulatedMachine const& machine) {
                                  return 100 *
                                         simulate(guided(items), machine, {.recall = false}).loss();
                              }),
                       figure(options, kind, workers, error,
                              [](Items const& items, SimulatedMachine const& machine) {
                                  return 100 * simulate(guided(items), machine).loss();
                              }));
        fmt::print(" {:.0f} |\n",
                   figure(options, kind, workers, errors[3],
                          [](Items const& items, SimulatedMachine const& machine) {
                              return static_cast<double>(simulate(guided(items), machine).recalls);
                          }));
        std::fflush(stdout);
    }
}

} // namespace

int main(int argc, char** argv)
{
    Options options;
    CLI::App app("Simulates how evenly the scheduler spreads work, beside other rules: loss in %");
    app.add_option("--seeds", options.seeds, "Runs of which the median is printed")
        ->check(CLI::Range(1, 1000));
    app.add_option("--ranks", options.ranks, "Numbers of workers, a table each")
        ->check(CLI::Range(1, 1 << 20));
    app.add_option("--items", options.items, "Items for each worker")
        ->check(CLI::Range(1, 1'000'000));
    app.add_option("--most-items", options.most_items, "Items of one run at the most")
        ->check(CLI::Range(1, 100'000'000));
    app.add_option("--wrong", options.wrong, "Sigma of the lognormal error of wrong weights")
        ->check(CLI::Range(0.01, 3.0));
    app.add_option("--latency-us", options.latency_us, "Of a message, at least; at most twice that")
        ->check(CLI::Range(0.0, 1e6));
    app.add_option("--message-us", options.message_us, "What rank 0 does for each message")
        ->check(CLI::Range(0.0, 1e6));
    app.add_option("--overhead-us", options.overhead_us, "What a worker does for each chunk")
        ->check(CLI::Range(0.0, 1e6));
    app.add_option("--slow", options.slow, "How many times slower the first worker is")
        ->check(CLI::Range(1.0, 1e3));
    app.add_option("--keys", options.keys,
                   "How many times longer a unit of weight takes in the second of two keys")
        ->check(CLI::Range(1e-6, 1e6));
    app.add_option("--share", options.share, "Of the items, that have the second key")
        ->check(CLI::Range(0.0, 1.0));
    app.add_flag("--saturation", options.saturation,
                 "Show instead where rank 0 is the limit, and what sub-managers would change");
    app.add_flag("--give-back", options.give_back,
                 "Show instead what it saves that workers give work back");
    app.add_option("--row-us", options.row_us,
                   "With sub-managers: what rank 0 does for each chunk it hears of")
        ->check(CLI::Range(0.0, 1e6));
    CLI11_PARSE(app, argc, argv);
    try {
        if (options.saturation) {
            auto const given = [&](char const* name) { return app.count(name) != 0; };
            print_saturation({.ranks = given("--ranks") ? options.ranks
                                                        : std::vector<std::size_t>{256, 1024, 4096,
                                                                                   16384, 65536},
                              .items = given("--items") ? options.items : 100,
                              .most_items = options.most_items,
                              .row = 1e-6 * options.row_us,
                              .machine = options.machine(1, 1)});
            return 0;
        }
        fmt::print(
            "Loss in %: makespan / max(sum / P, longest item) - 1. Median of {} seeds; items "
            "of 10 ms on average.\nRank 0 takes {} us a message, each message {} to {} us, a "
            "worker {} us a chunk. Where two figures stand, weights\nare exact / wrong by a "
            "lognormal factor of sigma {}.\n",
            options.seeds, options.message_us, options.latency_us, 2 * options.latency_us,
            options.overhead_us, options.wrong);
        for (auto const workers : options.ranks)
            options.give_back ? print_give_back(options, workers) : print_table(options, workers);
    } catch (std::exception const& error) {
        fmt::print(stderr, "bench_scheduling: {}\n", error.what());
        return 1;
    }
    return 0;
}
