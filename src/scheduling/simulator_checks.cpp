#include "scheduling/simulator_checks.hpp"

#include <starmap/error.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <map>

namespace starmap::scheduling {

namespace {

void check_figure(char const* name, double value, double least)
{
    if (std::isfinite(value) && value >= least) return;
    throw UsageError(
        fmt::format("{} is {} (a simulation counts in finite seconds): give a number from {} up",
                    name, value, least));
}

void check_length(char const* name, std::size_t length, std::size_t units)
{
    if (length == 0 || length == units) return;
    throw UsageError(fmt::format("{} {} do not go with {} units (each unit has one): give as many, "
                                 "or none",
                                 length, name, units));
}

} // namespace

void check(SimulatedWork const& work, SimulatedMachine const& machine)
{
    if (machine.speeds.empty())
        throw UsageError("The simulated machine has no worker (nobody would do the work): give at "
                         "least one speed");
    for (auto const speed : machine.speeds) {
        check_figure("a worker's speed", speed, 0);
        if (speed == 0)
            throw UsageError("a worker's speed is 0 (its first chunk would never end): give a "
                             "number greater than 0");
    }
    check_figure("latency", machine.latency, 0);
    check_figure("jitter", machine.jitter, 0);
    check_figure("message", machine.message, 0);
    check_figure("overhead", machine.overhead, 0);
    for (auto const seconds : work.seconds) check_figure("a unit's time", seconds, 0);
    for (auto const weight : work.weights) check_figure("a unit's weight", weight, 0);
    check_length("weights", work.weights.size(), work.seconds.size());
    check_length("groups", work.groups.size(), work.seconds.size());
    check_length("cores", work.cores.size(), work.seconds.size());
    if (!machine.nodes.empty() && machine.nodes.size() != machine.speeds.size())
        throw UsageError(
            fmt::format("{} nodes do not go with {} workers (each worker has one): give "
                        "as many, or none",
                        machine.nodes.size(), machine.speeds.size()));
    std::map<std::uint32_t, std::uint32_t> sizes;
    std::uint32_t largest = 0;
    for (std::size_t i = 0; i < machine.speeds.size(); ++i)
        largest = std::max(largest, ++sizes[machine.nodes.empty() ? 0 : machine.nodes[i]]);
    for (auto const cores : work.cores)
        if (cores == 0 || cores > largest)
            throw UsageError(
                fmt::format("a unit takes {} cores (it is done by workers of one node, "
                            "and the largest has {}): give a number from 1 to that",
                            cores, largest));
    std::uint64_t next = 0;
    for (auto const& block : work.blocks) {
        if (block.first != next || block.count == 0)
            throw UsageError(fmt::format("a block of {} units begins at {} (blocks follow one "
                                         "another without a gap, and none is empty): begin at {}",
                                         block.count, block.first, next));
        next += block.count;
    }
    if (next != (work.policy == Policy::blocks ? work.seconds.size() : 0))
        throw UsageError(fmt::format("the blocks hold {} of {} units under the policy {} (under "
                                     "blocks they hold all, else none): give such blocks",
                                     next, work.seconds.size(), to_string(work.policy)));
}

} // namespace starmap::scheduling
