#include "roles/manager.hpp"

#include "base/clock.hpp"
#include "base/log.hpp"
#include "report/task_info_rows.hpp"
#include "wire/frame.hpp"

#include <starmap/error.hpp>
#include <starmap/humansize.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <utility>

namespace starmap::roles {

Manager::Manager(Settings const& settings, Crew& crew, std::vector<report::Observer*> observers,
                 double run_start, Deadline deadline)
    : settings_(settings),
      crew_(crew),
      observers_(std::move(observers)),
      run_start_(run_start),
      deadline_(std::move(deadline))
{
}

double Manager::run_time() const { return base::wall_now() - run_start_; }

void Manager::start(report::RunInfo run)
{
    crew_.meet(scheduler_);
    start_clock();
    run.num_workers = workers();
    tell([&](report::Observer& observer) {
        observer.run_started(run);
        tell_workers(observer);
    });
}

void Manager::tell_workers(report::Observer& observer)
{
    // With others at hand, the worker inside rank 0 is one only if it had a task to run in place.
    for (auto const& worker : crew_.workers())
        if (&worker != &crew_.own() || worker.tasks != 0 || crew_.remote_count() == 0)
            observer.worker_changed(worker);
}

void Manager::say_failure(report::Observer const& observer)
{
    auto const failure = observer.failure();
    if (failure.empty() || std::find(said_.begin(), said_.end(), failure) != said_.end()) return;
    said_.push_back(failure);
    base::log_error("{}", failure);
}

void Manager::tell_costs(OpenStarmap const& starmap)
{
    // The first window of an input may be long in coming; the scheduler knows nothing before.
    if (starmap.reading && starmap.positions() == 0) return;
    std::vector<report::CostInfo> costs;
    for (auto const& [group, cost] : scheduler_.costs(starmap.number()).observed())
        costs.push_back({.group = group,
                         .key = starmap.group_name(group),
                         .seconds = cost.seconds,
                         .weight = cost.weight,
                         .units = cost.units});
    if (!costs.empty())
        tell([&](report::Observer& observer) { observer.costs_learned(starmap.info(), costs); });
}

void Manager::end(bool in_order)
{
    for (auto const& [number, starmap] : starmaps_) tell_costs(starmap);
    pulse(run_time());
    tell([&](report::Observer& observer) {
        tell_workers(observer);
        for (auto& [number, starmap] : starmaps_) {
            starmap.settle(run_time());
            observer.starmap_closed(starmap.info());
        }
        observer.run_ended(in_order);
        say_failure(observer);
    });
}

void Manager::refuse_use() const
{
    if (replay_ != nullptr) replay_->refuse_after_end();
    if (absorbing_)
        throw UsageError("A Starmap cannot be used inside the operation of a reduce (results are "
                         "being combined at that time). Collect the results first, or iterate.");
}

void Manager::open(detail::Job& job)
{
    refuse_use();
    refuse_if_broken();
    TimeSheet::Doing const doing(time_sheet_, &report::ManagerTime::messages);
    auto const number = ++last_number_;
    auto& starmap = starmaps_.try_emplace(number, job, number, run_time()).first->second;
    // The first window tells whether there is just one task, which then runs in place.
    std::vector<detail::Window> windows;
    try {
        Raised const reading(starmap.reading);
        if (checkpoint_ != nullptr) starmap.use(*checkpoint_);
        windows = first_windows(starmap);
    } catch (...) {
        starmaps_.erase(number);
        throw;
    }
    auto const in_place = job.spec().single && crew_.remote_count() != 0;
    scheduler_.open(
        number, {.policy = starmap.policy(),
                 .in_place = in_place,
                 .retries = static_cast<std::uint16_t>(std::min(starmap.spec().retries, 65534U)),
                 .divisible = starmap.divisible(),
                 .counts_cores = !in_place && crew_.remote_count() != 0});
    scheduler_.expect(number, lessons_.of(starmap.recorded_name()));
    try {
        for (auto& window : windows) add_units(starmap, std::move(window));
    } catch (...) {
        scheduler_.close(number);
        starmaps_.erase(number);
        throw;
    }
    if (windows.empty() && !starmap.spec().growing) scheduler_.end_input(number);
    tell([&](report::Observer& observer) { observer.starmap_opened(starmap.info()); });
}

OpenStarmap* Manager::find(detail::Job const& job)
{
    auto const found = std::find_if(starmaps_.begin(), starmaps_.end(),
                                    [&](auto& entry) { return entry.second.job() == &job; });
    return found == starmaps_.end() ? nullptr : &found->second;
}

bool Manager::advance(detail::Job& job)
{
    refuse_use();
    TimeSheet::Doing const doing(time_sheet_, &report::ManagerTime::messages);
    auto* const starmap = find(job);
    if (starmap == nullptr) return false;
    auto const number = starmap->number();
    for (;;) {
        bool active = feed(*starmap, Asked::yes);
        active = take_known(*starmap) || active;
        dispatch(number);
        while (auto incoming = poll()) {
            handle(std::move(*incoming));
            active = true;
            // A worker that waits for its next chunk comes before results that wait for us.
            dispatch(number);
            if (starmap->news) break;
        }
        tick();
        take_losses();
        refuse_if_broken();
        if (std::exchange(starmap->news, false)) return true;
        if (scheduler_.done(number) && !starmap->knows_more()) break;
        if (is_over(*starmap)) {
            auto const error = starmap->error;
            starmap->settle(run_time());
            abandon(job);
            if (error) std::rethrow_exception(error);
            return false;
        }
        refuse_to_go_on(*starmap);
        if (!active) pause(inputs());
    }
    auto const error = starmap->error;
    finish(*starmap);
    if (error) std::rethrow_exception(error);
    return false;
}

void Manager::dispatch(std::uint32_t preferred)
{
    // Other Starmaps may use idle workers, but what nobody takes must not pile up.
    auto const most_values = 64 + 4 * std::size_t{workers()};
    for (auto& [number, starmap] : starmaps_) {
        if (starmap.job() == nullptr || starmap.reading) continue;
        auto const backlog = starmap.job()->backlog();
        auto const many = number != preferred && backlog.values > most_values;
        // Where nothing can be told to let go of what waits, holding back might hold for ever.
        auto const large =
            backlog.bytes > settings_.result_buffer && (number != preferred || backlog.needed);
        scheduler_.hold(number, many || large, backlog.needed);
        if (number != preferred) feed(starmap, Asked::no);
    }
    scheduler_.set_time(base::now());
    watch_time();
    if (!crew_.is_whole()) fail_too_wide();
    while (auto const chunk = scheduler_.next(preferred)) send(*chunk);
    for (auto const& recall : scheduler_.recalls())
        crew_.send(recall.worker, wire::encode_recall(recall.job, recall.chunk));
}

void Manager::cancel(OpenStarmap& starmap)
{
    auto const number = starmap.number();
    if (!starmap.note_cancelled()) return;
    scheduler_.cancel(number);
    for (auto const worker : starmap.opened_on())
        crew_.send(worker, wire::encode_plain(wire::Kind::cancel, number));
}

void Manager::stop(detail::Job& job)
{
    refuse_use();
    auto* const starmap = find(job);
    if (starmap == nullptr || starmap->stopped != Deadline::never) return;
    auto const now = starmap->stopped = base::wall_now();
    cancel(*starmap);
    wire::Deadline const told{.at = deadline_.look(now, now).told, .drain = 1};
    for (auto const worker : starmap->opened_on())
        crew_.send(worker, wire::encode(told, starmap->number()));
}

void Manager::abandon(detail::Job& job) noexcept
{
    auto* const starmap = find(job);
    if (starmap == nullptr) return;
    starmap->abandon();
    try {
        cancel(*starmap);
        if (scheduler_.done(starmap->number())) finish(*starmap);
    } catch (std::exception const& error) {
        base::log_error("A Starmap could not be ended in order: {}", error.what());
    }
}

void Manager::finish(OpenStarmap& starmap)
{
    auto const number = starmap.number();
    starmap.settle(run_time());
    if (auto* const job = starmap.job()) {
        job->keeper = nullptr;
        for (auto const& [argument, bytes] : job->stats.sent)
            base::log_debug("Sent {} as {} of {}", humansize(bytes), argument, starmap.spec().name);
    }
    tell_costs(starmap);
    tell([&](report::Observer& observer) { observer.starmap_closed(starmap.info()); });
    for (auto const worker : starmap.opened_on())
        crew_.send(worker, wire::encode_plain(wire::Kind::close, number));
    scheduler_.close(number);
    starmaps_.erase(number);
}

} // namespace starmap::roles
