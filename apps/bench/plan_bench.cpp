// What `starmap plan` predicts beside what comes of it: tasks that sleep, on 2 workers, whose
// record is planned for 8, and then on 8: `bench_plan [--rounds N]`. Sleeping tasks need no cores.
#include "report/plan.hpp"

#include <starmap/starmap.hpp>

#include <CLI/CLI.hpp>
#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <cmath>
#include <cstdint>
#include <cstdio>
#include <exception>
#include <filesystem>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

#include <unistd.h>

namespace {

constexpr std::uint32_t few = 2;
constexpr std::uint32_t many = 8;

int nap(int us)
{
    std::this_thread::sleep_for(std::chrono::microseconds(us));
    return us;
}

/// Naps of 2 to 63 ms, which the weights tell; exponential ones, as far as these numbers go.
std::vector<int> naps(int count)
{
    std::vector<int> all;
    for (int i = 0; i < count; ++i) {
        auto const part = (i * 37 % count + 0.5) / count;
        all.push_back(2000 + static_cast<int>(-1e4 * std::log(part)));
    }
    return all;
}

/// Its record.
starmap::report::RecordedRun run(std::uint32_t workers, bool as_map, std::string const& record)
{
    starmap::Settings settings;
    settings.distribute = "threads";
    settings.workers = workers;
    settings.task_info = record;
    settings.log = "warning";
    settings.progress = "none";
    std::string name = "bench_plan";
    char* argv[] = {name.data(), nullptr};
    int argc = 1;
    std::filesystem::remove(record);
    auto const code = starmap::run(settings, argc, argv, [&](starmap::Session& session) {
        auto const weight = [](int us) { return us; };
        auto const all = naps(400);
        if (as_map)
            session.map(starmap::fn<nap>, all, {.weight = weight}).wait();
        else
            session.starmap(starmap::fn<nap>, all, {.weight = weight}).wait();
    });
    if (code != 0) throw std::runtime_error("the run has failed");
    auto recorded = starmap::report::read_recorded_run(record);
    std::filesystem::remove(record);
    return recorded;
}

void compare(bool as_map, std::string const& record)
{
    auto const small = run(few, as_map, record);
    auto const planned = starmap::report::Planner(small, {}).plan(many).seconds;
    auto const real = run(many, as_map, record).seconds;
    fmt::print("{:<8} {} workers took {:.3f} s; {} planned {:.3f} s, took {:.3f} s: {:+.1f} %\n",
               as_map ? "map" : "starmap", few, small.seconds, many, planned, real,
               100 * (planned / real - 1));
}

} // namespace

int main(int argc, char** argv)
{
    CLI::App app("Compares what starmap plan predicts from 2 workers with 8 real ones");
    int rounds = 3;
    app.add_option("--rounds", rounds, "How often each comparison is made")
        ->check(CLI::Range(1, 1000));
    CLI11_PARSE(app, argc, argv);
    auto const record =
        (std::filesystem::temp_directory_path() / fmt::format("bench_plan.{}.h5", ::getpid()))
            .string();
    try {
        for (int round = 0; round < rounds; ++round)
            for (bool const as_map : {false, true}) compare(as_map, record);
    } catch (std::exception const& error) {
        fmt::print(stderr, "bench_plan: {}\n", error.what());
        return 1;
    }
    return 0;
}
