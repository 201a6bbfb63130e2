#pragma once

#include "scheduling/chunk.hpp"
#include "scheduling/scheduler.hpp"

#include <cstddef>
#include <cstdint>
#include <vector>

namespace starmap::scheduling {

/// One Starmap as the scheduler sees it, and what its units really take.
struct SimulatedWork {
    Policy policy = Policy::guided;
    std::vector<double> seconds = {};       ///< of each unit on a worker of speed 1, by position
    std::vector<double> weights = {};       ///< stated, heaviest first in each group; empty: all 1
    std::vector<std::uint32_t> groups = {}; ///< equal ones side by side; empty: one group
    std::vector<Range> blocks = {};         ///< of Policy::blocks: all units, in order
    std::size_t window = 0; ///< units that are read at a time, of a stream; 0: all at once
    Cost expected = {};     ///< what an earlier run tells; nothing if it has no units
    std::vector<std::uint32_t> cores = {}; ///< that each takes; empty: all 1
};

/// Rank 0 and its workers. Rank 0 takes in and sends messages one at a time.
struct SimulatedMachine {
    std::vector<double> speeds = {}; ///< of each worker; 1 is the one that the seconds are for
    double latency = 0;              ///< of each message [s]
    double jitter = 0;   ///< a message takes up to this times the latency longer, by the seed
    double message = 0;  ///< what rank 0 does for each message it takes in or sends [s]
    double overhead = 0; ///< of a worker for each chunk [s]
    std::uint64_t seed = 1;
    std::vector<std::uint32_t> nodes = {}; ///< of each worker, from 0; empty: one for all

    /// `workers` workers of speed 1.
    static SimulatedMachine alike(std::size_t workers);
};

/// What came of it; seconds are virtual.
struct SimulatedRun {
    double makespan = 0; ///< until rank 0 has taken in the last result
    double ideal = 0;    ///< the larger of all work (seconds times cores) on all workers and the
                         ///< longest unit on the fastest: no schedule is shorter
    std::vector<double> busy = {}; ///< of each worker, in units
    std::uint64_t chunks = 0;      ///< handed out
    std::uint64_t messages = 0;    ///< both ways
    std::uint64_t recalls = 0;     ///< times that a worker was asked to give work back
    std::uint64_t moved = 0;       ///< units that came back so
    std::size_t most_held = 0;     ///< chunks in workers' hands at once
    std::size_t most_due = 0;      ///< results at once that were begun and not taken in

    /// makespan / ideal - 1; 0 where there is no work.
    double loss() const noexcept { return ideal > 0 ? makespan / ideal - 1 : 0; }
};

/// Runs the production Scheduler in virtual time; the same arguments give the same run. A worker
/// reports as a real one does: once for a chunk, of Policy::each also each time 5 ms have passed at
/// the end of a task. It takes time O((units + reports) log reports).
///
/// Throws UsageError when the arguments do not go together, and ProtocolError when the scheduler
/// breaks a promise: a unit handed out twice or left over, work left with nobody to do it, more
/// than two chunks in one worker's hands, more cores of a node taken than it has workers.
SimulatedRun simulate(SimulatedWork const& work, SimulatedMachine const& machine,
                      Tuning tuning = {});

} // namespace starmap::scheduling
