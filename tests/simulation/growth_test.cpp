#include "simulation/cluster.hpp"

#include <doctest/doctest.h>

#include <cstdint>
#include <optional>
#include <set>
#include <stdexcept>
#include <string>
#include <vector>

using simulation::Cluster;
using simulation::Counting;
using simulation::for_clusters;
using simulation::numbers;
using starmap::Emitter;
using starmap::Monitor;

namespace {

/// Tasks that have failed once in this run. All workers are of this process.
std::set<std::uint64_t>& failed()
{
    static std::set<std::uint64_t> all;
    return all;
}

/// A random tree: what a task emits, how many children it has, and whether its first attempt fails
/// at the end, all follow from its seed.
void branch(std::int64_t depth, Monitor& monitor, Emitter<double>& emitter)
{
    auto const seed = monitor.seed();
    for (std::uint64_t i = 0; i < seed % 3; ++i)
        emitter.emit(1.0 / static_cast<double>(monitor.seed(i) % 1000 + 1));
    if (depth > 0)
        for (std::uint64_t i = 0; i < seed / 3 % 4; ++i) emitter.submit(depth - 1);
    if (seed / 12 % 5 == 0 && failed().insert(monitor.task_no()).second)
        throw std::runtime_error("the first attempt fails");
}

struct Answer {
    double reduced = 0;
    double with_state = 0;
    double streamed = 0;
    std::vector<double> collected;
    std::vector<double> folded;
    std::vector<double> iterated;
    std::uint64_t done = 0;
    bool operator==(Answer const&) const = default;
};

Answer answer_of(Cluster& cluster, std::int64_t count)
{
    auto& session = cluster.session();
    // Each from a Starmap of its own, hence with other seeds.
    auto const items = numbers(count);
    auto const depth = [](std::int64_t i) { return i % 6; };
    std::vector<std::int64_t> depths;
    for (auto const i : items) depths.push_back(depth(i));
    auto const weight = [](std::int64_t i) { return static_cast<double>(i); };
    auto const key = [](std::int64_t i) { return i % 2; };
    auto const tasks = [&](starmap::Options<std::int64_t> options = {}) {
        failed().clear();
        options.retries = 1;
        return session.map(starmap::fn<branch>, depths, std::move(options));
    };
    Answer answer;
    answer.reduced = tasks().reduce();
    double offset = 0;
    auto const with_state = [&offset](double a, double b) { return a + b + offset; };
    answer.with_state = tasks({.weight = weight, .key = key}).reduce(with_state);
    failed().clear();
    answer.streamed = session.starmap(starmap::fn<branch>, Counting(5), {.retries = 1}).reduce();
    answer.collected = tasks({.concurrent_tasks = 3}).collect();
    auto const append = [](std::vector<double> all, double next) {
        all.push_back(next);
        return all;
    };
    answer.folded = tasks({.weight = weight}).reduce(append, std::vector<double>());
    for (auto const value : tasks().results(starmap::Order::canonical))
        answer.iterated.push_back(value);
    answer.done = tasks().wait();
    return answer;
}

} // namespace

TEST_CASE("growing work gives the same bits on any number of workers, in any order, with retries")
{
    for (std::int64_t const count : {1, 9}) {
        std::optional<Answer> first;
        for_clusters(4, [&](Cluster& cluster) {
            auto const answer = answer_of(cluster, count);
            if (!first) first = answer;
            CHECK(answer == *first);
        });
        CHECK(first->done >= static_cast<std::uint64_t>(count));
    }
}

TEST_CASE("growing work that fails, or is left, ends in order")
{
    std::optional<std::size_t> failures;
    for_clusters(3, [&](Cluster& cluster) {
        auto& session = cluster.session();
        std::vector<std::int64_t> const depths(20, 5);
        failed().clear();
        CHECK_THROWS_AS(session.map(starmap::fn<branch>, depths).reduce(), starmap::TaskError);
        failed().clear();
        int taken = 0;
        for ([[maybe_unused]] auto const value :
             session.map(starmap::fn<branch>, depths, {.retries = 1}))
            if (++taken == 7) break;
        CHECK(taken == 7);
        failed().clear();
        auto collected = session.starmap(starmap::fn<branch>, depths,
                                         {.on_failure = starmap::OnFailure::collect});
        collected.reduce();
        if (!failures) failures = collected.failures().size();
        CHECK(collected.failures().size() == *failures);
        CHECK(*failures > 0);
    });
}
