#include "scheduling/simulator.hpp"

#include "scheduling/simulation.hpp"
#include "scheduling/simulator_checks.hpp"

namespace starmap::scheduling {

SimulatedMachine SimulatedMachine::alike(std::size_t workers)
{
    return {.speeds = std::vector<double>(workers, 1.0)};
}

SimulatedRun simulate(SimulatedWork const& work, SimulatedMachine const& machine, Tuning tuning)
{
    check(work, machine);
    return Simulation(work, machine, tuning).run();
}

} // namespace starmap::scheduling
