// What becomes of units that fail or come back; the rest of the scheduler is in scheduler.cpp.
#include "scheduling/scheduler.hpp"

#include <starmap/error.hpp>

#include <fmt/format.h>

#include <algorithm>

namespace starmap::scheduling {

std::size_t Scheduler::place_of(WorkerId id, ChunkId chunk) const
{
    auto const& held = workers_.at(id).held;
    auto const found =
        std::find_if(held.begin(), held.end(), [&](Chunk const& c) { return c.id == chunk; });
    if (found == held.end())
        throw ProtocolError(
            fmt::format("Worker {} reports chunk {}, which it does not hold.", id, chunk));
    return static_cast<std::size_t>(found - held.begin());
}

void Scheduler::fail(Job& job, Chunk const& chunk, Range failed, std::uint16_t retries,
                     Verdict& verdict)
{
    failed.group = chunk.range.group;
    failed.cores = chunk.range.cores;
    if (job.cancelled || chunk.attempt > retries) {
        verdict.given_up.push_back(failed);
        return;
    }
    put_back(job, {.range = failed,
                   .attempt = static_cast<std::uint16_t>(chunk.attempt + 1),
                   .avoid = chunk.worker});
    job.weight_done -= failed.weight;
}

void Scheduler::give_back(Job& job, Chunk const& chunk, std::uint64_t first,
                          std::uint64_t end) const
{
    if (first >= end || job.cancelled) return;
    put_back(job, {.range = part_of(chunk.range, first, end),
                   .attempt = chunk.attempt,
                   .avoid = chunk.avoid});
}

Range Scheduler::unreported(WorkerId id, ChunkId chunk_id) const
{
    auto const& worker = workers_.at(id);
    auto const place = place_of(id, chunk_id);
    auto range = worker.held[place].range;
    range.first += worker.reported[place];
    range.count -= worker.reported[place];
    return range;
}

Verdict Scheduler::died(WorkerId id, ChunkId chunk_id, Range blamed,
                        std::optional<std::uint16_t> retries)
{
    auto& worker = workers_.at(id);
    auto const place = static_cast<std::ptrdiff_t>(place_of(id, chunk_id));
    auto const chunk = worker.held[static_cast<std::size_t>(place)];
    auto const left = unreported(id, chunk_id).first;
    auto const end = chunk.range.first + chunk.range.count;
    if (blamed.count == 0) blamed.first = left + (end - left) / 2;
    if (blamed.first < left || blamed.first > end || blamed.count > end - blamed.first)
        throw ProtocolError(fmt::format("Worker {} died in chunk {} at positions that were not its "
                                        "own.",
                                        id, chunk_id));
    auto& job = find(chunk.job);
    blamed.group = chunk.range.group;
    Verdict verdict{.chunk = chunk, .piece = blamed, .given_up = {}};
    if (chunk.range.cores > 1) verdict.kept_idle = nodes_.taken_by(id);
    job.weight_done += blamed.weight;
    give_back(job, chunk, left, blamed.first);
    if (blamed.count != 0) fail(job, chunk, blamed, retries.value_or(job.spec.retries), verdict);
    give_back(job, chunk, blamed.first + blamed.count, end);
    worker.reported.erase(worker.reported.begin() + place);
    worker.held.erase(worker.held.begin() + place);
    --job.in_flight;
    --chunks_out_;
    if (worker.asked == chunk.id) worker.asked = 0;
    if (place == 0) worker.begun = now_;
    if (chunk.range.cores > 1) free_kept(id);
    queue(id);
    return verdict;
}

} // namespace starmap::scheduling
