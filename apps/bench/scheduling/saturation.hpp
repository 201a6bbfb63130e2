#pragma once

#include "scheduling/simulator.hpp"

#include <cstddef>
#include <vector>

namespace bench::scheduling {

/// What is simulated to see from where on one rank 0 is the limit.
struct Saturation {
    std::vector<std::size_t> ranks;     ///< workers
    std::size_t items = 100;            ///< for each worker
    std::size_t most_items = 2'000'000; ///< with more no least mean is looked for, as it takes long
    std::size_t node = 64;              ///< workers of a node, which share a sub-manager
    double row = 0; ///< rank 0 takes this for each chunk of a node that it hears of [s]
    starmap::scheduling::SimulatedMachine machine = {}; ///< its figures; one worker
};

/// Prints tables of efficiency (ideal / makespan), by workers and by the mean seconds of an item:
/// with one rank 0, and with a sub-manager on each node below it.
void print_saturation(Saturation const& what);

} // namespace bench::scheduling
