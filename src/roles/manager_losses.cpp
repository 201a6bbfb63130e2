// What becomes of the work of ranks that are gone; the manager's loop is in manager.cpp.
#include "base/clock.hpp"
#include "base/log.hpp"
#include "roles/lost_units.hpp"
#include "roles/manager.hpp"

#include <starmap/error.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <utility>
#include <vector>

namespace starmap::roles {

void Manager::refuse_if_broken() const
{
    if (!broken_.empty()) throw IoError(broken_);
}

void Manager::take_losses()
{
    for (auto const id : crew_.lost()) {
        auto const& worker = crew_.workers()[id];
        auto const who = fmt::format("Rank {} on {} is lost ({})", worker.rank, worker.hostname,
                                     crew_.is_near(id) ? "its process has ended"
                                                       : "it has ended or is out of reach");
        if (!crew_.survives()) {
            broken_ = who + ". Started with mpirun --enable-recovery the others go on without it; "
                            "with a checkpoint, the same command goes on from here.";
            continue;
        }
        base::log_warning("{}; {} of {} workers go on", who, crew_.living(), crew_.remote_count());
        take_loss(id);
        if (crew_.living() == 0)
            broken_ =
                fmt::format("All workers are lost, rank {} on {} as the last (they have ended or "
                            "are out of reach). With a checkpoint, the same command goes on "
                            "from here.",
                            worker.rank, worker.hostname);
    }
}

void Manager::take_loss(scheduling::WorkerId id)
{
    std::vector<std::pair<scheduling::Chunk, scheduling::Range>> held;
    for (auto const& chunk : scheduler_.held_by(id))
        held.emplace_back(chunk, scheduler_.unreported(id, chunk.id));
    scheduler_.set_time(base::now());
    scheduler_.lost(id);
    // Those to whom it was to hand on an opening may wait for it.
    for (auto& [number, starmap] : starmaps_)
        for (auto const& relayed : starmap.relayed())
            for (auto const orphan : crew_.behind(id, relayed)) open_once_more(starmap, orphan);
    auto begun = true; // it was at the first of its chunks
    for (auto const& [chunk, left] : held) {
        auto const starmap = starmaps_.find(chunk.job);
        if (starmap == starmaps_.end()) continue; // its consumer was gone, and this was all it had
        auto* const job = starmap->second.job();
        if (job != nullptr) job->drop_ahead(chunk.id);
        scheduling::Verdict verdict{
            .chunk = chunk, .piece = {.first = left.first, .count = 0}, .given_up = {}};
        wire::Result result;
        if (std::exchange(begun, false) && left.count != 0) {
            verdict.piece = scheduling::part_of(chunk.range, left.first, left.first + left.count);
            detail::UnitHead head;
            if (job != nullptr) head = job->head_of(left.first);
            detail::UnitFailure failure;
            failure.count = left.count;
            failure.weight = verdict.piece.weight;
            failure.status = TaskStatus::crashed;
            failure.text = "the rank was lost with it; others run it again, and that is no retry";
            result = lost_units(head, std::move(failure), run_time(), 0);
        }
        take_in(verdict, crew_.workers()[id], result);
    }
}

/// What waits for a node that is no more would wait for ever.
void Manager::fail_too_wide()
{
    if (crew_.living() == 0) return;
    for (auto const& chunk : scheduler_.take_too_wide()) {
        auto& starmap = starmaps_.at(chunk.job);
        detail::UnitHead head;
        if (starmap.job() != nullptr) head = starmap.job()->head_of(chunk.range.first);
        detail::UnitFailure failure;
        failure.count = chunk.range.count;
        failure.weight = chunk.range.weight;
        failure.text = fmt::format("it asks for {} cores, and since workers were lost the largest "
                                   "node has {}; ask for fewer, or start again with more ranks on "
                                   "a node",
                                   chunk.range.cores, scheduler_.largest_node());
        auto const result = lost_units(head, std::move(failure), run_time(), 0);
        take_in({.chunk = chunk, .piece = chunk.range, .given_up = {chunk.range}}, crew_.own(),
                result);
    }
}

} // namespace starmap::roles
