#include "benchmarks.hpp"
#include "runner.hpp"

#include <starmap/starmap.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <random>
#include <string>
#include <thread>
#include <vector>

namespace bench {

namespace {

/// A worker that takes `factor` times as long for each item.
struct Handicap {
    std::uint32_t worker = 0;
    double factor = 1;
    template <class Archive>
    void serialize(Archive& archive, unsigned)
    {
        archive& worker& factor;
    }
};

struct Sleep {
    double seconds = 0;
    double weight = 0;
};

int sleep_for(Sleep item, Handicap const& slow, starmap::Monitor& monitor)
{
    auto const factor = monitor.worker() == slow.worker ? slow.factor : 1.0;
    std::this_thread::sleep_for(std::chrono::duration<double>(factor * item.seconds));
    return 1;
}

constexpr std::size_t items_a_worker = 125;
constexpr double mean = 20e-3;
constexpr double sigma = 1.5;
constexpr double weight_error = 0.5;

/// Lognormal; with weights that are wrong by a lognormal factor of sigma `error`.
std::vector<Sleep> sleeps(int workers, std::uint64_t seed, double error)
{
    std::mt19937_64 random(seed);
    std::lognormal_distribution<double> seconds(std::log(mean) - sigma * sigma / 2, sigma);
    std::normal_distribution<double> normal;
    std::vector<Sleep> result(items_a_worker * static_cast<std::size_t>(workers));
    for (auto& each : result) {
        each.seconds = seconds(random);
        each.weight = each.seconds * std::exp(error * normal(random));
    }
    return result;
}

/// What no schedule can beat, with one worker slower by `slow`.
double ideal(std::vector<Sleep> const& items, int workers, double slow)
{
    double sum = 0;
    double longest = 0;
    for (auto const& each : items) {
        sum += each.seconds;
        longest = std::max(longest, each.seconds);
    }
    return std::max(sum / (workers - 1 + 1 / slow), longest);
}

void show(Runner const& runner, std::string const& what, double slow, double error)
{
    std::vector<double> ratios;
    for (int round = 0; round < runner.rounds; ++round) {
        auto const items = sleeps(runner.workers, static_cast<std::uint64_t>(round) + 1, error);
        auto const makespan = runner.session([&](starmap::Session& session) {
            session
                .map(starmap::fn<sleep_for>, items,
                     starmap::shared(Handicap{.worker = 0, .factor = slow}),
                     {.weight = &Sleep::weight})
                .reduce();
        });
        ratios.push_back(makespan / ideal(items, runner.workers, slow));
    }
    if (runner.rank != 0) return;
    auto const [lowest, highest] = std::minmax_element(ratios.begin(), ratios.end());
    fmt::print("{:<34} makespan / ideal {:.3f} ({:.3f} to {:.3f})\n", what, median(ratios), *lowest,
               *highest);
}

} // namespace

void show_sleeping(Runner const& runner)
{
    show(runner, "sleeping, weights right", 1, 0);
    show(runner, "sleeping, weights wrong", 1, weight_error);
    show(runner, fmt::format("sleeping, one {} times slower", runner.slow), runner.slow, 0);
}

} // namespace bench
