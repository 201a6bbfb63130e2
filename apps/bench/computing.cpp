#include "benchmarks.hpp"
#include "runner.hpp"

#include <starmap/starmap.hpp>

#include <cstddef>
#include <cstdint>
#include <vector>

namespace bench {

namespace {

/// So many steps of a generator of random numbers, each of which needs the one before.
std::uint64_t mixed(std::uint64_t steps)
{
    auto x = steps;
    for (std::uint64_t i = 0; i < steps; ++i) x = x * 6364136223846793005u + 1442695040888963407u;
    return x;
}

/// Uneven: from next to nothing to some 40 ms.
std::vector<std::uint64_t> lengths()
{
    std::vector<std::uint64_t> result;
    for (std::uint64_t i = 1; i <= 400; ++i) result.push_back(i * 100'000);
    return result;
}

} // namespace

void compare_computing(Runner const& runner)
{
    auto const input = lengths();
    runner.compare(
        {.what = "a job that computes (raw: a loop)",
         .unit = "tasks/s",
         .amount = static_cast<double>(input.size())},
        [&] {
            if (runner.rank != 0) return 0.0; // waits for rank 0 in the session that follows
            std::uint64_t sum = 0;
            auto const seconds = seconds_of([&] {
                for (auto const steps : input) sum += mixed(steps);
            });
            return sum == 0 ? 0.0 : seconds;
        },
        [&](starmap::Session& session) {
            session
                .starmap(starmap::fn<mixed>, input,
                         {.weight = [](std::uint64_t steps) { return static_cast<double>(steps); }})
                .reduce();
        });
}

} // namespace bench
