// Speed against hand-written MPI, in one run, in turns: `mpirun -n 2 bench [rounds]`; for data that
// all workers need, `mpirun -n 8 bench broadcast [rounds]`.
#include "broadcast.hpp"
#include "raw_mpi.hpp"
#include "report.hpp"

#include <starmap/starmap.hpp>

#include <fmt/format.h>
#include <mpi.h>
#include <sys/resource.h>

#include <chrono>
#include <cstdlib>
#include <functional>
#include <string_view>
#include <thread>
#include <utility>
#include <vector>

namespace {

using bench::raw::Task;

Task echo(Task task)
{
    task.x += 1;
    return task;
}

double square(double x) { return x * x; }

/// A result that lies ready, as it does in the raw program: what is measured is its way.
std::vector<double> const& ready(std::size_t doubles)
{
    static std::vector<double> data;
    data.resize(doubles, 1.0);
    return data;
}

std::vector<double> bulk(std::size_t doubles) { return ready(doubles); }

double cpu_seconds()
{
    rusage usage{};
    getrusage(RUSAGE_SELF, &usage);
    auto const seconds = [](timeval t) {
        return static_cast<double>(t.tv_sec) + 1e-6 * static_cast<double>(t.tv_usec);
    };
    return seconds(usage.ru_utime) + seconds(usage.ru_stime);
}

/// Which rank ran it, and the CPU seconds of its process. It lasts long enough for each worker to
/// get one.
std::pair<int, double> cpu_now(int, starmap::Monitor& monitor)
{
    std::this_thread::sleep_for(std::chrono::milliseconds(100));
    return {monitor.rank(), cpu_seconds()};
}

int pause_ms(int ms)
{
    std::this_thread::sleep_for(std::chrono::milliseconds(ms));
    return ms;
}

double seconds_of(std::function<void()> const& work)
{
    auto const start = std::chrono::steady_clock::now();
    work();
    return std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
}

struct Runner {
    int argc;
    char** argv;
    int rank = 0;
    int rounds = 5;

    /// Seconds of `work` in a session of its own; only rank 0's figure counts.
    double session(std::function<void(starmap::Session&)> const& work)
    {
        starmap::Settings settings;
        settings.task_info = "none";
        settings.log = "warning";
        settings.progress = "none";
        double seconds = 0;
        starmap::run(settings, argc, argv, [&](starmap::Session& session) {
            seconds = seconds_of([&] { work(session); });
        });
        return seconds;
    }

    void compare(bench::Comparison comparison, std::function<double()> const& raw,
                 std::function<void(starmap::Session&)> const& ours)
    {
        for (int round = -1; round < rounds; ++round) {
            auto const raw_seconds = raw();
            auto const our_seconds = session(ours);
            if (round < 0) continue; // the first warms up
            comparison.raw.push_back(raw_seconds);
            comparison.starmap.push_back(our_seconds);
        }
        if (rank == 0) print(comparison);
    }
};

void compare_tasks(Runner& runner)
{
    constexpr long tasks = 200'000;
    std::vector<Task> const input(tasks);
    runner.compare(
        {.what = "empty starmap tasks", .unit = "tasks/s", .amount = tasks},
        [] { return bench::raw::farm(tasks); },
        [&](starmap::Session& session) {
            session.starmap(starmap::fn<echo>, input).reduce([](Task a, Task b) {
                return Task{a.x + b.x, a.i + b.i};
            });
        });
    constexpr long items = 2'000'000;
    std::vector<double> const numbers(items, 1.0);
    runner.compare(
        {.what = "empty map items (raw: tasks)", .unit = "items/s", .amount = items},
        [] { return 10 * bench::raw::farm(tasks); },
        [&](starmap::Session& session) { session.map(starmap::fn<square>, numbers).reduce(); });
}

void compare_bulk(Runner& runner, int workers)
{
    struct Case {
        int count;
        std::size_t bytes;
        char const* name;
    };
    for (auto const& [count, bytes, name] :
         {Case{400, 1'000'000, "1 MB"}, Case{10, 100'000'000, "100 MB"}})
        for (bool const fresh : {true, false}) {
            std::vector<std::size_t> const sizes(static_cast<std::size_t>(count * workers),
                                                 bytes / sizeof(double));
            auto const total = static_cast<double>(bytes) * count * workers;
            runner.compare(
                {.what =
                     fmt::format("{} results ({})", name, fresh ? "made and kept" : "one buffer"),
                 .unit = "B/s",
                 .amount = total},
                [&, n = count, b = bytes] { return bench::raw::transfer(n, b, fresh); },
                [&](starmap::Session& session) {
                    double sum = 0;
                    for (auto const& result : session.starmap(starmap::fn<bulk>, sizes).results())
                        sum += result[result.size() / 2];
                });
        }
}

void show_idle(Runner& runner, int workers)
{
    constexpr int ms = 3000;
    double manager = 0;
    double waiting = 0;
    runner.session([&](starmap::Session& session) {
        // One worker sleeps in a task; all others wait, rank 0 too.
        std::vector<int> const all(static_cast<std::size_t>(workers));
        auto const before = session.starmap(starmap::fn<cpu_now>, all).collect();
        auto const manager_before = cpu_seconds();
        session.starmap(starmap::fn<pause_ms>, std::vector<int>{ms, 0}).wait();
        manager = cpu_seconds() - manager_before;
        auto const after = session.starmap(starmap::fn<cpu_now>, all).collect();
        for (auto const& [rank, cpu] : before)
            for (auto const& [same_rank, later] : after)
                if (rank == same_rank) waiting = std::max(waiting, later - cpu);
    });
    if (runner.rank == 0)
        fmt::print("{:<34} rank 0 {:.2f} % of a core, a worker {:.2f} %\n", "waiting",
                   100e3 * manager / ms, 100e3 * waiting / ms);
}

} // namespace

int main(int argc, char** argv)
{
    MPI_Init(&argc, &argv);
    Runner runner{.argc = argc, .argv = argv};
    int size = 0;
    MPI_Comm_rank(MPI_COMM_WORLD, &runner.rank);
    MPI_Comm_size(MPI_COMM_WORLD, &size);
    if (size < 2) {
        fmt::print(stderr, "bench needs a worker: mpirun -n 2 bench [rounds]\n");
        MPI_Finalize();
        return 2;
    }
    if (argc > 1 && std::string_view(argv[1]) == "broadcast") {
        bench::compare_broadcasts(argc, argv, argc > 2 ? std::max(1, std::atoi(argv[2])) : 5);
        MPI_Finalize();
        return 0;
    }
    if (argc > 1) runner.rounds = std::max(1, std::atoi(argv[1]));
    if (runner.rank == 0)
        fmt::print("{} worker(s), medians of {} rounds taken in turns; ratio: raw MPI's time / "
                   "starmap's\n",
                   size - 1, runner.rounds);
    compare_tasks(runner);
    compare_bulk(runner, size - 1);
    show_idle(runner, size - 1);
    MPI_Finalize();
    return 0;
}
