// How long runs with units of several cores take, beside what no schedule could go below.
#include "scheduling/simulator.hpp"
#include "support/sanitized.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <cstdint>
#include <functional>
#include <random>
#include <vector>

using namespace starmap::scheduling;

TEST_CASE("random nodes and widths take at most a few times what no schedule could go below")
{
    double worst = 0;
    double sum = 0;
    constexpr std::uint64_t runs = sanitized ? 40 : 400;
    for (std::uint64_t seed = 1; seed <= runs; ++seed) {
        CAPTURE(seed);
        std::mt19937_64 random(seed);
        SimulatedMachine machine{.latency = 1e-4, .message = 1e-5, .overhead = 1e-4, .seed = seed};
        std::vector<std::uint32_t> sizes;
        for (auto node = 1 + random() % 6; node > 0; --node)
            sizes.push_back(static_cast<std::uint32_t>(1 + random() % 8));
        for (std::uint32_t node = 0; node < sizes.size(); ++node)
            machine.nodes.insert(machine.nodes.end(), sizes[node], node);
        machine.speeds.assign(machine.nodes.size(), 1.0);
        auto const largest = *std::max_element(sizes.begin(), sizes.end());
        SimulatedWork work{.policy = random() % 2 == 0 ? Policy::each : Policy::guided};
        if (random() % 2 == 0) work.window = 200;
        std::exponential_distribution<double> seconds(1.0);
        for (std::uint64_t i = 50 + random() % 500; i > 0; --i) {
            work.seconds.push_back(seconds(random));
            work.cores.push_back(
                random() % 3 != 0 ? 1 : static_cast<std::uint32_t>(1 + random() % largest));
        }
        std::sort(work.seconds.begin(), work.seconds.end(), std::greater<>());
        work.weights = work.seconds;
        auto const run = simulate(work, machine);
        // What takes so many cores has only the nodes of that size.
        auto least = *std::max_element(work.seconds.begin(), work.seconds.end());
        for (std::uint32_t width = 1; width <= largest; ++width) {
            double area = 0;
            for (std::size_t i = 0; i < work.cores.size(); ++i)
                if (work.cores[i] >= width) area += work.seconds[i] * work.cores[i];
            double slots = 0;
            for (auto const size : sizes)
                if (size >= width) slots += size;
            least = std::max(least, area / slots);
        }
        auto const ratio = run.makespan / least;
        REQUIRE(ratio > 0.999);
        worst = std::max(worst, ratio);
        sum += ratio;
    }
    MESSAGE("makespan by its lower bound: mean " << sum / runs << ", worst " << worst);
    CHECK(worst < 3);
    CHECK(sum / runs < 1.5);
}
