#pragma once

#include <starmap/detail/bytes.hpp>
#include <starmap/detail/registry.hpp>
#include <starmap/detail/work_place.hpp>
#include <starmap/error.hpp>
#include <starmap/monitor.hpp>
#include <starmap/task_record.hpp>

#include <cstdint>
#include <limits>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace starmap::detail {

/// What a worker sends back of each task.
enum class ResultMode : std::uint8_t {
    discard,  ///< nothing: wait()
    values,   ///< every value
    combined, ///< map: values combined along the reduction tree, as far as it lies in the chunk
};

/// Precedes the arguments of a unit: what one call of the callable gets (starmap, apply), or one
/// chunk of calls (map).
struct UnitHead {
    std::uint64_t task_no = 0;
    std::uint64_t index = 0;  ///< of the first item, in the input
    double weight = 0;        ///< sum over its items
    std::uint64_t length = 0; ///< bytes of what follows this head
    std::uint32_t items = 0;
    std::uint32_t flags = 0;
};
/// Flags of UnitHead: before the arguments stand the items' indices (else they are consecutive),
/// or their weights (else all are equal); the items are tasks of their own (map); the items are one
/// task's block (apply).
inline constexpr std::uint32_t unit_has_indices = 1;
inline constexpr std::uint32_t unit_has_weights = 2;
inline constexpr std::uint32_t unit_is_map = 4;
inline constexpr std::uint32_t unit_is_block = 8;
/// In place of arguments stands a text: why they could not be packed on rank 0.
inline constexpr std::uint32_t unit_is_refused = 16;

/// One row of what a worker tells of a unit.
struct UnitRow {
    std::uint64_t task_no = 0;
    double weight = 0;
    double start = 0; ///< by the worker's monotonic clock
    double wait = 0;
    double duration = 0;
    double unpack = 0;
    double pack = 0;
    std::uint64_t sent = 0;
    std::uint64_t received = 0;
    std::uint32_t items = 0;
    TaskStatus status = TaskStatus::ok;
    std::int16_t exit_code = 0; ///< if its process died: its exit code, or minus the signal
};

/// What other processes have used that a task has run; few tasks run any.
struct UnitUse {
    std::uint64_t row = 0;      ///< which one of the piece's rows
    double cpu = 0;             ///< user + system seconds, to be added
    std::uint64_t peak_rss = 0; ///< bytes, in place of the worker's own; 0: nothing is known
};

/// A failure inside a chunk, with its place by canonical position.
struct UnitFailure {
    std::uint64_t position = 0; ///< counted from the chunk's first
    std::uint32_t count = 1;    ///< positions lost with it
    TaskStatus status = TaskStatus::failed;
    int exit_code = 0; ///< if its process died: its exit code, or minus the signal
    double weight = 0;
    std::uint64_t item = 0;
    std::uint64_t task_no = 0;
    std::string type;
    std::string text;
    std::string more = {}; ///< of the text, for the record alone
};

/// Tasks that one position of a chunk has submitted: the next so many in the run's grown().
struct Growth {
    std::uint64_t position = 0; ///< counted from the piece's first
    std::uint64_t children = 0;
    std::uint64_t bytes = 0; ///< of their items
};

/// What a chunk run can ask of where it runs.
class RunHost {
public:
    virtual ~RunHost() = default;
    /// True when the rest of the chunk is no longer wanted.
    virtual bool interrupted() = 0;
    /// Sends what has been done so far; the run then starts a new piece.
    virtual void flush(ChunkRun& run) = 0;
    virtual void log(bool warning, std::string_view text) = 0;
    /// When tasks are to have ended, in seconds since 1970; infinite for never.
    virtual double deadline() { return std::numeric_limits<double>::infinity(); }
};

/// What a worker is and knows of the job, as far as tasks may see it.
struct RunContext {
    std::uint64_t session_seed = 0;
    std::uint32_t starmap = 0;
    std::uint32_t worker = 0;
    int rank = 0;
    ResultMode mode = ResultMode::values;
    bool stop_on_failure = true;
    AnyFunction combine = nullptr;
    WorkPlace* place = nullptr; ///< where the worker is to tell what it is at
};

/// The run of one chunk on a worker, seen from the kernel: it deals out the units, times each step,
/// keeps rows and failures, and collects the results in out(). The pieces of a unit come in this
/// order: open_unit, unpacked, (enter_item, fail_item)..., computed, close_unit; or fail_unit, in a
/// catch block, at any time after open_unit.
class ChunkRun {
public:
    ChunkRun(RunContext const& context, RunHost& host, std::uint64_t first, std::uint32_t count,
             std::uint32_t units, ByteReader arguments, double arrival);

    RunContext const& context() const noexcept { return context_; }
    std::uint32_t units() const noexcept { return units_; }
    /// Canonical position of the next unit or item that this piece has not done.
    std::uint64_t first() const noexcept { return first_; }
    std::uint32_t count() const noexcept { return count_; }
    /// Values are combined to nodes of at most this level.
    std::uint32_t levels() const noexcept { return levels_; }
    void limit_levels(std::uint32_t levels) noexcept { levels_ = levels; }
    /// Of all its units, from 1.
    std::uint32_t attempt() const noexcept { return attempt_; }
    void set_attempt(std::uint32_t attempt) noexcept { attempt_ = attempt; }
    /// Workers of its node that its tasks take.
    std::uint32_t cores() const noexcept { return cores_; }
    void set_cores(std::uint32_t cores) noexcept { cores_ = cores; }
    Monitor& monitor() noexcept { return monitor_; }
    Bytes& out() noexcept { return out_; }
    /// The items of the tasks that were submitted, one after another as encode() writes them.
    Bytes& grown() noexcept { return grown_; }
    /// In the order of the positions.
    void note_growth(Growth const& growth) { growths_.push_back(growth); }
    /// A large result, sent from where it lies: it ends this piece's results, and the piece.
    struct Attached {
        std::span<std::byte const> bytes;
        std::size_t element = 1; ///< it may be cut between elements of so many bytes
        std::shared_ptr<void const> owner;
    };
    void attach(Attached result) { attached_ = std::move(result); }
    Attached take_attached() { return std::exchange(attached_, {}); }

    /// The results of this piece behind `frame_room` free bytes: the frame is made around them, and
    /// a large result is not copied once more. Leaves nothing.
    Bytes take_out() noexcept { return std::move(out_); }
    static constexpr std::size_t frame_room = 120;

    /// True when the rest of the chunk is to be left undone. Cheap enough to ask before each item:
    /// the host is asked about once a millisecond.
    bool stop() { return ++calls_ < next_call_ ? stopped_ : ask_host(); }

    /// Throws if rank 0 could not pack the unit: to be called where fail_unit() can follow.
    ByteReader open_unit();
    UnitHead const& unit() const noexcept { return unit_; }
    void unpacked();
    void enter_item(std::uint32_t item) noexcept
    {
        item_ = item;
        if (context_.place != nullptr) context_.place->enter(first_ + done_ + item);
    }
    /// Room for the result of the item that was entered, which is then kept in case that the
    /// process dies; null if it is not to be kept. No later result of the chunk is kept then.
    std::byte* save_item(std::size_t bytes) noexcept
    {
        if (log_ == nullptr) return nullptr;
        if (bytes > ItemLog::size - saved_) {
            log_ = nullptr;
            return nullptr;
        }
        auto* const room = log_->results.data() + saved_;
        saved_ += bytes;
        return room;
    }
    /// No result from here on is kept.
    void end_saving() noexcept { log_ = nullptr; }
    /// The item that was entered is done, and has become part of the results.
    void leave_item() noexcept
    {
        if (log_ != nullptr) log_->count(item_ + 1, static_cast<std::uint32_t>(saved_));
    }
    /// In a catch block: the item's call has thrown. True if the chunk is to go on.
    bool fail_item();
    void computed();
    /// `positions`: how many canonical positions this unit was of; `done` of its items were tried.
    void close_unit(std::uint32_t positions, std::uint32_t done);
    /// Answers for all units without running them: failed with this text, or just cancelled.
    void refuse_all(TaskStatus status, std::string const& why);
    /// In a catch block: the whole unit is lost. True if the chunk is to go on.
    bool fail_unit(std::uint32_t positions);

    std::uint64_t item_index(std::uint32_t item) const;
    double item_weight(std::uint32_t item) const;

    /// What was done since the last piece was sent.
    std::uint32_t done() const noexcept { return done_; }
    std::span<UnitRow const> rows() const noexcept { return rows_; }
    std::span<UnitFailure const> failures() const noexcept { return failures_; }
    std::span<OperationRecord const> operations() const noexcept { return operations_; }
    std::span<Growth const> growths() const noexcept { return growths_; }
    std::span<UnitUse const> uses() const noexcept { return uses_; }
    /// What tasks that returned have said of how they ended, in order of their positions.
    std::span<UnitFailure const> told() const noexcept { return told_; }
    double seconds() const noexcept { return seconds_; }
    double weight_done() const noexcept { return weight_done_; }
    void begin_piece();

private:
    friend class starmap::Monitor;
    friend class starmap::Monitor::Timer;
    bool ask_host();
    void maybe_flush(double now);
    void add_operation(std::string const& operation, double seconds, double memory_mb);
    void add_use(double cpu, std::uint64_t peak_rss);
    void tell_outcome(TaskStatus status, int exit_code, std::string text, std::string more);
    UnitFailure const* told_of_unit() const noexcept;
    void take_told(UnitFailure& failure, std::uint64_t position);
    UnitFailure describe_current() const;
    void add_failure(UnitFailure failure, std::uint32_t positions);

    RunContext context_;
    RunHost& host_;
    Monitor monitor_;
    ByteReader arguments_;
    std::uint64_t first_;
    std::uint32_t count_;
    std::uint32_t units_;
    std::uint32_t levels_ = 63;
    std::uint32_t attempt_ = 1;
    std::uint32_t cores_ = 1;
    double arrival_;

    UnitHead unit_{};
    std::span<std::byte const> indices_;
    std::span<std::byte const> weights_;
    Attached attached_;
    std::size_t unit_out_ = 0;   ///< where the unit's result begins in out_
    std::size_t unit_grown_ = 0; ///< likewise, in grown_
    double opened_ = 0;
    double unpacked_ = 0;
    double computed_ = 0;
    std::uint32_t item_ = 0;
    ItemLog* log_ = nullptr; ///< of the unit, while its results are kept
    std::size_t saved_ = 0;  ///< bytes in it
    bool item_failed_ = false;

    Bytes out_;
    Bytes grown_;
    std::vector<Growth> growths_;
    std::vector<UnitRow> rows_;
    std::vector<UnitFailure> failures_;
    std::vector<OperationRecord> operations_;
    std::vector<UnitUse> uses_;
    std::vector<UnitFailure> told_;
    std::uint32_t done_ = 0;
    double seconds_ = 0;
    double weight_done_ = 0;
    double last_flush_ = 0;

    std::uint32_t calls_ = 0;
    std::uint32_t next_call_ = 1;
    std::uint32_t stride_ = 1;
    double last_ask_ = 0;
    bool stopped_ = false;
};

} // namespace starmap::detail
