#pragma once

#include <cstdint>

namespace starmap::records {

/// Threads that each of `workers` workers of a node of `node` cores may start for its tasks, when
/// each of them may use `usable` cores: all of these where every worker can have as many to itself,
/// else its share of them; at least 1.
std::uint32_t fair_threads(std::uint32_t usable, std::uint32_t node, std::uint32_t workers);

/// Sets OMP_NUM_THREADS to `count`, for the programs that tasks start and for adopt_task_threads(),
/// unless it has a value. Before any thread.
void set_task_threads(std::uint32_t count);

/// True if its value is the one that set_task_threads() has given it, here or before the fork.
bool task_threads_are_set() noexcept;

/// Tells the OpenMP library that this program uses, if any, to start OMP_NUM_THREADS threads for
/// what the calling thread runs: it has read the environment before main. A value that is no number
/// or a list, which the library has understood by itself, is left alone.
void adopt_task_threads();

/// Whether this program uses OpenMP, as a shared library.
bool has_openmp();

} // namespace starmap::records
