#pragma once

#include <cstddef>

/// The same work by hand-written MPI: what a user would have without Starmap. Every function is
/// called by all ranks; rank 0 gets the seconds it took, the others 0.
namespace bench::raw {

/// A task and a result of 16 bytes.
struct Task {
    double x = 0;
    long i = 0;
};

/// A farm with one task in flight a worker: MPI_Send, MPI_Recv from any, MPI_Send to that one.
double farm(long tasks);

/// Each worker sends `count` buffers of `bytes`, one after the other, on request. Either all that
/// moves is one buffer into another, over and over (`fresh` false); or the worker makes each result
/// anew and rank 0 receives it into a vector of its own, as a program does that has results and
/// keeps them (`fresh` true).
double transfer(int count, std::size_t bytes, bool fresh);

} // namespace bench::raw
