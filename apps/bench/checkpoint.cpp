#include "benchmarks.hpp"
#include "report.hpp"
#include "runner.hpp"

#include <starmap/starmap.hpp>

#include <fmt/format.h>
#include <unistd.h>

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <thread>
#include <vector>

namespace bench {

namespace {

constexpr std::size_t result_bytes = 10'000;
constexpr std::int64_t tasks_of_each = 200;

std::vector<std::int64_t> ten_milliseconds(std::int64_t i)
{
    std::this_thread::sleep_for(std::chrono::milliseconds(10));
    return std::vector<std::int64_t>(result_bytes / sizeof(std::int64_t), i);
}

} // namespace

void show_checkpoint(Runner const& runner)
{
    auto const file = std::filesystem::temp_directory_path() /
                      fmt::format("bench-{}.checkpoint", static_cast<long>(::getpid()));
    std::vector<double> without;
    std::vector<double> with;
    std::vector<double> ratios;
    auto const farm = [&](starmap::Session& session) {
        std::vector<std::int64_t> items;
        for (std::int64_t i = 0; i < tasks_of_each * runner.workers; ++i) items.push_back(i);
        session.starmap(starmap::fn<ten_milliseconds>, items).collect();
    };
    for (int round = 0; round < runner.rounds; ++round) {
        without.push_back(runner.session(farm));
        auto settings = Runner::quiet();
        settings.checkpoint = file.string();
        with.push_back(runner.session(farm, settings));
        std::filesystem::remove(file);
        ratios.push_back(with.back() / without.back());
    }
    if (runner.rank == 0)
        fmt::print("tasks of 10 ms with 10 KB: {:.3f} s without a checkpoint, {:.3f} s with, "
                   "ratio {:.4f}\n",
                   median(without), median(with), median(ratios));
}

} // namespace bench
