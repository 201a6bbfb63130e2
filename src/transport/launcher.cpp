#include "transport/launcher.hpp"

#include <array>
#include <cstdlib>

namespace starmap::transport {

namespace {

// Open MPI's mpirun; PMIx (srun --mpi=pmix, prte); PMI-1 and -2 (srun --mpi=pmi2, Hydra). Not
// SLURM_PROCID: a batch script has it too, and under mpirun it is the daemon's.
constexpr std::array rank_variables{"OMPI_COMM_WORLD_RANK", "PMIX_RANK", "PMI_RANK"};

char const* rank_text()
{
    for (auto const* name : rank_variables)
        if (char const* const text = std::getenv(name)) return text;
    return nullptr;
}

} // namespace

bool started_by_launcher() { return rank_text() != nullptr; }

int rank_before_mpi()
{
    auto const* const text = rank_text();
    return text == nullptr ? 0 : std::atoi(text);
}

} // namespace starmap::transport
