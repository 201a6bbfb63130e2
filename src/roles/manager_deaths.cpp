// What becomes of chunks whose worker's process died; the manager's loop is in manager.cpp.
#include "base/log.hpp"
#include "roles/lost_units.hpp"
#include "roles/manager.hpp"
#include "wire/frame.hpp"

#include <starmap/error.hpp>

#include <fmt/format.h>

#include <cstdint>
#include <utility>

namespace starmap::roles {

/// What the worker's process had done of a map chunk when it died counts: a piece like any other.
void Manager::take_saved(scheduling::WorkerId id, OpenStarmap& starmap, wire::Death const& death)
{
    auto const first = scheduler_.unreported(id, death.chunk).first;
    detail::UnitRow row;
    if (auto* const job = starmap.job(); job != nullptr && death.saved != 0) {
        row.task_no = job->head_of(first).task_no;
        for (std::uint32_t i = 0; i < death.saved; ++i)
            row.weight += job->head_of(first + i).weight;
    }
    row.start = death.saved_start;
    row.duration = death.saved_seconds;
    row.received = death.results.size();
    row.items = death.saved;
    wire::Result result;
    result.head.chunk = death.chunk;
    result.head.done = death.saved;
    result.head.weight = row.weight;
    result.head.seconds = row.duration;
    result.head.peak_rss = death.peak_rss;
    result.head.last = death.blameless;
    result.payload = death.results;
    result.one_by_one = true;
    if (death.saved != 0) result.rows.push_back(row);
    take_result(id, crew_.workers()[id], result);
}

/// The worker's process died in a chunk; another has taken its place.
void Manager::take_death(scheduling::WorkerId id, std::uint32_t number, wire::Death death)
{
    auto const found = starmaps_.find(number);
    auto const refuse = [&] {
        throw ProtocolError(fmt::format(
            "Worker {} died in chunk {} at a position that was not its own.", id, death.chunk));
    };
    if (found == starmaps_.end()) refuse();
    auto& starmap = found->second;
    auto* const job = starmap.job();
    if (job != nullptr) job->drop_ahead(death.chunk);
    if (death.saved != 0 || death.blameless != 0) take_saved(id, starmap, death);
    if (death.blameless != 0) return;
    auto const left = scheduler_.unreported(id, death.chunk);
    if (death.count == 0 && left.count == 1) {
        death.position = left.first;
        death.count = 1;
    }
    // Before the job is asked for what is there.
    if (death.count != 0 &&
        (death.position < left.first || death.position - left.first >= left.count))
        refuse();
    scheduling::Range blamed{.first = death.position, .count = death.count};
    wire::Result result;
    if (death.count != 0) {
        detail::UnitHead head;
        if (job != nullptr) head = job->head_of(death.position);
        blamed.weight = head.weight;
        detail::UnitFailure failure;
        failure.count = death.count;
        failure.status = death.status;
        failure.exit_code = death.exit_code;
        failure.weight = head.weight;
        failure.text = std::move(death.text);
        result = lost_units(head, std::move(failure), death.start, death.duration);
        result.head.peak_rss = death.peak_rss;
    } else {
        auto const& worker = crew_.workers()[id];
        base::log_warning("A process of rank {} on {} died of one of several tasks ({}); they are "
                          "tried again, fewer at a time",
                          worker.rank, worker.hostname, death.text);
    }
    auto const retries = starmap.retries_of(blamed.first, blamed.count);
    take_in(scheduler_.died(id, death.chunk, blamed, retries), crew_.workers()[id], result);
}

} // namespace starmap::roles
