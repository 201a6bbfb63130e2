#pragma once

#include "report/observer.hpp"

#include <array>
#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace starmap::report {

/// Number, mean and spread of values that come one by one, and how they follow another value.
/// Updated in the stable way (no difference of large sums).
class Moments {
public:
    /// A value y, seen at x.
    void add(double x, double y) noexcept;

    std::uint64_t count() const noexcept { return count_; }
    double sum() const noexcept { return sum_; }
    double mean() const noexcept { return mean_y_; }
    double min() const noexcept { return min_; }
    double max() const noexcept { return max_; }
    /// Of all the values, not an estimate from a sample: divides by their number.
    double stddev() const noexcept;
    bool all_x_equal() const noexcept { return min_x_ == max_x_; }

    /// s of the line y = s x that has the least squares: sum(x y) / sum(x x); none if all x are 0.
    std::optional<double> slope_through_origin() const noexcept;
    /// 1 - SSres/SStot of the line y = a x + b that has the least squares; none if all x or all y
    /// are equal.
    std::optional<double> r_squared() const noexcept;

private:
    std::uint64_t count_ = 0;
    double sum_ = 0;
    double min_ = 0, max_ = 0, min_x_ = 0, max_x_ = 0;
    double mean_x_ = 0, mean_y_ = 0;
    double xx_ = 0, yy_ = 0, xy_ = 0; ///< sums of products of the distances to the means
};

/// The tasks of one name. Durations [s] are those of the attempts that ended ok.
struct NameSummary {
    std::string name;
    std::uint64_t items = 0;  ///< of the attempts that ended ok
    std::uint64_t not_ok = 0; ///< attempts that ended otherwise
    Moments durations;        ///< of duration, against weight

    /// The longest duration by the mean one; none without durations.
    std::optional<double> slowfac() const noexcept;
};

/// What one worker did, all its attempts included.
struct WorkerLoad {
    std::uint32_t worker = 0;
    std::int32_t rank = 0;
    std::string hostname;
    std::uint64_t tasks = 0;
    double computing = 0; ///< seconds inside tasks
    double packing = 0;   ///< seconds of unpacking arguments and packing results
    double busy() const noexcept { return computing + packing; }
};

/// One of the slowest tasks.
struct SlowTask {
    TaskRecord record;
    std::string name;
    std::string hostname; ///< empty if not known
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
    std::vector<SlowTask> slowest;            ///< longest first, at most ten
    std::vector<OperationSummary> operations; ///< longest time first
    std::array<std::uint64_t, 6> by_status{}; ///< attempts, by the number of their status
    double span = 0;                          ///< from the first start to the last end [s]
    std::int64_t sent = 0;                    ///< bytes of arguments, shared ones included
    std::int64_t received = 0;                ///< bytes of results
    std::int64_t received_max = 0;            ///< bytes of the largest result

    std::uint64_t attempts() const noexcept;
    /// Busy time by span, one a worker; empty if the span is 0.
    std::vector<double> busy_shares() const;
    /// Largest busy time by the mean one, less 1; none if nothing was busy.
    std::optional<double> imbalance() const noexcept;
};

/// Makes a summary from rows in one pass, in memory that does not grow with the number of tasks.
class Summarizer {
public:
    void add(TaskRecord const& record, std::string_view name);
    void add(OperationRecord const& operation);
    /// Call once, after the rows.
    Summary finish(std::vector<StarmapInfo> const& starmaps,
                   std::vector<WorkerInfo> const& workers);

private:
    void keep_if_slow(TaskRecord const& record, std::string_view name);

    Summary summary_;
    std::map<std::string, std::size_t, std::less<>> name_places_;
    std::map<std::uint32_t, WorkerLoad> workers_;
    std::map<std::string, OperationSummary, std::less<>> operations_;
    double first_ = 0;
    double last_ = 0;
    bool any_ = false;
};

} // namespace starmap::report
