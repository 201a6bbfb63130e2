#pragma once

namespace bench {

struct Runner;

// What can be measured, each by all ranks together; rank 0 prints. The table in main.cpp gives them
// their names.

/// Tasks and map items that do nothing, against a farm by hand.
void compare_tasks(Runner const& runner);
/// Results of 1 MB and of 100 MB, against the same bytes by MPI_Send.
void compare_bulk(Runner const& runner);
/// A million structs added up, against equal shares and MPI_Reduce.
void compare_reduction(Runner const& runner);
/// The peak memory of rank 0 with long inputs, large results and a slow consumer.
void show_memory(Runner const& runner);
/// Time for each task, and peak memory of rank 0, from a thousand tasks to ten million.
void show_length(Runner const& runner);
/// 256 MB that all workers need, against a loop of MPI_Send and MPI_Bcast.
void compare_broadcasts(Runner const& runner);
/// What a checkpoint costs: the same tasks with one and without.
void show_checkpoint(Runner const& runner);
/// CPU time of rank 0 for each chunk, by the size of its items, and for each of many short tasks.
void show_manager(Runner const& runner);
/// CPU time of those that wait.
void show_waiting(Runner const& runner);
/// Makespan of uneven tasks that sleep, so that there may be more workers than cores.
void show_sleeping(Runner const& runner);
/// The part of the workers' time that is spent in tasks of 1 us to 1 ms.
void show_shares(Runner const& runner);
/// A job that computes, against a loop without MPI.
void compare_computing(Runner const& runner);

} // namespace bench
