#pragma once

#include <starmap/types.hpp>

#include <cstddef>
#include <cstdint>
#include <string>

namespace starmap {

/// What a run can be told from outside. Each member `x` has an environment name STARMAP_X and an
/// argument --starmap-x=VALUE; the argument beats the environment, which beats the code.
struct Settings {
    /// Where tasks run: "mpi" (the ranks), "processes" or "threads" (workers of this machine), "no"
    /// (all inside rank 0, for a debugger) or "" (mpi when started by mpirun or srun, else
    /// processes).
    std::string distribute;
    /// Number of workers with "processes" and "threads"; 0: as many as there are cores that this
    /// process may use.
    std::uint32_t workers = 0;
    /// Tasks run in processes of their own, so that one that crashes, hangs or eats memory costs
    /// that task and not the job.
    bool isolate = true;
    /// Under mpirun and srun, rank 0 computes too, in a worker of its own: "on", "off" or "auto"
    /// (where the cores allow it).
    std::string manager_works = "auto";
    /// Path of the HDF5 record; "none" writes none.
    std::string task_info = "task_info.h5";
    /// Path of the HDF5 record of an earlier run, whose costs are expected of this one; "" or
    /// "none": of none.
    std::string learn;
    /// File that keeps finished results; the same command with it resumes. Empty: none.
    std::string checkpoint;
    /// One task that is to be run again in this process, for a debugger: "RECORD#TASK" (a number of
    /// the record task_info.h5), "RECORD#STARMAP#TASK" or "STARMAP#TASK", a Starmap by its name or
    /// number. Empty: the whole program runs.
    std::string replay;
    /// Least severe level logged on rank 0's stderr: debug, info, warning, error or off.
    std::string log = "info";
    /// How progress is shown on stderr: auto (a bar on a terminal, else log lines), bar, log, none.
    std::string progress = "auto";
    /// Default of Options::concurrent_tasks; 0: not given.
    std::size_t concurrent_tasks = 0;
    /// Default of Options::on_failure: raise or collect.
    OnFailure on_failure = OnFailure::raise;
    /// Default of Options::retries.
    unsigned retries = 0;
    /// Default of Options::timeout [s].
    double timeout = 0;
    /// Default of Options::max_rss [bytes].
    std::size_t max_rss = 0;
    /// Percent of the memory limit (cgroup, Slurm, node) above which a worker warns.
    double soft_mem = 90;
    /// Percent of the memory limit (cgroup, Slurm, node) at which a task is refused.
    double hard_mem = 100;
    /// When the work must have ended: a time (ISO 8601), seconds since 1970, "+SECONDS" from the
    /// start, "none", or "" (the end of the Slurm job, where this is one).
    std::string deadline;
    /// Seconds that tasks which run get to end when a signal stops the work.
    double grace = 30;
    /// Bytes of results that rank 0 takes in ahead of their turn: while so many wait there, or are
    /// arriving, workers keep theirs. The one result that all others wait for always comes.
    std::size_t result_buffer = std::size_t{256} << 20;
    /// Seed of the session, from which Monitor::seed derives all others.
    std::uint64_t seed = 42;
    /// The elements of a NodeArray that is a shared argument exist once on each node.
    bool node_shared = true;
};

} // namespace starmap
