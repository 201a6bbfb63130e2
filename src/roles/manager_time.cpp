// What the manager does by the clock; its loop is in manager.cpp.
#include "roles/manager.hpp"

#include "base/clock.hpp"
#include "base/log.hpp"
#include "wire/frame.hpp"

#include <starmap/error.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <string>
#include <utility>

namespace starmap::roles {

namespace {

constexpr double tick_every = 20e-3;
constexpr double worker_figures_every = 1.0;
constexpr double pulse_every = 0.1;
constexpr std::size_t few_groups = 1000; ///< whose costs are recorded as often as that

wire::Deadline notice(Deadline::View const& view)
{
    return {.at = view.told, .drain = view.phase == Deadline::Phase::open ? 0U : 1U};
}

} // namespace

double Manager::patience() const
{
    auto const now = base::wall_now();
    auto patience = deadline_.look(now).patience;
    for (auto const& [number, starmap] : starmaps_)
        patience = std::min(patience, deadline_.look(now, starmap.stopped).patience);
    return patience;
}

/// What still runs of it is not waited for any more, as its consumer has stopped it.
bool Manager::is_over(OpenStarmap const& starmap) const
{
    return starmap.stopped != Deadline::never &&
           deadline_.look(base::wall_now(), starmap.stopped).phase == Deadline::Phase::over;
}

void Manager::drain(double patience)
{
    TimeSheet::Doing const doing(time_sheet_, &report::ManagerTime::messages);
    auto const give_up = base::now() + patience;
    while (!scheduler_.idle() && base::now() < give_up && broken_.empty()) {
        take_losses();
        if (auto incoming = poll())
            handle(std::move(*incoming));
        else
            pause();
        tick();
    }
}

std::optional<FromWorker> Manager::poll()
{
    TimeSheet::Doing doing(time_sheet_, &report::ManagerTime::waiting);
    auto incoming = crew_.poll();
    if (incoming) doing.was(&report::ManagerTime::messages);
    return incoming;
}

void Manager::pause(std::span<int const> inputs)
{
    TimeSheet::Doing const doing(time_sheet_, &report::ManagerTime::waiting);
    crew_.pause(inputs);
}

void Manager::pulse(double now)
{
    if (crew_.workers().empty()) return; // the run ends before they were met
    next_pulse_ = now + pulse_every;
    report::Pulse pulse{.now = now,
                        .workers = std::max(1U, crew_.living()),
                        .running = {},
                        .chunks = chunks_,
                        .manager = time_sheet_.time(crew_.own().busy)};
    scheduler_.set_time(base::now());
    for (auto const& [number, running] : scheduler_.running())
        pulse.running[number] = {.workers = running.workers, .seconds = running.seconds};
    tell([&](report::Observer& observer) { observer.pulse(pulse); });
}

void Manager::tell_deadline(Deadline::View const& view)
{
    told_ = view.told;
    for (auto const& worker : crew_.workers())
        crew_.send(worker.worker, wire::encode(notice(view)));
}

void Manager::start_clock()
{
    // The worker in this process works while the manager waits for it.
    crew_.own_worker_looks([this] { return notice(deadline_.look(base::wall_now())); });
    auto const view = deadline_.look(base::wall_now());
    if (std::isfinite(view.told)) tell_deadline(view);
}

void Manager::watch_time()
{
    auto const now = base::wall_now();
    auto const view = deadline_.look(now);
    scheduler_.set_time_left(view.seconds_left);
    if (view.phase == Deadline::Phase::open || (stopping_ && told_ == view.told)) return;
    if (!std::exchange(stopping_, true))
        base::log_warning("{}: nothing more is begun{}", deadline_.cause(now),
                          scheduler_.idle() ? std::string()
                                            : fmt::format("; what runs has {:.0f} s to end",
                                                          std::ceil(view.patience)));
    tell_deadline(view);
}

void Manager::refuse_to_go_on(OpenStarmap& starmap)
{
    auto const number = starmap.number();
    if (scheduler_.done(number)) return;
    auto const now = base::wall_now();
    auto const phase = deadline_.look(now).phase;
    // What may still come of its input would not be begun.
    auto const idle =
        phase != Deadline::Phase::open && starmap.waits_for_input && scheduler_.drained(number);
    if (!idle && !scheduler_.out_of_time(number) && phase != Deadline::Phase::over) return;
    auto const& info = starmap.info();
    starmap.settle(run_time());
    interrupted_ = true;
    auto const part =
        info.weight_total > 0
            ? fmt::format(", {:.0f} % of it done",
                          std::floor(100 * scheduler_.weight_done(number) / info.weight_total))
            : std::string();
    throw Interrupted(fmt::format("\"{}\" is not finished{} ({}). Run the program again, with more "
                                  "time, or from a checkpoint where there is one.",
                                  info.name, part, deadline_.cause(now)));
}

bool Manager::is_for_want_of_time(scheduling::WorkerId id, wire::Result const& result) const
{
    // This is asked of every result: what costs something comes last.
    if (result.failures.empty() ||
        !std::all_of(result.failures.begin(), result.failures.end(),
                     [](auto const& failure) { return failure.type == "starmap::Interrupted"; }))
        return false;
    auto stopped = Deadline::never;
    for (auto const& chunk : scheduler_.held_by(id))
        if (chunk.id == result.head.chunk) stopped = starmaps_.at(chunk.job).stopped;
    return std::isfinite(deadline_.look(base::wall_now(), stopped).told);
}

void Manager::tick()
{
    auto const now = run_time();
    if (now < next_tick_) return;
    next_tick_ = now + tick_every;
    if (now >= next_worker_figures_) {
        next_worker_figures_ = now + worker_figures_every;
        tell([&](report::Observer& observer) { tell_workers(observer); });
        for (auto const& [number, starmap] : starmaps_)
            if (starmap.groups() <= few_groups) tell_costs(starmap);
    }
    if (now >= next_pulse_) pulse(now);
    tell([&](report::Observer& observer) {
        observer.tick(now);
        say_failure(observer);
    });
}

} // namespace starmap::roles
