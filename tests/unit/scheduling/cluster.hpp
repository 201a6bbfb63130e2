#pragma once

#include "scheduling/simulator.hpp"

#include <cstddef>
#include <cstdint>

/// Workers of speed 1 on a quick network, with a rank 0 that takes 10 us for a message.
inline starmap::scheduling::SimulatedMachine cluster(std::size_t workers, std::uint64_t seed)
{
    auto machine = starmap::scheduling::SimulatedMachine::alike(workers);
    machine.latency = 5e-6;
    machine.jitter = 1;
    machine.message = 10e-6;
    machine.overhead = 5e-6;
    machine.seed = seed;
    return machine;
}
