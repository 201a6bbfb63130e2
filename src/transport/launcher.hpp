#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <string>

namespace starmap::transport {

/// True if mpirun, or srun with PMI or PMIx, has started this process as one of several.
bool started_by_launcher();

/// This process' rank as the launcher tells it before MPI is up; 0 without a launcher. Good for
/// deciding who may print, and for nothing else.
int rank_before_mpi();

/// How many ranks the launcher has put on rank 0's node, this one if it is rank 0; 1 if it does not
/// tell.
std::uint32_t ranks_on_node();

/// Which one of the ranks on its node this process is, from 0, as the launcher tells; 0 if it does
/// not tell.
std::uint32_t rank_on_node();

/// True if the launcher leaves the other ranks alive when one dies: mpirun --enable-recovery of
/// Open MPI 4, which tells its ranks so by an environment variable.
bool survives_losses();

/// Under such an mpirun, which returns 0 whatever its ranks return: has it return something else,
/// by ending it. Only what is the last that a run which has failed does calls it. Without effect
/// where this process was not started by mpirun itself.
void fail_the_launcher();

/// The files in shared memory by which Open MPI carries messages on this node that this process has
/// mapped and that have a name still, by the rank whose they are.
std::map<std::uint32_t, std::string> shared_files();

/// Removes those of the ranks for which `of` is true: they are left where MPI_Finalize is not
/// called. Whoever has them open can use them further.
void remove_shared_files(std::function<bool(std::uint32_t rank)> const& of);

} // namespace starmap::transport
