#pragma once

#include <cstdint>

namespace starmap::transport {

/// True if mpirun, or srun with PMI or PMIx, has started this process as one of several.
bool started_by_launcher();

/// This process' rank as the launcher tells it before MPI is up; 0 without a launcher. Good for
/// deciding who may print, and for nothing else.
int rank_before_mpi();

/// How many ranks the launcher has put on rank 0's node, this one if it is rank 0; 1 if it does not
/// tell.
std::uint32_t ranks_on_node();

} // namespace starmap::transport
