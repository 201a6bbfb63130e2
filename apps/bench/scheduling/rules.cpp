// How other runtimes cut a loop into chunks, as functions of the number of items and workers alone.
#include "scheduling/workloads.hpp"

#include <algorithm>
#include <cmath>
#include <functional>
#include <numeric>

namespace bench::scheduling {

using starmap::scheduling::Range;

namespace {

std::size_t ceil_of(std::size_t a, std::size_t b) { return (a + b - 1) / b; }

/// Cuts as long as anything is left; `size` gets what is left and the number of chunks so far.
std::vector<Range> cut_by(std::size_t count,
                          std::function<std::size_t(std::size_t, std::size_t)> const& size)
{
    std::vector<Range> chunks;
    for (std::size_t first = 0; first < count;) {
        auto const left = count - first;
        auto const taken = std::clamp<std::size_t>(size(left, chunks.size()), 1, left);
        chunks.push_back({.first = first, .count = static_cast<std::uint32_t>(taken)});
        first += taken;
    }
    return chunks;
}

std::vector<Range> trapezoid(std::size_t count, std::size_t workers)
{
    auto const first = static_cast<double>(ceil_of(count, 2 * workers));
    auto const steps = std::ceil(2 * static_cast<double>(count) / (first + 1)) - 1;
    auto const fall = steps > 0 ? (first - 1) / steps : 0;
    return cut_by(count, [=](std::size_t, std::size_t number) {
        return static_cast<std::size_t>(std::max(1.0, first - fall * static_cast<double>(number)));
    });
}

std::vector<Range> factoring(std::size_t count, std::size_t workers)
{
    std::size_t batch = 0;
    return cut_by(count, [=](std::size_t left, std::size_t number) mutable {
        if (number % workers == 0) batch = ceil_of(left, 2 * workers);
        return batch;
    });
}

std::vector<Range> by_weight(std::vector<double> const& weights, std::size_t blocks)
{
    auto const most =
        std::accumulate(weights.begin(), weights.end(), 0.0) / static_cast<double>(blocks);
    std::vector<Range> chunks;
    double weight = 0;
    for (std::size_t i = 0; i < weights.size(); ++i) {
        if (chunks.empty() || weight + weights[i] > most) {
            chunks.push_back({.first = i});
            weight = 0;
        }
        ++chunks.back().count;
        weight += weights[i];
    }
    return chunks;
}

} // namespace

char const* to_string(Rule rule) noexcept
{
    switch (rule) {
    case Rule::static_: return "STATIC";
    case Rule::ss: return "SS";
    case Rule::gss: return "GSS";
    case Rule::tss: return "TSS";
    case Rule::fac2: return "FAC2";
    case Rule::w5p: return "W5P";
    }
    return "unknown";
}

std::vector<Range> cut(Rule rule, Items const& items, std::size_t workers)
{
    auto const count = items.seconds.size();
    switch (rule) {
    case Rule::static_:
        return cut_by(count, [&](std::size_t, std::size_t) { return ceil_of(count, workers); });
    case Rule::ss: break;
    case Rule::gss:
        return cut_by(count, [&](std::size_t left, std::size_t) { return ceil_of(left, workers); });
    case Rule::tss: return trapezoid(count, workers);
    case Rule::fac2: return factoring(count, workers);
    case Rule::w5p: return by_weight(items.weights, 5 * workers);
    }
    return cut_by(count, [](std::size_t, std::size_t) { return std::size_t{1}; });
}

starmap::scheduling::SimulatedRun
simulate_rule(Rule rule, Items const& items, starmap::scheduling::SimulatedMachine const& machine)
{
    // Blocks of weight 0 keep the order they were made in.
    starmap::scheduling::SimulatedWork const work{.policy = starmap::scheduling::Policy::blocks,
                                                  .seconds = items.seconds,
                                                  .blocks =
                                                      cut(rule, items, machine.speeds.size())};
    return starmap::scheduling::simulate(work, machine, {.prefetch = 0, .pilots = false});
}

} // namespace bench::scheduling
