/// Speed against hand-written MPI, in one run, in turns, and the memory of rank 0:
/// `mpirun -n 3 bench [NAME...] [--rounds N]`. docs/performance.md has the figures.
#include "benchmarks.hpp"
#include "runner.hpp"

#include <CLI/CLI.hpp>
#include <fmt/format.h>
#include <fmt/ranges.h>
#include <mpi.h>

#include <algorithm>
#include <charconv>
#include <exception>
#include <iterator>
#include <string>
#include <system_error>
#include <vector>

namespace {

struct Benchmark {
    char const* name;
    char const* what;
    int workers; ///< it makes sense with so many, or more
    void (*run)(bench::Runner const&);
};

constexpr Benchmark benchmarks[] = {
    {"tasks", "tasks and items that do nothing", 1, bench::compare_tasks},
    {"bulk", "results of 1 MB and 100 MB", 1, bench::compare_bulk},
    {"reduction", "a million structs added up", 1, bench::compare_reduction},
    {"memory", "peak memory of rank 0", 1, bench::show_memory},
    {"length", "time and memory for 1e3 to 1e7 tasks", 1, bench::show_length},
    {"broadcast", "256 MB that all workers need", 4, bench::compare_broadcasts},
    {"checkpoint", "10 ms tasks with 10 KB results, kept and not", 1, bench::show_checkpoint},
    {"shares", "part of the time in tasks of 1 us to 1 ms", 1, bench::show_shares},
    {"computing", "a job that computes, against a loop", 1, bench::compare_computing},
    {"sleeping", "makespan of uneven tasks that sleep", 2, bench::show_sleeping},
    {"manager", "CPU time of rank 0 for a chunk and for a task", 1, bench::show_manager},
    {"waiting", "CPU time of those that wait", 1, bench::show_waiting},
};

std::vector<std::string> names()
{
    std::vector<std::string> all;
    for (auto const& each : benchmarks) all.emplace_back(each.name);
    return all;
}

std::string description()
{
    std::string text = "Compares Starmap with hand-written MPI.\n\nBenchmarks:\n";
    for (auto const& [name, what, workers, _] : benchmarks)
        text += fmt::format("  {:<12}{}\n", name, what);
    return text;
}

/// The whole of `text` as a number of rounds.
bool is_rounds(std::string const& text, int& rounds)
{
    auto const* const end = text.data() + text.size();
    auto const [stop, error] = std::from_chars(text.data(), end, rounds);
    return stop == end && error == std::errc();
}

/// What is to be run; all that makes sense here if nothing is named.
std::vector<Benchmark> chosen(std::vector<std::string> const& words, bench::Runner& runner)
{
    std::vector<Benchmark> result;
    for (auto const& word : words) {
        if (is_rounds(word, runner.rounds)) continue;
        auto const* const found = std::find_if(std::begin(benchmarks), std::end(benchmarks),
                                               [&](auto const& each) { return each.name == word; });
        if (found == std::end(benchmarks))
            throw CLI::ValidationError(
                fmt::format("\"{}\" is no benchmark (there are {}): give one of these, or none for "
                            "all",
                            word, fmt::join(names(), ", ")));
        if (runner.workers < found->workers)
            throw CLI::ValidationError(
                fmt::format("{} cannot be measured with {} worker(s) (it needs {}): start it by "
                            "mpirun -n {} or more",
                            word, runner.workers, found->workers, found->workers + 1));
        result.push_back(*found);
    }
    if (runner.rounds < 1)
        throw CLI::ValidationError(fmt::format(
            "{} rounds give no figure (a median needs one): give at least 1", runner.rounds));
    if (result.empty())
        for (auto const& each : benchmarks)
            if (runner.workers >= each.workers) result.push_back(each);
    return result;
}

void run(std::vector<Benchmark> const& what, bench::Runner const& runner)
{
    if (runner.rank == 0)
        fmt::print("{} worker(s), medians of {} rounds taken in turns; ratio: raw MPI's time / "
                   "starmap's\n",
                   runner.workers, runner.rounds);
    for (auto const& each : what) each.run(runner);
}

/// The exit code.
int start(int argc, char** argv)
{
    char* only_name[] = {argv[0], nullptr};
    bench::Runner runner{.argc = 1, .argv = only_name};
    MPI_Comm_rank(MPI_COMM_WORLD, &runner.rank);
    MPI_Comm_size(MPI_COMM_WORLD, &runner.workers);
    --runner.workers;
    CLI::App options(description());
    std::vector<std::string> words;
    options.add_option("--rounds", runner.rounds, "how often each comparison is made")
        ->capture_default_str();
    options.add_option("--slow", runner.slow, "sleeping: how many times longer one worker takes")
        ->check(CLI::Range(1.0, 1000.0))
        ->capture_default_str();
    options.add_option("NAME", words, "what to measure; a bare number is the rounds");
    try {
        options.parse(argc, argv);
        if (runner.workers == 0)
            throw CLI::ValidationError("bench has no worker (it was started with one rank): start "
                                       "it by mpirun -n 2 or more");
        run(chosen(words, runner), runner);
        return 0;
    } catch (CLI::Success const& help) {
        return runner.rank == 0 ? options.exit(help) : 0;
    } catch (CLI::Error const& error) {
        if (runner.rank == 0) fmt::print(stderr, "error: {}\n", error.what());
        return 2;
    } catch (bench::SessionFailed const& failed) {
        return failed.exit_code;
    } catch (std::exception const& error) {
        // The others may be waiting for this rank.
        fmt::print(stderr, "error: rank {}: {}\n", runner.rank, error.what());
        MPI_Abort(MPI_COMM_WORLD, 1);
        return 1;
    }
}

} // namespace

int main(int argc, char** argv)
{
    MPI_Init(&argc, &argv);
    auto const code = start(argc, argv);
    MPI_Finalize();
    return code;
}
