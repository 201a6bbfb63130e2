// The books on what came back of a Starmap; the rest of OpenStarmap is in open_starmap.cpp.
#include "roles/open_starmap.hpp"

#include <starmap/error.hpp>

#include <algorithm>
#include <cstdint>
#include <exception>
#include <limits>
#include <string>
#include <utility>
#include <vector>

namespace starmap::roles {

std::vector<TaskRecord> OpenStarmap::note(wire::Result const& result,
                                          scheduling::Verdict const& verdict,
                                          report::WorkerInfo const& worker)
{
    labels_.clear();
    std::vector<TaskRecord> rows;
    rows.reserve(result.rows.size());
    // The clock of CPU time is too slow to read around a tiny task: a piece's is shared out.
    auto busy = 0.0;
    for (auto const& row : result.rows) busy += row.duration;
    for (auto const& row : result.rows) {
        auto const share =
            busy > 0 ? row.duration / busy : 1.0 / static_cast<double>(result.rows.size());
        rows.push_back({.task_no = row.task_no,
                        .weight = row.weight,
                        .duration = row.duration,
                        .received = static_cast<std::int64_t>(row.received),
                        .mem_gb = static_cast<double>(result.head.peak_rss) / (1 << 30),
                        .starmap = number(),
                        .items = row.items,
                        .start = row.start + result.head.run_clock,
                        .wait = row.wait,
                        .cpu = result.head.cpu * share,
                        .sent = static_cast<std::int64_t>(row.sent),
                        .unpack = row.unpack,
                        .pack = row.pack,
                        .rank = worker.rank,
                        .worker = worker.worker,
                        .attempt = verdict.chunk.attempt,
                        .status = row.status,
                        .exit_code = row.exit_code,
                        .cores = verdict.chunk.range.cores});
        if (spec_.own_names) labels_.push_back(name_at(verdict, rows.size() - 1));
    }
    for (auto const& use : result.uses) {
        auto& row = rows[use.row];
        row.cpu += use.cpu;
        if (use.peak_rss != 0) row.mem_gb = static_cast<double>(use.peak_rss) / (1 << 30);
    }
    for (auto const& row : rows) count(row, worker);
    tasks_done_ += spec_.items_are_tasks ? verdict.piece.count : 0;
    for (auto const& failure : result.failures) {
        tasks_done_ -= spec_.items_are_tasks ? failure.count : 0;
        auto told = describe(failure, verdict, worker);
        auto const first = verdict.piece.first + failure.position;
        auto const is_this = [&](auto const& range) { return range.first == first; };
        if (std::any_of(verdict.given_up.begin(), verdict.given_up.end(), is_this)) fail(told);
        auto const again = told.attempt <= retries_of(first, failure.count);
        new_failures_.push_back({.failure = std::move(told), .goes_on = again});
    }
    // Those have a result like any other, and whoever gets it knows more of them than we do.
    for (auto const& told : result.told) {
        if (told.status == TaskStatus::ok) continue;
        ++info_.failures;
        tasks_done_ += spec_.items_are_tasks ? 0 : 1;
        new_failures_.push_back(
            {.failure = describe(told, verdict, worker), .more = told.more, .goes_on = true});
    }
    info_.tasks_done = tasks_done_;
    return rows;
}

void OpenStarmap::count(TaskRecord const& row, report::WorkerInfo const& worker)
{
    if (row.status == TaskStatus::cancelled) return;
    ++info_.tasks;
    info_.sent += row.sent;
    info_.received += row.received;
    info_.received_max = std::max(info_.received_max, row.received);
    if (row.status == TaskStatus::ok && !spec_.items_are_tasks) ++tasks_done_;
    if (loads_.size() <= worker.worker) loads_.resize(worker.worker + 1);
    auto& load = loads_[worker.worker];
    load.worker = worker.worker;
    load.rank = worker.rank;
    ++load.tasks;
    load.busy += row.unpack + row.duration + row.pack;
}

/// Of the `place`-th position of what came back; it was not released yet.
std::string OpenStarmap::name_at(scheduling::Verdict const& verdict, std::uint64_t place)
{
    auto const& range = verdict.chunk.range;
    auto const position = verdict.piece.first + place;
    // A worker may say anything; of what it does not hold there may be no item any more.
    auto const is_its_own = position - range.first < range.count;
    if (!spec_.own_names || job_ == nullptr || !is_its_own) return info_.name;
    try {
        return job_->name_of(position);
    } catch (...) {
        if (!error) error = std::current_exception();
        return info_.name;
    }
}

std::uint16_t OpenStarmap::retries_of(std::uint64_t first, std::uint32_t count)
{
    auto most = spec_.retries;
    if (spec_.own_retries && job_ != nullptr) {
        most = 0;
        try {
            for (auto at = first; at < first + count; ++at)
                most = std::max(most, job_->retries_of(at));
        } catch (...) {
            if (!error) error = std::current_exception();
        }
    }
    return static_cast<std::uint16_t>(std::min(most, 65534U)); // attempts are counted by 16 bits
}

TaskFailure OpenStarmap::describe(detail::UnitFailure const& failure,
                                  scheduling::Verdict const& verdict,
                                  report::WorkerInfo const& worker)
{
    return {.type = failure.type,
            .text = failure.text,
            .name = name_at(verdict, failure.position),
            .host = worker.hostname,
            .task_no = failure.task_no,
            .first_item = failure.item,
            .starmap = info_.starmap,
            .worker = worker.worker,
            .rank = worker.rank,
            .exit_code = failure.exit_code,
            .attempt = verdict.chunk.attempt,
            .status = failure.status};
}

void OpenStarmap::fail(TaskFailure const& failure)
{
    ++info_.failures;
    TaskError const task_error(failure);
    if (job_ != nullptr) job_->failures.push_back(task_error);
    if (spec_.on_failure == OnFailure::raise && !error) error = std::make_exception_ptr(task_error);
}

} // namespace starmap::roles
