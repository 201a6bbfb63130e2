#include "benchmarks.hpp"
#include "runner.hpp"

#include <starmap/starmap.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <vector>

namespace bench {

namespace {

using Clock = std::chrono::steady_clock;

/// Computes for so many microseconds; how many it took.
double busy_us(double us)
{
    auto const start = Clock::now();
    auto passed = [&] {
        return std::chrono::duration<double, std::micro>(Clock::now() - start).count();
    };
    while (passed() < us) {
    }
    return passed();
}

void show(Runner const& runner, double us, std::size_t tasks_a_worker)
{
    std::vector<double> const input(tasks_a_worker * static_cast<std::size_t>(runner.workers), us);
    std::vector<double> shares;
    for (int round = -1; round < runner.rounds; ++round) {
        double in_tasks = 0;
        auto const seconds = runner.session([&](starmap::Session& session) {
            in_tasks = 1e-6 * session.starmap(starmap::fn<busy_us>, input).reduce();
        });
        if (round >= 0) shares.push_back(100 * in_tasks / (seconds * runner.workers));
    }
    if (runner.rank != 0) return;
    auto const [lowest, highest] = std::minmax_element(shares.begin(), shares.end());
    fmt::print("{:<34} {:.2f} % of the time in tasks ({:.2f} to {:.2f})\n",
               fmt::format("tasks of {} us", us), median(shares), *lowest, *highest);
}

} // namespace

void show_shares(Runner const& runner)
{
    show(runner, 1, 500'000);
    show(runner, 10, 50'000);
    show(runner, 100, 50'000);
    show(runner, 1000, 5'000);
}

} // namespace bench
