#pragma once

#include "scheduling/scheduler.hpp"
#include "scheduling/simulator.hpp"

#include <cstddef>
#include <cstdint>

namespace starmap::scheduling {

/// A hierarchy of two levels, which exists in simulation only: rank 0 hands large chunks to
/// sub-managers, one a node, and each of them hands parts on to the workers of its node. Both are
/// Schedulers. docs/performance.md has what it is for.
struct SimulatedHierarchy {
    std::size_t nodes = 1;
    SimulatedMachine node = {}; ///< the workers of each node, and their sub-manager's messages
    double latency = 0;         ///< of a message between rank 0 and a sub-manager [s]
    double message = 0;         ///< what rank 0 does for each message it takes in or sends [s]
    double row = 0; ///< and for each chunk of a worker's that such a message tells of [s]
};

struct HierarchyRun : SimulatedRun {
    double submanager_busy = 0; ///< of the busiest one [s]
    double manager_busy = 0;    ///< of rank 0 [s]
};

/// Runs the work; `messages` are rank 0's, `chunks` the workers', `busy` is in the order of the
/// nodes. A sub-manager counts as two workers of rank 0, so that it has the next chunk before the
/// last one is done; what it has not handed on it gives back when rank 0 asks. Work in its own
/// node's hands is never moved.
///
/// Throws as simulate() does; UsageError also for streams, groups and fixed blocks.
HierarchyRun simulate_hierarchy(SimulatedWork const& work, SimulatedHierarchy const& hierarchy,
                                Tuning tuning = {});

} // namespace starmap::scheduling
