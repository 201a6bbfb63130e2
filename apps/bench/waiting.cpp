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

} // namespace

void show_waiting(Runner const& runner)
{
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
