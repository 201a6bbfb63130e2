#include "benchmarks.hpp"
#include "report.hpp"
#include "runner.hpp"

#include <starmap/starmap.hpp>

#include <fmt/format.h>
#include <unistd.h>

#include <cstddef>
#include <ctime>
#include <filesystem>
#include <functional>
#include <string>
#include <system_error>
#include <utility>
#include <vector>

namespace bench {

namespace {

using Values = std::vector<double>;

Values pass_on(Values values) { return values; }
double add_one(double value) { return value + 1; }

/// CPU time of the thread that manages; that of the record's thread is not in it.
double thread_cpu()
{
    timespec time{};
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time);
    return static_cast<double>(time.tv_sec) + 1e-9 * static_cast<double>(time.tv_nsec);
}

/// Rank 0's CPU time for each of `count`, in a session; its waiting is in it, so it is an upper
/// bound where the workers are not quick enough to keep it busy.
void show_cost(Runner const& runner, std::string const& what, char const* unit, double count,
               starmap::Settings settings, std::function<void(starmap::Session&)> const& work)
{
    auto const record = settings.task_info == "none"
                            ? std::filesystem::path()
                            : std::filesystem::temp_directory_path() /
                                  fmt::format("bench-manager-{}.h5", ::getpid());
    if (!record.empty()) settings.task_info = record;
    std::vector<double> costs;
    std::vector<double> walls;
    for (int round = -1; round < runner.rounds; ++round) {
        double cpu = 0;
        auto const wall = runner.session(
            [&](starmap::Session& session) {
                auto const before = thread_cpu();
                work(session);
                cpu = thread_cpu() - before;
            },
            settings);
        std::error_code none;
        if (!record.empty()) std::filesystem::remove(record, none);
        if (round < 0) continue; // the first warms up
        costs.push_back(1e6 * cpu / count);
        walls.push_back(count / wall);
    }
    if (runner.rank != 0) return;
    fmt::print("{:<40} {:>7.2f} us of CPU a {} (rounds:", what, median(costs), unit);
    for (auto const cost : costs) fmt::print(" {:.2f}", cost);
    fmt::print("), {:.3g} a second\n", median(walls));
}

} // namespace

void show_manager(Runner const& runner)
{
    constexpr std::size_t chunks = 5000;
    for (bool const recorded : {false, true})
        for (std::size_t const doubles : {2U, 128U, 2048U}) {
            if (recorded && doubles != 2) continue;
            auto settings = Runner::quiet();
            if (recorded) settings.task_info = "task_info.h5";
            auto const count = doubles > 1000 ? chunks / 5 : chunks;
            std::vector<Values> const items(count, Values(doubles, 1.0));
            show_cost(
                runner,
                fmt::format("chunks of one item of {} bytes{}", doubles * sizeof(double),
                            recorded ? ", recorded" : ""),
                "chunk", static_cast<double>(count), settings, [&](starmap::Session& session) {
                    for ([[maybe_unused]] auto const& result :
                         session.map(starmap::fn<pass_on>, items, {.max_weight = 1.0}).results()) {
                    }
                });
        }
    std::vector<double> const tasks(500'000, 1.0);
    for (bool const recorded : {false, true}) {
        auto settings = Runner::quiet();
        if (recorded) settings.task_info = "task_info.h5";
        show_cost(runner, fmt::format("tasks of 8 bytes, bundled{}", recorded ? ", recorded" : ""),
                  "task", static_cast<double>(tasks.size()), settings,
                  [&](starmap::Session& session) {
                      session.starmap(starmap::fn<add_one>, tasks).reduce();
                  });
    }
}

} // namespace bench
