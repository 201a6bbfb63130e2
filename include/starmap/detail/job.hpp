#pragma once

#include <starmap/detail/bytes.hpp>
#include <starmap/detail/chunk_run.hpp>
#include <starmap/error.hpp>
#include <starmap/settings.hpp>
#include <starmap/stats.hpp>
#include <starmap/types.hpp>

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

namespace starmap::detail {

/// How the units of a job become chunks (the scheduler's policies, by other words for users).
enum class Splitting : std::uint8_t {
    each,   ///< one unit is one task
    guided, ///< the scheduler groups units as it goes
    blocks, ///< map with fixed chunks: units are items, chunks were fixed beforehand
};

/// A run of units that is to be one chunk.
struct FixedBlock {
    std::uint64_t first = 0;
    std::uint32_t count = 0;
    double weight = 0;
    std::uint32_t cores = 1; ///< workers of one node that it takes
};

/// Units read from the input, by canonical position, continuing those before.
struct Window {
    std::uint64_t count = 0;
    double weight = 0;                                  ///< sum
    std::uint64_t items = 0;                            ///< items read (apply: more than units)
    std::shared_ptr<std::vector<double> const> weights; ///< by position; null: all 1
    std::vector<std::uint32_t> groups;                  ///< by position; empty: all of one key
    std::vector<FixedBlock> blocks;                     ///< with Splitting::blocks
    /// Keys as text, of the groups that no window before has spoken of; their numbers go on.
    std::vector<std::string> new_groups = {};
    /// Workers of one node that each takes, by position; empty: 1.
    std::vector<std::uint32_t> cores = {};
};

/// What the manager must know of a job to run it.
struct JobSpec {
    std::string name;
    Splitting splitting = Splitting::guided;
    OnFailure on_failure = OnFailure::raise;
    unsigned retries = 0;
    double timeout = 0;                         ///< seconds a task; 0: any
    std::uint64_t max_rss = 0;                  ///< bytes of a task's process; 0: any
    std::uint32_t kernel = 0;                   ///< index in the registry
    std::optional<std::uint32_t> combiner = {}; ///< likewise, for ResultMode::combined
    ResultMode mode = ResultMode::values;
    bool items_are_tasks = false; ///< map: a row is a chunk of tasks
    bool own_retries = false;     ///< tasks differ in them: Job::retries_of() tells
    bool own_names = false;       ///< tasks have names of their own: Job::name_of() tells
    bool growing = false;         ///< submit() may add to it until its results are all taken
    bool single = false;          ///< exactly one task: runs in place
    bool length_known = true;     ///< false for an input that is pulled to find its end
    std::uint64_t tasks = 0;      ///< number of tasks, where it is known beforehand
    double weight = 0;            ///< weight of all, where it is known beforehand
    std::uint64_t length = 0;     ///< its length, or the length that is expected; items
};

/// A piece of results, as it came back.
struct Piece {
    std::uint64_t first = 0; ///< canonical position
    std::uint32_t count = 0;
    /// What failed, in order, positions counted from the piece's first; tried again or not.
    std::span<UnitFailure const> failed;
    std::span<std::byte const> payload;
    std::uint32_t levels = 63; ///< combined: no value covers more than 2^levels positions
    bool one_by_one = false;   ///< map: values are not combined, and each is encoded by itself
    std::uint64_t chunk = 0;   ///< a number that the parts which came ahead have in common
    std::uint64_t ahead = 0;   ///< bytes that came ahead, of the last value of the payload
    std::span<Growth const> growths = {};  ///< positions that have submitted tasks, in order
    std::span<std::byte const> grown = {}; ///< the items of these tasks
};

/// Results on rank 0 that wait for others, or for the consumer.
struct Backlog {
    std::size_t values = 0;
    std::uint64_t bytes = 0;
    /// The position whose result lets go of those that wait for others; nothing if none does, or it
    /// cannot be told.
    std::optional<std::uint64_t> needed = {};
};

/// Who is told of each result on rank 0, before it is combined with others.
class ResultKeeper {
public:
    virtual ~ResultKeeper() = default;
    /// The packed value of these positions; more than one are a node of the reduction tree.
    virtual void keep(std::uint64_t first, std::uint64_t count,
                      std::span<std::byte const> value) = 0;
};

/// What a Starmap offers the manager. All calls come on rank 0, from inside the engine; what the
/// calls into user code throw goes through to the caller of reduce() and the like.
class Job {
public:
    virtual ~Job() = default;

    virtual JobSpec const& spec() const = 0;
    /// Reads on in the input; nothing at its end, and a window without units where more may come
    /// but is not there yet. May be asked again after the end (submit()).
    virtual std::optional<Window> pull() = 0;
    /// After a window without units: a descriptor that has input when there may be more; -1: none.
    virtual int wait_fd() { return -1; }
    /// Appends the callable's state and the shared arguments; returns the bytes of each.
    virtual std::vector<ArgumentBytes> encode_state(Bytes& out) = 0;
    /// Appends the units of a range; returns their number on the wire.
    virtual std::uint32_t encode_units(std::uint64_t first, std::uint32_t count, Bytes& out) = 0;
    /// Task number, weight and index of the first item at a position; the rest is not set.
    virtual UnitHead head_of(std::uint64_t position) const = 0;
    /// Workers of one node that these positions, which were not released, take as one task. Throws
    /// UsageError for 0, and what the user's option throws.
    virtual std::uint32_t cores_of(std::uint64_t first, std::uint32_t count)
    {
        (void)first;
        (void)count;
        return 1;
    }
    /// Takes in the next bytes of a large value of `total` bytes, the last one of the chunk's next
    /// piece. Does not throw for want of memory: absorb() then returns the value as unreadable.
    virtual void absorb_ahead(std::uint64_t chunk, std::uint64_t total,
                              std::span<std::byte const> bytes) = 0;
    /// The parts that came for a chunk are nobody's: its worker died.
    virtual void drop_ahead(std::uint64_t chunk) = 0;
    /// Takes in the results of a piece; returns what could not be unpacked.
    virtual std::vector<UnitFailure> absorb(Piece const& piece) = 0;
    /// The units that tasks have submitted, as far as absorb() has met them since the last call.
    virtual std::optional<Window> take_grown() = 0;
    /// Positions that failed for good: their place in the result stays empty.
    virtual void give_up(std::uint64_t first, std::uint32_t count) = 0;
    /// The items of these positions are needed no more.
    virtual void release(std::uint64_t first, std::uint32_t count) = 0;
    virtual Backlog backlog() const = 0;
    /// Further attempts of the task at a position that was not released, and its name. Throw what
    /// the user's options throw.
    virtual unsigned retries_of(std::uint64_t position)
    {
        (void)position;
        return spec().retries;
    }
    virtual std::string name_of(std::uint64_t position)
    {
        (void)position;
        return spec().name;
    }

    /// Whether a result depends on nothing but its position's content, the state, and the number of
    /// the Starmap; so not where tasks submit tasks, or the run sets the bounds of its chunks.
    virtual bool has_content() const { return false; }
    /// The result's type, as a name that lasts from run to run.
    virtual std::string result_type() const { return {}; }
    /// Appends what the result of a position depends on. Throws what the packing of items throws.
    virtual void encode_content(std::uint64_t position, Bytes& out)
    {
        (void)position;
        (void)out;
    }
    /// Takes in a value that a ResultKeeper was given; false if it cannot be unpacked.
    virtual bool restore(std::uint64_t first, std::uint64_t count, std::span<std::byte const> value)
    {
        (void)first;
        (void)count;
        (void)value;
        return false;
    }
    ResultKeeper* keeper = nullptr; ///< null: nobody

    std::vector<TaskError> failures;
    Stats stats;
};

/// The manager, seen from a Starmap.
class Engine {
public:
    virtual ~Engine() = default;
    virtual Settings const& settings() const = 0;
    virtual std::uint32_t workers() const = 0;
    /// Begins to hand out the job's tasks.
    virtual void open(Job& job) = 0;
    /// Waits until something came back for the job; false once all of it is done. Throws TaskError
    /// under OnFailure::raise, and what user code called on rank 0 throws.
    virtual bool advance(Job& job) = 0;
    /// Hands out nothing more of it; what is under way has the time to end that a warning gives.
    virtual void stop(Job& job) = 0;
    /// Hands out nothing more of it; what is under way is dropped when it comes back.
    virtual void abandon(Job& job) noexcept = 0;
};

} // namespace starmap::detail
