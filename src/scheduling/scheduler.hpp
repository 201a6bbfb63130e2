#pragma once

#include "scheduling/chunk.hpp"
#include "scheduling/cost_model.hpp"
#include "scheduling/nodes.hpp"
#include "scheduling/tuning.hpp"
#include "scheduling/unit_pool.hpp"
#include "scheduling/wide_work.hpp"

#include <algorithm>
#include <cstdint>
#include <deque>
#include <limits>
#include <map>
#include <optional>
#include <span>
#include <vector>

namespace starmap::scheduling {

/// What a worker may be given.
enum class WorkerKind : std::uint8_t {
    remote, ///< any job that is not in place
    local,  ///< only jobs in place: the manager's own process
};

struct JobSpec {
    Policy policy = Policy::guided;
    bool in_place = false;     ///< run by the local worker, and by it alone
    std::uint16_t retries = 0; ///< further attempts of what failed
    bool divisible = false;    ///< a chunk that is being run can be ended between two units
    bool counts_cores = true;  ///< else its units take one worker each, whatever they ask for
};

/// A worker is asked to give back what it has not begun of a chunk.
struct Recall {
    WorkerId worker = 0;
    ChunkId chunk = 0;
    JobId job = 0;
};

/// What a worker says of a chunk it holds. A chunk may be reported in several pieces.
struct Report {
    ChunkId chunk = 0;
    std::uint32_t done = 0; ///< units of this piece that were attempted, in order
    double weight = 0;      ///< of this piece
    double seconds = 0;     ///< busy time of this piece
    bool last = true;       ///< the worker has let go of the chunk; what it did not attempt
                            ///< goes back to the pool, or is dropped when the job is cancelled
    std::span<Range const> failed = {}; ///< of this piece, positions counted from its first
    /// Further attempts that each of these may have; empty: as many as those of its job.
    std::span<std::uint16_t const> retries = {};
    bool teaches = true;           ///< false: what it took says nothing of what others will take
    bool for_want_of_time = false; ///< these failures are none: the tasks would have taken too long
};

/// What became of a report.
struct Verdict {
    Chunk chunk;                          ///< as it was handed out
    Range piece;                          ///< the part that the report was of
    std::vector<Range> given_up;          ///< failed, and no retry is left
    std::uint64_t moved = 0;              ///< units that came back because they were asked for
    std::vector<WorkerId> kept_idle = {}; ///< while it ran, as it takes several cores
};

/// Decides which worker runs which units when: events in, assignments out; it knows no messages,
/// no clock and no items. Invariant: each unit of a job that is not cancelled is at any time in
/// exactly one place - the pool, the retries, one worker's hands, or done.
class Scheduler {
public:
    explicit Scheduler(Tuning tuning = {}) : tuning_(tuning) {}

    /// Workers with the same number of a node, counted from 0, share it.
    WorkerId add_worker(WorkerKind kind, std::uint32_t node = 0);
    /// The worker is gone: what it held goes back, and its retries are not charged for it.
    void lost(WorkerId worker);
    /// Workers of the largest node, the most cores that a unit can take.
    std::uint32_t largest_node() const noexcept { return nodes_.largest(); }
    /// Units that take more than that, since workers were lost, and wait, be it for a further
    /// attempt: they count as given up. The chunks are nobody's.
    std::vector<Chunk> take_too_wide();
    bool counts_cores(JobId job) const { return find(job).spec.counts_cores; }

    /// The worker died of this chunk, and another is in its place that holds the rest. Of the units
    /// that were not reported those of `blamed` have failed, the others go back. If its count is 0
    /// nobody knows which is to blame: all go back in two halves, so that the one to blame is found
    /// in the end; a single one is to blame. `retries`: the further attempts that these may have,
    /// where that is not the job's number. Throws ProtocolError as report() does.
    Verdict died(WorkerId worker, ChunkId chunk, Range blamed,
                 std::optional<std::uint16_t> retries = {});
    /// The units of a chunk that were not reported. Throws ProtocolError as report() does.
    Range unreported(WorkerId worker, ChunkId chunk) const;

    void open(JobId job, JobSpec spec);
    /// What an earlier run tells of an open job: of all groups, and of one. Before its units come.
    void expect(JobId job, Cost const& earlier);
    void expect(JobId job, std::uint32_t group, Cost const& earlier);
    /// Units for an open job, from its input or submitted by its tasks; positions go on from the
    /// last ones. Of a job that was cancelled they are dropped.
    void add_uniform(JobId job, std::uint64_t count);
    /// `cores`: what each takes, at least 1; empty: 1.
    void add(JobId job, UnitPool::Weights weights, std::span<std::uint32_t const> groups,
             std::span<std::uint32_t const> cores = {});
    void add_blocks(JobId job, std::vector<Range> blocks);
    /// The next positions are none of the scheduler's: their results are known.
    void skip(JobId job, std::uint64_t count);
    /// Units of positions that were skipped are to be done after all.
    void put_back(JobId job, Range range);
    void end_input(JobId job);
    /// Nothing more of this job is handed out.
    void cancel(JobId job);
    /// Holds a job back while its consumer cannot take more results. What was begun is finished all
    /// the same, and the chunk that begins at `but` is handed out: the one that an ordered consumer
    /// waits for, without which it would never take any.
    void hold(JobId job, bool held, std::optional<std::uint64_t> but = {});
    void close(JobId job);
    /// Seconds in which all that is handed out from now on should be done; infinite unless told.
    /// Chunks shrink to fit, what cannot fit stays, and with no second left nothing is handed out.
    void set_time_left(double seconds) noexcept { time_left_ = seconds; }

    /// The next chunk to hand out, work of `preferred` before that of the others. Empty when no
    /// worker wants work, or no work is left for those that do.
    std::optional<Chunk> next(JobId preferred);
    /// What to ask back, to be called when next() has nothing more: while workers are idle, those
    /// that have the most left are to give some of it. Each of these chunks is asked for once; its
    /// report, with what was done of it, is the answer. O(workers), and not done more often than
    /// it can change anything.
    std::vector<Recall> recalls();
    /// When recalls() may have something without any further event; infinite if never.
    double next_look() const noexcept;
    /// The time from here on [s, of any clock that goes on steadily].
    void set_time(double now) noexcept { now_ = now; }
    /// Throws ProtocolError if this worker does not hold that chunk, or less of it.
    Verdict report(WorkerId worker, Report const& report);

    /// True if further units could be of use now: little of the input is left in the pool.
    bool wants_units(JobId job) const;
    /// All units were read, and each was done, given up or dropped.
    bool done(JobId job) const;
    /// Nothing that was read is left to be done, whether or not more will be read.
    bool drained(JobId job) const;
    /// Work is left of it, but all that came back is back, and next() has found nothing for it that
    /// would be done in the time left.
    bool out_of_time(JobId job) const;
    std::uint64_t in_flight(JobId job) const; ///< chunks in workers' hands
    double weight_done(JobId job) const;
    /// Workers that are at a chunk.
    struct Running {
        std::uint32_t workers = 0;
        double seconds = 0; ///< for which they have been at what they have not reported of it
    };
    /// By the job of each worker's first chunk. O(workers).
    std::map<JobId, Running> running() const;
    /// What results of this run have taught so far.
    CostModel const& costs(JobId job) const;
    bool idle() const noexcept { return chunks_out_ == 0; }
    /// Workers alive that run jobs of the ordinary kind.
    std::uint32_t remote_workers() const noexcept { return remote_workers_; }
    std::span<Chunk const> held_by(WorkerId worker) const;
    /// Those that are kept idle for what it does.
    std::vector<WorkerId> kept_idle_by(WorkerId worker) const { return nodes_.taken_by(worker); }

private:
    /// A group that nothing is known of, and where its first run began.
    struct Stranger {
        std::uint64_t position = 0;
        std::uint32_t group = 0;
        double weight = 0; ///< of its first unit
    };
    struct Job {
        JobSpec spec;
        UnitPool pool;
        std::deque<Stranger> strangers;
        std::deque<Retry> retries;
        std::optional<WideWork> wide; ///< nothing while it has had no unit of several cores
        CostModel costs;
        std::uint64_t in_flight = 0;
        double weight_done = 0;
        std::uint64_t set_aside = 0; ///< units that came back for want of time
        double pilot_weight = 0;     ///< of a pilot; 0 until the first one
        bool no_pilots = false;      ///< no unit that came so far is light enough for one
        bool too_long = false;       ///< at the last try nothing of it would have been done in time
        bool wide_too_long = false;  ///< likewise, of its units of several cores
        bool input_ended = false;
        bool held = false;
        std::optional<std::uint64_t> held_but;
        bool cancelled = false;
    };
    struct Worker {
        WorkerKind kind = WorkerKind::remote;
        bool alive = true;
        /// The queue it stands in; entries in others are left over and passed by, and cleared away
        /// when there are many.
        std::deque<WorkerId> const* queue = nullptr;
        std::vector<Chunk> held;
        std::vector<std::uint32_t> reported; ///< units of each that were reported
        double begun = 0;     ///< when it began, about, what it has not reported of the first
        ChunkId asked = 0;    ///< back, and not ended yet
        double predicted = 0; ///< of what it has reported of late: the seconds that were predicted
        double seconds = 0;   ///< and those that it took
        double units = 0;     ///< and how many
        double speed = 1;     ///< as a part of what is usual; never above 1
        double share = 1;     ///< of what others get: its speed, and less while that is a guess
        std::uint32_t pilots = 0; ///< that it was given
    };

    Job& find(JobId job);
    Job const& find(JobId job) const;
    void queue(WorkerId worker);
    void clear_left_over(std::deque<WorkerId>& queue) const;
    /// If all chunks took these seconds, rank 0 would be busy half of the time.
    double round() const noexcept { return 2 * remote_workers_ * tuning_.manager; }
    double look_gap() const noexcept { return std::max(tuning_.floor / 2, round() / 64); }
    double share_of(Worker const& worker) const;
    bool may_prefetch(Worker const& worker) const;
    bool pays_to_prefetch(Worker const& worker, Job const& job) const;
    static bool has_work(Job const& job);
    std::optional<Chunk> next_of(JobId id, Job& job, bool may_reserve);
    /// A unit of several cores for which a node has room. Else, if it may, reserves one for the
    /// unit whose turn it is.
    std::optional<Chunk> next_wide(JobId id, Job& job, bool may_reserve);
    /// What could be begun of them now.
    std::vector<WideWork::Head> wide_heads(Job& job) const;
    static bool has_wide_work(Job const& job);
    /// True if its turn comes before that of the units of one core.
    bool is_wide_next(JobId id, Job const& job) const;
    std::optional<Chunk> begin_wide(JobId id, Job& job, WideWork::Head const& head,
                                    std::uint32_t node);
    void reserve(JobId id, std::uint32_t cores);
    void end_reservation();
    /// The workers that it kept idle for a unit of several cores may work again.
    void free_kept(WorkerId runner);
    double seconds_until_idle(WorkerId worker) const;
    static void put_back(Job& job, Retry retry);
    Chunk hand(Chunk chunk, JobId id, Job& job);
    std::optional<Chunk> offer(std::deque<WorkerId>& queue, JobId id, Job& job);
    std::optional<Chunk> assign(WorkerId worker, JobId id, Job& job);
    static void tell_rates(Job& job, std::uint32_t group);
    static void note_strangers(Job& job, std::vector<double> const& weights,
                               std::span<std::uint32_t const> groups);
    /// Where a group begins of which nothing is known or under way.
    static std::optional<std::uint64_t> next_stranger(Job& job);
    Range next_range(Job& job, std::optional<std::uint64_t> at, double part, double budget) const;
    double left_for_each(Job const& job) const;
    /// True if the next unit is a large part of the work of each worker.
    bool heavy_next(Job const& job) const;
    /// True if nothing is known of the worker's speed and the next unit is heavy.
    bool needs_pilot(Worker const& worker, Job const& job) const;
    /// A few light units that tell how quick a worker is; nothing if there are none.
    std::optional<Range> take_pilot(Job& job, double budget) const;
    /// Where a worker that is slow begins instead of at a unit that would take it too long.
    std::optional<std::uint64_t> lighter_for(Worker const& worker, Job& job, double budget) const;
    /// The seconds that this worker may be given, at the usual speed.
    double budget_of(Worker const& worker) const;
    /// Takes a retry for this worker, or as much of one as fits; nothing if not one unit would.
    std::optional<Retry> take_retry(Job& job, WorkerId worker, double budget) const;
    /// Moves `at` to where the first unit of the pool fits; false, and noted, if none does.
    static bool begins_in_time(Job& job, std::optional<std::uint64_t>& at, double budget);
    void learn_speed(Worker& worker, Job const& job, Range const& piece, double seconds);
    void let_go(Chunk const& chunk, std::uint32_t reported);
    double seconds_left(Worker const& worker) const;
    bool can_give(Worker const& worker, double left) const;
    void divide(Job& job, Chunk const& chunk, std::uint64_t first, std::uint64_t end) const;
    std::size_t place_of(WorkerId worker, ChunkId chunk) const;
    static void fail(Job& job, Chunk const& chunk, Range failed, std::uint16_t retries,
                     Verdict& verdict);
    void give_back(Job& job, Chunk const& chunk, std::uint64_t first, std::uint64_t end) const;

    Tuning tuning_;
    std::map<JobId, Job> jobs_;
    std::vector<Worker> workers_;
    Nodes nodes_; ///< of the remote workers
    std::optional<JobId> reserved_for_;
    std::deque<WorkerId> ready_; ///< remote workers that are idle
    std::deque<WorkerId> half_;  ///< remote workers that hold one chunk, and that soon done
    std::deque<WorkerId> local_; ///< local workers that hold nothing
    std::uint32_t remote_workers_ = 0;
    double time_left_ = std::numeric_limits<double>::infinity();
    std::uint64_t chunks_out_ = 0;
    ChunkId last_chunk_ = 0;
    double now_ = 0;
    double predicted_ = 0;  ///< of the workers' `predicted`, their sum
    double seconds_ = 0;    ///< and of their `seconds`
    double next_look_ = 0;  ///< for what can be asked back
    double last_event_ = 0; ///< a chunk was handed out or let go
};

} // namespace starmap::scheduling
