#include "benchmarks.hpp"
#include "runner.hpp"

#include <starmap/starmap.hpp>

#include <fmt/format.h>
#include <sys/resource.h>

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <thread>
#include <utility>
#include <vector>

namespace bench {

namespace {

double monotonic()
{
    return std::chrono::duration<double>(std::chrono::steady_clock::now().time_since_epoch())
        .count();
}

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

/// When it ended, by the clock that all processes of a node share [s].
double pause_us(int us)
{
    std::this_thread::sleep_for(std::chrono::microseconds(us));
    return monotonic();
}

int pause_ms(int ms)
{
    std::this_thread::sleep_for(std::chrono::milliseconds(ms));
    return ms;
}

} // namespace

namespace {

/// How late rank 0 meets a result for which it has waited so long.
void show_latency(Runner const& runner, int us, std::size_t count)
{
    std::vector<double> late;
    for (int round = 0; round < runner.rounds; ++round)
        runner.session([&](starmap::Session& session) {
            // Chunks of one item: bundled ones would not be sent at once.
            for (double const ended :
                 session
                     .map(starmap::fn<pause_us>, std::vector<int>(count, us), {.max_weight = 1.0})
                     .results())
                late.push_back(1e6 * (monotonic() - ended));
        });
    if (runner.rank != 0) return;
    std::sort(late.begin(), late.end());
    auto const part = [&](double share) {
        return late[static_cast<std::size_t>(share * static_cast<double>(late.size() - 1))];
    };
    fmt::print("{:<34} met {:.0f} us late (median; 90 %: {:.0f}, 99 %: {:.0f}, most {:.0f})\n",
               fmt::format("a result after {} us of waiting", us), part(0.5), part(0.9), part(0.99),
               late.back());
}

} // namespace

void show_waiting(Runner const& runner)
{
    if (runner.workers == 1) {
        // One worker, so that all its results are waited for as long.
        show_latency(runner, 100, 1000);
        show_latency(runner, 1000, 300);
        show_latency(runner, 10'000, 50);
        show_latency(runner, 100'000, 10);
    }
    constexpr int ms = 3000;
    double manager = 0;
    double waiting = 0;
    runner.session([&](starmap::Session& session) {
        // One worker sleeps in a task; all others wait, rank 0 too.
        std::vector<int> const all(static_cast<std::size_t>(runner.workers));
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

} // namespace bench
