#pragma once

namespace starmap::transport {

/// True if mpirun, or srun with PMI or PMIx, has started this process as one of several.
bool started_by_launcher();

/// This process' rank as the launcher tells it before MPI is up; 0 without a launcher. Good for
/// deciding who may print, and for nothing else.
int rank_before_mpi();

} // namespace starmap::transport
