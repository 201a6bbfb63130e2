#include "report/summary.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>

namespace starmap::report {

namespace {

constexpr std::size_t slowest_kept = 10;

bool is_slower(SlowTask const& a, SlowTask const& b) noexcept
{
    return a.record.duration > b.record.duration;
}

} // namespace

void Moments::add(double x, double y) noexcept
{
    ++count_;
    bool const first = count_ == 1;
    min_ = first ? y : std::min(min_, y);
    max_ = first ? y : std::max(max_, y);
    min_x_ = first ? x : std::min(min_x_, x);
    max_x_ = first ? x : std::max(max_x_, x);
    sum_ += y;
    auto const n = static_cast<double>(count_);
    double const dx = x - mean_x_;
    double const dy = y - mean_y_;
    mean_x_ += dx / n;
    mean_y_ += dy / n;
    xx_ += dx * (x - mean_x_);
    yy_ += dy * (y - mean_y_);
    xy_ += dx * (y - mean_y_);
}

double Moments::stddev() const noexcept
{
    return count_ == 0 ? 0 : std::sqrt(yy_ / static_cast<double>(count_));
}

std::optional<double> Moments::slope_through_origin() const noexcept
{
    auto const n = static_cast<double>(count_);
    double const squares = xx_ + n * mean_x_ * mean_x_;
    if (!(squares > 0)) return std::nullopt;
    return (xy_ + n * mean_x_ * mean_y_) / squares;
}

std::optional<double> Moments::r_squared() const noexcept
{
    if (all_x_equal() || min_ == max_) return std::nullopt;
    return xy_ * xy_ / (xx_ * yy_);
}

std::optional<double> NameSummary::slowfac() const noexcept
{
    if (!(durations.mean() > 0)) return std::nullopt;
    return durations.max() / durations.mean();
}

std::uint64_t Summary::attempts() const noexcept
{
    return std::accumulate(by_status.begin(), by_status.end(), std::uint64_t{0});
}

std::vector<double> Summary::busy_shares() const
{
    std::vector<double> shares;
    if (!(span > 0)) return shares;
    for (auto const& worker : workers) shares.push_back(worker.busy() / span);
    return shares;
}

std::optional<double> Summary::imbalance() const noexcept
{
    double most = 0;
    double total = 0;
    for (auto const& worker : workers) {
        most = std::max(most, worker.busy());
        total += worker.busy();
    }
    if (!(total > 0)) return std::nullopt;
    return most * static_cast<double>(workers.size()) / total - 1;
}

void Summarizer::add(TaskRecord const& record, std::string_view name)
{
    auto found = name_places_.find(name);
    if (found == name_places_.end()) {
        found = name_places_.emplace(name, summary_.names.size()).first;
        summary_.names.emplace_back().name = name;
    }
    auto& of_name = summary_.names[found->second];
    auto const status = static_cast<std::size_t>(record.status);
    if (status < summary_.by_status.size()) ++summary_.by_status[status];
    if (record.status == TaskStatus::ok) {
        of_name.items += record.items;
        of_name.durations.add(record.weight, record.duration);
        keep_if_slow(record, name);
    } else {
        ++of_name.not_ok;
    }
    summary_.received_max = std::max(summary_.received_max, record.received);

    auto& worker = workers_[record.worker];
    worker.worker = record.worker;
    worker.rank = record.rank;
    ++worker.tasks;
    worker.computing += record.duration;
    worker.packing += record.unpack + record.pack;

    double const begin = record.start - record.unpack;
    double const end = record.start + record.duration + record.pack;
    first_ = any_ ? std::min(first_, begin) : begin;
    last_ = any_ ? std::max(last_, end) : end;
    any_ = true;
}

void Summarizer::keep_if_slow(TaskRecord const& record, std::string_view name)
{
    auto& slowest = summary_.slowest;
    if (slowest.size() == slowest_kept && record.duration <= slowest.back().record.duration) return;
    SlowTask task{.record = record, .name = std::string(name), .hostname = {}};
    auto const place = std::upper_bound(slowest.begin(), slowest.end(), task, is_slower);
    slowest.insert(place, std::move(task));
    if (slowest.size() > slowest_kept) slowest.pop_back();
}

void Summarizer::add(OperationRecord const& operation)
{
    auto const [found, is_new] = operations_.try_emplace(operation.operation);
    auto& of_operation = found->second;
    of_operation.operation = operation.operation;
    of_operation.time_sec += operation.seconds;
    of_operation.memory_mb =
        is_new ? operation.memory_mb : std::max(of_operation.memory_mb, operation.memory_mb);
    of_operation.counts += operation.counts;
}

Summary Summarizer::finish(std::vector<StarmapInfo> const& starmaps,
                           std::vector<WorkerInfo> const& workers)
{
    for (auto const& starmap : starmaps) {
        summary_.sent += starmap.sent;
        summary_.received += starmap.received;
        first_ = any_ ? std::min(first_, starmap.start) : starmap.start;
        double const end = std::isnan(starmap.end) ? starmap.start : starmap.end;
        last_ = any_ ? std::max(last_, end) : end;
        any_ = true;
    }
    summary_.span = last_ - first_;
    for (auto const& worker : workers) {
        auto& load = workers_[worker.worker];
        load.worker = worker.worker;
        load.rank = worker.rank;
        load.hostname = worker.hostname;
    }
    for (auto const& [number, load] : workers_) summary_.workers.push_back(load);
    for (auto& task : summary_.slowest) task.hostname = workers_[task.record.worker].hostname;
    for (auto const& [name, operation] : operations_) summary_.operations.push_back(operation);
    std::stable_sort(summary_.operations.begin(), summary_.operations.end(),
                     [](auto const& a, auto const& b) { return a.time_sec > b.time_sec; });
    return std::move(summary_);
}

} // namespace starmap::report
