#pragma once

#include <starmap/error.hpp>
#include <starmap/task_record.hpp>

#include <cstdint>
#include <map>
#include <span>
#include <string>

namespace starmap::report {

/// What is known when a session begins. Times are seconds since the start of the run.
struct RunInfo {
    std::string command_line;
    std::string start_time; ///< ISO 8601, UTC
    std::string mpi_library;
    std::string slurm_job_id;
    std::string distribute;
    std::uint32_t num_workers = 0;
    std::uint64_t seed = 0;
};

/// A worker as it introduced itself, and what it has done so far.
struct WorkerInfo {
    std::uint32_t worker = 0;
    std::int32_t rank = 0;
    std::string hostname;
    std::int64_t pid = 0;
    std::uint32_t cores = 0;
    std::uint64_t tasks = 0; ///< attempts it has run
    double busy = 0;         ///< seconds inside tasks, unpacking and packing included
    double first = 0;        ///< start of its first task [s since run start], NaN before
    double last = 0;         ///< end of its last task [s since run start], NaN before
};

/// A Starmap, at its opening (end is NaN) and at its end.
struct StarmapInfo {
    std::uint32_t starmap = 0; ///< from 1
    std::string name;
    bool is_private = false;       ///< leading underscore: logged at debug, no rows
    std::uint64_t tasks = 0;       ///< task attempts that came back so far
    std::uint64_t items = 0;       ///< items read so far
    bool total_known = true;       ///< false for a generator that is not exhausted
    double weight_total = 0;       ///< sum of the weights of the items read so far
    std::uint64_t tasks_total = 0; ///< starmap and fixed chunks: number of tasks; 0 if unknown
    std::uint64_t tasks_done = 0;  ///< of them, without failed ones; results of earlier runs count
    std::uint64_t tasks_known = 0; ///< of tasks_done, those of earlier runs
    double start = 0;
    double end = 0;
    std::int64_t sent = 0;         ///< bytes of arguments, shared ones included
    std::int64_t received = 0;     ///< bytes of results
    std::int64_t received_max = 0; ///< bytes of the largest result
    std::string policy;            ///< "guided", "blocks" or "each"
    std::uint64_t failures = 0;
    std::uint32_t moves = 0;       ///< times that a worker gave work back for others
    std::uint64_t moved_items = 0; ///< units that so changed hands
};

/// What the units of one key of a Starmap have taken, as far as it ended ok.
struct CostInfo {
    std::uint32_t group = 0; ///< number of the key in its Starmap
    std::string key;         ///< as text; empty where there are no keys
    double seconds = 0;
    double weight = 0;
    double units = 0; ///< items; of fixed chunks that are one task: chunks
};

/// Where rank 0's own time went since the start of the session [s].
struct ManagerTime {
    double main = 0;     ///< in main itself: outside of Starmaps, and between results of one
    double input = 0;    ///< reading the input of Starmaps, weights and keys included
    double results = 0;  ///< decoding and combining results
    double messages = 0; ///< scheduling, packing, sending, the record
    double waiting = 0;  ///< nothing to do
    double tasks = 0;    ///< in tasks that it ran itself

    double total() const noexcept { return main + input + results + messages + waiting + tasks; }
};

/// What goes on at one moment.
struct Pulse {
    /// The chunks of one Starmap that workers are at.
    struct Running {
        std::uint32_t workers = 0;
        double seconds = 0; ///< that they have been at what they have not reported, their sum
    };

    double now = 0;                           ///< [s since run start]
    std::uint32_t workers = 0;                ///< that live
    std::map<std::uint32_t, Running> running; ///< by number of the Starmap
    std::uint64_t chunks = 0;                 ///< that came back so far
    ManagerTime manager;
};

/// Watches a session on rank 0: the record, the progress display, the journal. No call may block
/// for long or throw; an observer that can no longer work says so by failure().
class Observer {
public:
    virtual ~Observer() = default;

    virtual void run_started(RunInfo const&) {}
    /// Called for each worker at its start, and again whenever its figures are brought up to date.
    virtual void worker_changed(WorkerInfo const&) {}
    virtual void starmap_opened(StarmapInfo const&) {}
    /// Attempts that came back, of the one Starmap given. `done_weight` is all its weight done.
    virtual void tasks_done(StarmapInfo const&, std::span<TaskRecord const>, double done_weight)
    {
        (void)done_weight;
    }
    /// The same of tasks that have names of their own, one a record.
    virtual void named_tasks_done(StarmapInfo const& starmap, std::span<TaskRecord const> records,
                                  std::span<std::string const> names, double done_weight)
    {
        (void)names;
        tasks_done(starmap, records, done_weight);
    }
    /// What the scheduler has learned of a Starmap: at its end, and each second if its keys are
    /// few.
    virtual void costs_learned(StarmapInfo const&, std::span<CostInfo const>) {}
    virtual void operations_done(std::span<OperationRecord const>) {}
    virtual void task_failed(TaskFailure const&) {}
    virtual void starmap_closed(StarmapInfo const&) {}
    /// Ten times a second at the most, and before the end.
    virtual void pulse(Pulse const&) {}
    /// Called often while rank 0 waits, and between results; `now` in seconds since run start.
    virtual void tick(double now) { (void)now; }
    /// The last call. `in_order` is false when an exception ended main.
    virtual void run_ended(bool in_order) { (void)in_order; }
    /// Empty, or one sentence saying what can no longer be recorded, and why.
    virtual std::string failure() const { return {}; }
};

} // namespace starmap::report
