#include "report/summary.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>

namespace starmap::report {

namespace {

/// A record with a greater number of a worker is damaged; no memory is spent on it.
constexpr std::uint32_t most_workers = 1U << 20U;

} // namespace

std::optional<double> NameSummary::slowfac() const noexcept
{
    if (!(durations.mean() > 0)) return std::nullopt;
    return durations.max() / durations.mean();
}

std::uint64_t Summary::attempts() const noexcept
{
    return std::accumulate(by_status.begin(), by_status.end(), std::uint64_t{0});
}

std::uint64_t Summary::failures() const noexcept
{
    return attempts() - by_status[static_cast<std::size_t>(TaskStatus::ok)] -
           by_status[static_cast<std::size_t>(TaskStatus::cancelled)];
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

std::size_t Summarizer::place_of_name(std::string_view name)
{
    if (last_name_ < names_.size() && names_[last_name_].name == name) return last_name_;
    auto found = name_places_.find(name);
    if (found == name_places_.end()) {
        found = name_places_.emplace(name, names_.size()).first;
        names_.emplace_back().name = name;
    }
    return last_name_ = found->second;
}

void Summarizer::add(TaskRecord const& record, std::string_view name)
{
    auto& of_name = names_[place_of_name(name)];
    auto const status = static_cast<std::size_t>(record.status);
    if (status < by_status_.size()) ++by_status_[status];
    received_max_ = std::max(received_max_, record.received);
    of_name.sent += record.sent;
    of_name.received += record.received;
    of_name.mem_gb = std::max(of_name.mem_gb, record.mem_gb);
    if (record.status == TaskStatus::ok) {
        of_name.items += record.items;
        of_name.durations.add(record.weight, record.duration);
        of_name.cpu += record.cpu;
        of_name.held += record.duration * record.cores;
        of_name.packing += record.unpack + record.pack;
        add_work(record, name);
    } else {
        ++of_name.not_ok;
    }
    if (record.session > session_) begin_session(record.session);
    if (record.session == session_) add_load(record);
}

void Summarizer::add_work(TaskRecord const& record, std::string_view name)
{
    if (slowest_.wants(record.duration))
        slowest_.add(record.duration, {record, std::string(name), {}});
    auto& work = works_[record.starmap];
    work.seconds += record.duration;
    auto const keep_longest = [&](NotedTask& longest) {
        if (record.duration > longest.record.duration) longest = {record, std::string(name), {}};
    };
    keep_longest(work.longest);
    if (record.items == 1) keep_longest(work.longest_item);
}

void Summarizer::begin_session(std::uint16_t session)
{
    session_ = session;
    loads_.clear();
    ledger_ = TimeLedger();
    any_ = false;
    any_wide_ = false;
}

void Summarizer::add_load(TaskRecord const& record)
{
    auto& worker = loads_[record.worker];
    worker.worker = record.worker;
    worker.rank = record.rank;
    ++worker.tasks;
    worker.computing += record.duration;
    worker.packing += record.unpack + record.pack;
    any_wide_ = any_wide_ || record.cores > 1;

    double const begin = record.start - record.unpack;
    double const end = record.start + record.duration + record.pack;
    if (!std::isfinite(begin) || !std::isfinite(end)) return; // of a damaged row
    first_ = any_ ? std::min(first_, begin) : begin;
    last_ = any_ ? std::max(last_, end) : end;
    any_ = true;
    bool const in_place = record.worker >= (num_workers_ > 0 ? num_workers_ : most_workers);
    if (!in_place && record.status != TaskStatus::cancelled)
        ledger_.add(record.starmap, record.worker, begin, end, record.duration,
                    record.status == TaskStatus::ok, record.cores);
}

void Summarizer::add(OperationRecord const& operation)
{
    if (!std::isfinite(operation.seconds)) return; // of a damaged row
    auto const [found, is_new] = operations_.try_emplace(operation.operation);
    auto& of_operation = found->second;
    of_operation.operation = operation.operation;
    of_operation.time_sec += operation.seconds;
    of_operation.memory_mb =
        is_new ? operation.memory_mb : std::max(of_operation.memory_mb, operation.memory_mb);
    of_operation.counts += operation.counts;
}

Summary Summarizer::summary(std::vector<StarmapInfo> const& starmaps,
                            std::vector<WorkerInfo> const& workers) const
{
    Summary all;
    all.names = names_;
    all.by_status = by_status_;
    all.received_max = received_max_;
    auto first = first_;
    auto last = last_;
    auto any = any_;
    std::map<std::uint32_t, bool> is_divided;
    for (auto const& starmap : starmaps) {
        all.sent += starmap.sent;
        all.received += starmap.received;
        is_divided[starmap.starmap] = starmap.policy == "guided";
        if (!std::isfinite(starmap.start)) continue;
        first = any ? std::min(first, starmap.start) : starmap.start;
        double const end = std::isfinite(starmap.end) ? starmap.end : starmap.start;
        last = any ? std::max(last, end) : end;
        any = true;
    }
    all.span = any ? last - first : 0;

    std::map<std::uint32_t, WorkerLoad> loads(loads_.begin(), loads_.end());
    for (auto const& worker : workers) {
        auto& load = loads[worker.worker];
        load.worker = worker.worker;
        load.rank = worker.rank;
        load.hostname = worker.hostname;
        // The table of workers counts that, and their rows do not.
        if (any_wide_) load.kept = std::max(0.0, worker.busy - load.busy());
    }
    for (auto const& [number, load] : loads) all.workers.push_back(load);
    all.num_workers = num_workers_ > 0 ? num_workers_ : static_cast<std::uint32_t>(loads.size());
    all.time_use = ledger_.use(all.num_workers, any ? last : 0);

    auto const with_host = [&](NotedTask task) {
        auto const found = loads.find(task.record.worker);
        if (found != loads.end() && task.record.session == session_)
            task.hostname = found->second.hostname;
        return task;
    };
    for (auto const& task : slowest_.sorted()) all.slowest.push_back(with_host(task));
    for (auto const& [number, work] : works_)
        all.works.push_back(
            {.starmap = number,
             .seconds = work.seconds,
             .longest = with_host(is_divided[number] ? work.longest_item : work.longest)});
    for (auto const& [name, operation] : operations_) all.operations.push_back(operation);
    std::stable_sort(all.operations.begin(), all.operations.end(),
                     [](auto const& a, auto const& b) { return a.time_sec > b.time_sec; });
    return all;
}

} // namespace starmap::report
