// What the manager sends and takes in; its loop is in manager.cpp.
#include "roles/manager.hpp"

#include "base/clock.hpp"
#include "base/exception_text.hpp"
#include "base/log.hpp"
#include "roles/lost_units.hpp"
#include "wire/frame.hpp"

#include <starmap/error.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <exception>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace starmap::roles {

void Manager::send(scheduling::Chunk const& chunk)
{
    auto& starmap = starmaps_.at(chunk.job);
    bool opens = false;
    detail::Bytes frame;
    try {
        opens = starmap.needs_opening(chunk.worker, settings_.node_shared);
        auto const in_place = chunk.worker == crew_.own().worker;
        frame = starmap.pack(
            chunk, in_place ? starmap.job()->cores_of(chunk.range.first, chunk.range.count)
                            : chunk.range.cores);
    } catch (...) {
        // It counts as opened on this worker, whatever becomes of the chunk.
        auto const why = base::current_exception_text();
        if (opens) open_on(starmap, chunk.worker);
        fail_unsent(starmap, chunk, why);
        return;
    }
    if (opens) open_on(starmap, chunk.worker);
    crew_.send(chunk.worker, std::move(frame));
}

void Manager::open_on(OpenStarmap& starmap, scheduling::WorkerId worker)
{
    // A worker in a task is no link of a chain: what it is to hand on would wait for the task's
    // end. It gets its own copy when it needs one.
    std::vector<scheduling::WorkerId> recipients{worker};
    auto const idle = scheduler_.held_by(worker).size() <= 1; // the chunk that it is to get
    if (idle && starmap.has_large_state() && worker != crew_.own().worker)
        for (auto const other : crew_.remote())
            if (other != worker && !crew_.is_lost(other) && scheduler_.held_by(other).empty() &&
                !starmap.is_opened_on(other))
                recipients.push_back(other);
    auto const spread =
        crew_.open_on(recipients, [&](std::vector<wire::Destination> onward, bool same_node) {
            return starmap.opening(std::move(onward), same_node);
        });
    starmap.note_opened(recipients, spread);
}

void Manager::open_again(std::uint32_t number, scheduling::WorkerId worker)
{
    auto const found = starmaps_.find(number);
    if (found == starmaps_.end()) return; // it is over: the memory is gone, and no chunk waits
    auto const& info = crew_.workers()[worker];
    base::log_debug("Rank {} on {} cannot reach the memory that its node shares; it gets copies",
                    info.rank, info.hostname);
    crew_.set_apart(worker);
    open_once_more(found->second, worker);
}

void Manager::open_once_more(OpenStarmap& starmap, scheduling::WorkerId worker)
{
    auto const spread = crew_.open_on(std::span(&worker, 1), [&](auto, bool same_node) {
        return starmap.opening({}, same_node, OpenStarmap::Again::yes);
    });
    starmap.note_repeated(spread);
}

void Manager::fail_unsent(OpenStarmap& starmap, scheduling::Chunk const& chunk,
                          std::string const& why)
{
    auto const head = starmap.job()->head_of(chunk.range.first);
    detail::UnitFailure failure;
    failure.count = chunk.range.count;
    failure.weight = chunk.range.weight;
    failure.text = "its arguments could not be packed on rank 0: " + why;
    auto result = lost_units(head, std::move(failure), run_time(), 0);
    result.head.chunk = chunk.id;
    result.head.weight = chunk.range.weight;
    take_result(chunk.worker, crew_.own(), result);
}

void Manager::handle(FromWorker incoming)
{
    detail::ByteReader in(incoming.frame.view());
    auto const& worker = crew_.workers()[incoming.worker];
    auto const header = wire::read_header(in);
    switch (header.kind) {
    case wire::Kind::result:
        crew_.note_result(incoming.worker);
        take_result(incoming.worker, crew_.workers()[incoming.worker], wire::read_result(in));
        return;
    case wire::Kind::part: {
        auto const head = in.get<wire::PartHead>();
        crew_.note_part(incoming.worker, head.total);
        auto const starmap = starmaps_.find(header.job);
        if (starmap != starmaps_.end() && starmap->second.job() != nullptr)
            starmap->second.job()->absorb_ahead(head.chunk, head.total, in.view());
        return;
    }
    case wire::Kind::died:
        crew_.note_result(incoming.worker);
        take_death(incoming.worker, header.job, wire::read_death(in));
        return;
    case wire::Kind::log: {
        auto const line = wire::read_log(in);
        auto const text = fmt::format("[rank {} {}] {}", worker.rank, worker.hostname, line.text);
        base::log_line(line.warning ? base::Level::warning : base::Level::info, text);
        return;
    }
    case wire::Kind::lost: crew_.note_loss(wire::read_lost(in)); return;
    case wire::Kind::lacking: open_again(header.job, incoming.worker); return;
    case wire::Kind::fault:
        throw ProtocolError(fmt::format("Rank {} on {} cannot go on: {}", worker.rank,
                                        worker.hostname, in.get_text()));
    default:
        throw ProtocolError(fmt::format("Rank {} on {} sent a message that only workers take.",
                                        worker.rank, worker.hostname));
    }
}

/// Of each that failed, where tasks differ in that; else none.
std::vector<std::uint16_t> Manager::retries_of(scheduling::WorkerId id, wire::Result const& result)
{
    std::vector<std::uint16_t> retries;
    if (result.failures.empty()) return retries;
    auto const& held = scheduler_.held_by(id);
    auto const chunk = std::find_if(held.begin(), held.end(),
                                    [&](auto const& each) { return each.id == result.head.chunk; });
    if (chunk == held.end()) return retries; // the scheduler refuses it
    auto& starmap = starmaps_.at(chunk->job);
    auto const left = scheduler_.unreported(id, chunk->id);
    if (!starmap.spec().own_retries || result.head.done > left.count) return retries;
    for (auto const& failure : result.failures)
        retries.push_back(starmap.retries_of(left.first + failure.position, failure.count));
    return retries;
}

void Manager::take_result(scheduling::WorkerId id, report::WorkerInfo& worker,
                          wire::Result const& result)
{
    std::vector<scheduling::Range> failed;
    for (auto const& failure : result.failures)
        failed.push_back(
            {.first = failure.position, .count = failure.count, .weight = failure.weight});
    auto const retries = retries_of(id, result);
    // What fails fast says nothing of what the work takes.
    auto const teaches = std::all_of(result.told.begin(), result.told.end(), [](auto const& told) {
        return told.status == TaskStatus::ok;
    });
    scheduler_.set_time(base::now());
    auto const verdict =
        scheduler_.report(id, {.chunk = result.head.chunk,
                               .done = result.head.done,
                               .weight = result.head.weight,
                               .seconds = result.head.seconds,
                               .last = result.head.last != 0,
                               .failed = failed,
                               .retries = retries,
                               .teaches = teaches,
                               .for_want_of_time = is_for_want_of_time(id, result)});
    if (result.head.last != 0) ++chunks_;
    take_in(verdict, worker, result);
}

void Manager::take_in(scheduling::Verdict const& verdict, report::WorkerInfo& worker,
                      wire::Result const& result)
{
    auto& starmap = starmaps_.at(verdict.chunk.job);
    auto rows = starmap.note(result, verdict, worker);
    starmap.note_moved(verdict.moved);
    if (checkpoint_ != nullptr)
        for (auto& row : rows) row.session = checkpoint_->session();
    auto const done_weight = scheduler_.weight_done(starmap.number()) + starmap.known_weight();
    // Before the results: a task whose result a checkpoint keeps has its row there, whatever is
    // killed when.
    tell([&](report::Observer& observer) {
        if (starmap.labels().empty())
            observer.tasks_done(starmap.info(), rows, done_weight);
        else
            observer.named_tasks_done(starmap.info(), rows, starmap.labels(), done_weight);
        if (!result.operations.empty() && !starmap.info().is_private)
            observer.operations_done(result.operations);
    });
    try {
        Raised const absorbing(absorbing_);
        TimeSheet::Doing const doing(time_sheet_, &report::ManagerTime::results);
        starmap.absorb(result, verdict, worker);
        // Before anybody asks whether all is done: whose tasks submit more was in flight till now.
        if (starmap.job() != nullptr)
            if (auto grown = starmap.job()->take_grown()) add_units(starmap, std::move(*grown));
    } catch (...) {
        // The user's own operation threw: its consumer hears of it, the others go on.
        if (!starmap.error) starmap.error = std::current_exception();
    }
    for (auto const& row : rows) {
        if (row.status == TaskStatus::cancelled) continue;
        ++worker.tasks;
        auto const busy = row.unpack + row.duration + row.pack;
        worker.busy += busy;
        for (auto const kept : verdict.kept_idle) crew_.workers()[kept].busy += busy;
        if (std::isnan(worker.first)) worker.first = row.start;
        worker.last = std::max(row.start + row.duration, std::isnan(worker.last) ? 0 : worker.last);
    }
    tell_failures(starmap);
    starmap.news = true;
    if (starmap.error) cancel(starmap);
    if (starmap.job() == nullptr && scheduler_.done(starmap.number())) finish(starmap);
}

void Manager::tell_failures(OpenStarmap& starmap)
{
    for (auto& [failure, more, goes_on] : starmap.take_new_failures()) {
        // What ends the Starmap is thrown to its consumer.
        if (starmap.spec().on_failure == OnFailure::collect || goes_on)
            base::log_warning("{}", describe(failure));
        failure.text += more;
        tell([&, &told = failure](report::Observer& observer) { observer.task_failed(told); });
    }
}

} // namespace starmap::roles
