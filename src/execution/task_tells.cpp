// What tasks tell by their Monitor; the rest of ChunkRun is in chunk_run.cpp.
#include <starmap/detail/chunk_run.hpp>

#include <algorithm>
#include <string>
#include <utility>

namespace starmap::detail {

void ChunkRun::add_use(double cpu, std::uint64_t peak_rss)
{
    // The row that the unit is going to have.
    if (uses_.empty() || uses_.back().row != rows_.size()) uses_.push_back({.row = rows_.size()});
    auto& use = uses_.back();
    use.cpu += cpu;
    use.peak_rss = std::max(use.peak_rss, peak_rss);
}

void ChunkRun::tell_outcome(TaskStatus status, int exit_code, std::string text, std::string more)
{
    UnitFailure told;
    take_told(told, done_ + item_); // what was said before
    if (status == TaskStatus::ok && exit_code == 0) return;
    if (status != TaskStatus::ok) end_saving(); // the log holds results and no failures
    told = {.position = done_ + item_,
            .status = status,
            .exit_code = exit_code,
            .weight = item_weight(item_),
            .item = item_index(item_),
            .task_no = monitor_.task_no(),
            .type = {},
            .text = std::move(text),
            .more = std::move(more)};
    told_.push_back(std::move(told));
}

UnitFailure const* ChunkRun::told_of_unit() const noexcept
{
    return !told_.empty() && told_.back().position >= done_ ? &told_.back() : nullptr;
}

/// What the item at this position has told of its end, if anything, becomes part of its failure.
void ChunkRun::take_told(UnitFailure& failure, std::uint64_t position)
{
    if (told_.empty() || told_.back().position != position) return;
    if (told_.back().status != TaskStatus::ok) failure.status = told_.back().status;
    failure.exit_code = told_.back().exit_code;
    told_.pop_back();
}

void ChunkRun::add_operation(std::string const& operation, double seconds, double memory_mb)
{
    // Rows name the task that /task_info has a row of: for map the chunk.
    auto const task_no = unit_.task_no;
    for (auto& row : operations_)
        if (row.task_no == task_no && row.operation == operation) {
            row.seconds += seconds;
            row.memory_mb += memory_mb;
            ++row.counts;
            return;
        }
    operations_.push_back({operation, seconds, memory_mb, 1, task_no});
}

} // namespace starmap::detail
