#pragma once

namespace bench {

/// Compares ways to bring 256 MB from rank 0 to all others, `rounds` times in turns, and prints the
/// medians on rank 0. All ranks call it, between MPI_Init and MPI_Finalize.
void compare_broadcasts(int argc, char** argv, int rounds);

} // namespace bench
