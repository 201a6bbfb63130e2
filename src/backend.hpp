#pragma once

#include "execution/zygote.hpp"
#include "roles/crew.hpp"
#include "roles/kept_workers.hpp"
#include "roles/worker_threads.hpp"
#include "transport/joined.hpp"

#include <starmap/settings.hpp>

#include <cstdint>
#include <memory>
#include <string>

namespace starmap::detail {

/// How a process of a session was started, and what it takes part in.
struct Launch {
    bool by_launcher = false; ///< by mpirun or srun: MPI is to be started
    int rank = 0;             ///< as the launcher tells it
    std::uint32_t ranks_on_node = 1;
    bool survive = false; ///< when a rank dies, the others are left alive
};
Launch find_launch();

/// Gives the tasks of this process their share of the node's cores for OpenMP threads of their own,
/// unless OMP_NUM_THREADS says how many they are to have; `speaks`: says so in the log.
void share_out_threads(Settings const& settings, Launch const& launch, bool speaks);

/// Says in the environment, as STARMAP_LOCAL_WORKER, which one of its node's workers the one of
/// this rank is, from 0; where one process keeps several, their own numbers say it. Before any
/// thread.
void tell_local_worker(Settings const& settings, Launch const& launch);

/// The zygote that a process needs for the workers that it keeps, made before MPI and any thread;
/// null if it keeps none.
std::unique_ptr<execution::Zygote> make_zygote(Settings const& settings, Launch const& launch);

/// The workers of rank 0's own machine that are no ranks, and the lines to all workers.
class Backend {
public:
    /// `mpi` may be null. Starts local workers. What is given must outlive it. Throws IoError.
    Backend(Settings const& settings, Launch const& launch, execution::Zygote* zygote,
            transport::Transport* mpi, std::string const& program);

    roles::Lines const& lines() const noexcept { return lines_; }

private:
    std::unique_ptr<roles::KeptWorkers> kept_;
    std::unique_ptr<roles::WorkerThreads> threads_;
    std::unique_ptr<transport::Joined> joined_;
    roles::Lines lines_;
};

} // namespace starmap::detail
