#pragma once

#include <starmap/task_record.hpp>
#include <starmap/types.hpp>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace starmap {

namespace detail {
class ChunkRun;
}

/// What a task can learn of itself, and what it can tell. A callable gets one by taking a
/// `starmap::Monitor&` as its last parameter; it is valid during the call only.
class Monitor {
public:
    /// Number of the task within its Starmap, from 1; for map the item's.
    std::uint64_t task_no() const noexcept;
    /// Weight of the task: of the item (starmap, map), or of the chunk (apply).
    double weight() const noexcept;
    /// MPI rank that runs the task.
    int rank() const noexcept;
    /// Number of the worker that runs the task, from 0.
    std::uint32_t worker() const noexcept;
    /// Which attempt of the task this is, from 1: more than 1 where it failed before, and is tried
    /// again (the option `retries`).
    unsigned attempt() const noexcept;
    /// Workers of this node that the task takes (the option `cores`), this one among them: it may
    /// keep so many cores busy. 1 unless it asked for more; in place what it asked for.
    unsigned cores() const noexcept;

    /// A seed for random numbers, the same in every run with the same session seed, whatever the
    /// number of ranks or the chunking. starmap and map: the i-th seed of this item. apply: the
    /// seed of the i-th item of the chunk; throws UsageError if there is no such item.
    /// Mixing by SplitMix64's finaliser (Steele, Lea, Flood 2014) over session seed, number of the
    /// Starmap, index of the item, and i.
    std::uint64_t seed(std::uint64_t i = 0) const;

    /// When the task is to have ended: a deadline, or what is left after a signal, so it may come
    /// nearer while the task runs. The largest time there is (time_point::max()) for never. A task
    /// that cannot end in time throws Interrupted, and counts as not run; one that is not back
    /// somewhat later is given up. Cheap enough to ask a million times a second.
    std::chrono::system_clock::time_point deadline() const;

    /// Times a part of a task: a scope, from its creation to its end, that adds to the row
    /// (operation, task) of /performance_data. A timer of a timer is named "outer/inner".
    class Timer {
    public:
        Timer(Timer const&) = delete;
        Timer& operator=(Timer const&) = delete;
        ~Timer();
        /// A timer inside this one.
        Timer operator()(std::string_view operation);

    private:
        friend class Monitor;
        Timer(Monitor& monitor, std::string operation);

        Monitor& monitor_;
        std::string operation_;
        double start_;
        double memory_mb_;
    };
    /// Starts a timer: `auto timer = monitor("reading");`
    [[nodiscard]] Timer operator()(std::string_view operation);

    /// Other processes that the task has run have used this: the row of the task has so much more
    /// user + system time [s], and its memory is the largest peak that was told [bytes, resident]
    /// instead of that of the worker's own process. May be called any number of times; of a map
    /// chunk, which is one row, for each item. Throws UsageError if `cpu_seconds` is negative or
    /// not finite.
    void used(double cpu_seconds, std::size_t peak_rss);
    /// How the task ends, in the record's words, where that is not whether it returns: its row has
    /// this status and exit code (or minus a signal). If it then returns, its result counts like
    /// any other, nothing is tried again and nothing thrown on rank 0; but with a status other than
    /// ok it is counted among the failures of the record, and `text` says there and in the log why;
    /// `more` is added to it in the record alone, for what the user has seen in another way.
    /// If it then throws, it has failed as ever, with the exception's text, and with this status,
    /// if that is not ok, and exit code. The last call counts; of a map chunk, which is one row,
    /// that of its last item, while each item is a failure of its own. Throws UsageError for
    /// TaskStatus::cancelled, and for an exit code of more than 16 bits.
    void outcome(TaskStatus status, int exit_code, std::string_view text = {},
                 std::string_view more = {});

    /// One line in rank 0's log, with this rank and host, sent at once.
    void info(std::string_view text);
    void warn(std::string_view text);

private:
    friend class detail::ChunkRun;
    explicit Monitor(detail::ChunkRun& run) : run_(run) {}

    detail::ChunkRun& run_;
};

} // namespace starmap
