#pragma once

#include "report/largest.hpp"
#include "report/moments.hpp"
#include "report/observer.hpp"
#include "report/time_use.hpp"

#include <array>
#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace starmap::report {

/// A task that is told of by itself.
struct NotedTask {
    TaskRecord record;
    std::string name;
    std::string hostname; ///< empty if not known
};

/// The tasks of one name. Durations [s] are those of the attempts that ended ok.
struct NameSummary {
    std::string name;
    std::uint64_t items = 0;   ///< of the attempts that ended ok
    std::uint64_t not_ok = 0;  ///< attempts that ended otherwise
    Moments durations;         ///< of duration, against weight
    double cpu = 0;            ///< of the attempts that ended ok [s]
    double held = 0;           ///< sum of their durations, each times the cores it held [s]
    double packing = 0;        ///< seconds of unpacking arguments and packing results, of the same
    std::int64_t sent = 0;     ///< bytes of arguments, without shared ones
    std::int64_t received = 0; ///< bytes of results
    double mem_gb = 0;         ///< largest peak memory of a process that ran one [GiB]

    /// The longest duration by the mean one; none without durations.
    std::optional<double> slowfac() const noexcept;
};

/// What one worker did in this run, all its attempts included. Where tasks held several cores, the
/// time for which it was kept idle for them is its own too.
struct WorkerLoad {
    std::uint32_t worker = 0;
    std::int32_t rank = 0;
    std::string hostname;
    std::uint64_t tasks = 0;
    double computing = 0; ///< seconds inside tasks
    double packing = 0;   ///< seconds of unpacking arguments and packing results
    double kept = 0;      ///< seconds for which it was kept idle for tasks of several cores
    double busy() const noexcept { return computing + packing + kept; }
};

/// The work of one Starmap, by the attempts that ended ok.
struct StarmapWork {
    std::uint32_t starmap = 0;
    double seconds = 0; ///< sum of the durations
    NotedTask longest;  ///< the longest of the tasks that cannot be divided; its duration is 0
                        ///< if all can: chunks of several items that were cut to fit
};

/// All scopes of one operation.
struct OperationSummary {
    std::string operation;
    double time_sec = 0;     ///< sum
    double memory_mb = 0;    ///< largest
    std::int64_t counts = 0; ///< sum
};

/// What a record says about its run.
struct Summary {
    std::vector<NameSummary> names;           ///< in order of first appearance
    std::vector<WorkerLoad> workers;          ///< by number, those without a task included
    std::vector<NotedTask> slowest;           ///< longest first
    std::vector<StarmapWork> works;           ///< by number of the Starmap
    std::vector<OperationSummary> operations; ///< longest time first
    std::array<std::uint64_t, 6> by_status{}; ///< attempts, by the number of their status
    TimeUse time_use;
    std::uint32_t num_workers = 0; ///< without rank 0 where it only ran tasks in place
    double span = 0;               ///< from the first start to the last end [s]
    std::int64_t sent = 0;         ///< bytes of arguments, shared ones included
    std::int64_t received = 0;     ///< bytes of results
    std::int64_t received_max = 0; ///< bytes of the largest result

    std::uint64_t attempts() const noexcept;
    /// Attempts that failed; those that were given back are none.
    std::uint64_t failures() const noexcept;
    /// Busy time by span, one a worker; empty if the span is 0.
    std::vector<double> busy_shares() const;
    /// Largest busy time by the mean one, less 1; none if nothing was busy.
    std::optional<double> imbalance() const noexcept;
};

/// Makes a summary from rows in one pass, in memory that does not grow with the number of tasks.
/// Of a run that was resumed, workers, span and time use are those of its last session, as are the
/// other tables.
class Summarizer {
public:
    /// Of a run that began with so many workers (0: not known); those with higher numbers are rank
    /// 0 itself, which runs some tasks in place. Keeps that many of the slowest tasks.
    explicit Summarizer(std::uint32_t num_workers = 0, std::size_t slowest = 10)
        : num_workers_(num_workers),
          slowest_(slowest)
    {
    }

    void add(TaskRecord const& record, std::string_view name);
    void add(OperationRecord const& operation);
    /// Of the rows so far.
    Summary summary(std::vector<StarmapInfo> const& starmaps,
                    std::vector<WorkerInfo> const& workers) const;

private:
    std::size_t place_of_name(std::string_view name);
    void add_work(TaskRecord const& record, std::string_view name);
    void add_load(TaskRecord const& record);
    void begin_session(std::uint16_t session);

    struct Work {
        double seconds = 0;
        NotedTask longest;      ///< of all
        NotedTask longest_item; ///< of those of one item
    };

    std::uint32_t num_workers_;
    std::vector<NameSummary> names_;
    std::map<std::string, std::size_t, std::less<>> name_places_;
    std::size_t last_name_ = 0;
    std::array<std::uint64_t, 6> by_status_{};
    std::int64_t received_max_ = 0;
    Largest<NotedTask> slowest_;
    std::map<std::uint32_t, Work> works_;
    std::map<std::string, OperationSummary, std::less<>> operations_;
    // Of this session alone:
    std::uint16_t session_ = 0;
    std::unordered_map<std::uint32_t, WorkerLoad> loads_;
    TimeLedger ledger_;
    bool any_ = false;
    bool any_wide_ = false; ///< a task held several cores
    double first_ = 0;
    double last_ = 0;
};

} // namespace starmap::report
