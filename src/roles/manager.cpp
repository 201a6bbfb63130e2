#include "roles/manager.hpp"

#include "base/clock.hpp"
#include "base/log.hpp"
#include "wire/frame.hpp"

#include <starmap/error.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <utility>

namespace starmap::roles {

namespace {

constexpr double tick_every = 20e-3;
constexpr double worker_figures_every = 1.0;

/// The text of the exception being handled.
std::string current_text()
{
    try {
        throw;
    } catch (std::exception const& error) {
        return error.what();
    } catch (...) {
        return "something that is not derived from std::exception";
    }
}

} // namespace

Manager::Manager(Settings const& settings, Crew& crew, std::vector<report::Observer*> observers,
                 double run_start)
    : settings_(settings),
      crew_(crew),
      observers_(std::move(observers)),
      run_start_(run_start)
{
}

double Manager::run_time() const { return base::wall_now() - run_start_; }

void Manager::start(report::RunInfo run)
{
    crew_.meet(scheduler_);
    run.num_workers = workers();
    tell([&](report::Observer& observer) {
        observer.run_started(run);
        for (auto const& worker : crew_.workers()) observer.worker_changed(worker);
    });
}

void Manager::drain(double patience)
{
    auto const give_up = base::now() + patience;
    while (!scheduler_.idle() && base::now() < give_up) {
        if (auto incoming = crew_.poll())
            handle(std::move(*incoming));
        else
            crew_.pause();
        tick();
    }
}

void Manager::end(bool in_order)
{
    tell([&](report::Observer& observer) {
        for (auto const& worker : crew_.workers()) observer.worker_changed(worker);
        for (auto& [number, starmap] : starmaps_) {
            starmap.settle(run_time());
            observer.starmap_closed(starmap.info());
        }
        observer.run_ended(in_order);
    });
}

void Manager::open(detail::Job& job)
{
    auto const number = ++last_number_;
    auto& starmap = starmaps_.try_emplace(number, job, number, run_time()).first->second;
    // The first window tells whether there is just one task, which then runs in place.
    std::optional<detail::Window> window;
    try {
        window = job.pull();
    } catch (...) {
        starmaps_.erase(number);
        throw;
    }
    auto const in_place = job.spec().single && crew_.remote_count() != 0;
    scheduler_.open(
        number, {.policy = starmap.policy(),
                 .in_place = in_place,
                 .retries = static_cast<std::uint16_t>(std::min(starmap.spec().retries, 65535U))});
    if (window)
        starmap.add(std::move(*window), scheduler_);
    else if (!starmap.spec().growing)
        scheduler_.end_input(number);
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
    auto* const starmap = find(job);
    if (starmap == nullptr) return false;
    auto const number = starmap->number();
    for (;;) {
        bool active = feed(*starmap);
        dispatch(number);
        while (auto incoming = crew_.poll()) {
            handle(std::move(*incoming));
            active = true;
            // A worker that waits for its next chunk comes before results that wait for us.
            dispatch(number);
            if (starmap->news) break;
        }
        tick();
        if (std::exchange(starmap->news, false)) return true;
        if (scheduler_.done(number)) break;
        if (!active) crew_.pause();
    }
    auto const error = starmap->error;
    finish(*starmap);
    if (error) std::rethrow_exception(error);
    return false;
}

bool Manager::feed(OpenStarmap& starmap)
{
    auto const number = starmap.number();
    if (starmap.job() == nullptr || !scheduler_.wants_units(number)) return false;
    try {
        if (auto window = starmap.job()->pull()) {
            starmap.add(std::move(*window), scheduler_);
            return true;
        }
        // What submit() fills ends only when nothing of it is left to be done.
        if (!starmap.spec().growing || scheduler_.drained(number)) {
            scheduler_.end_input(number);
            starmap.input_ended();
        }
    } catch (...) {
        if (!starmap.error) starmap.error = std::current_exception();
        cancel(starmap);
    }
    return false;
}

void Manager::dispatch(std::uint32_t preferred)
{
    if (starmaps_.size() > 1) {
        // Other Starmaps may use idle workers, but what nobody takes must not pile up.
        auto const most = 64 + 4 * std::size_t{workers()};
        for (auto& [number, starmap] : starmaps_) {
            if (number == preferred || starmap.job() == nullptr) continue;
            scheduler_.hold(number, starmap.job()->backlog() > most);
            feed(starmap);
        }
        scheduler_.hold(preferred, false);
    }
    while (auto const chunk = scheduler_.next(preferred)) send(*chunk);
}

void Manager::send(scheduling::Chunk const& chunk)
{
    auto& starmap = starmaps_.at(chunk.job);
    std::optional<detail::Bytes> opening;
    detail::Bytes frame;
    try {
        opening = starmap.opening_for(chunk.worker);
        frame = starmap.pack(chunk);
    } catch (...) {
        fail_unsent(starmap, chunk, current_text());
        return;
    }
    if (opening) crew_.send(chunk.worker, std::move(*opening));
    crew_.send(chunk.worker, std::move(frame));
}

void Manager::fail_unsent(OpenStarmap& starmap, scheduling::Chunk const& chunk,
                          std::string const& why)
{
    auto const head = starmap.job()->head_of(chunk.range.first);
    detail::UnitFailure failure;
    failure.count = chunk.range.count;
    failure.weight = chunk.range.weight;
    failure.item = head.index;
    failure.task_no = head.task_no;
    failure.text = "its arguments could not be packed on rank 0: " + why;
    wire::Result result;
    result.head.chunk = chunk.id;
    result.head.done = chunk.range.count;
    result.head.weight = chunk.range.weight;
    detail::UnitRow row;
    row.task_no = head.task_no;
    row.weight = chunk.range.weight;
    row.start = run_time();
    row.items = chunk.range.count;
    row.status = TaskStatus::failed;
    result.rows.push_back(row);
    result.failures.push_back(std::move(failure));
    take_result(chunk.worker, crew_.own(), result);
}

void Manager::handle(FromWorker incoming)
{
    detail::ByteReader in(incoming.frame.view());
    auto const& worker = crew_.workers()[incoming.worker];
    auto const header = wire::read_header(in);
    switch (header.kind) {
    case wire::Kind::result:
        take_result(incoming.worker, crew_.workers()[incoming.worker], wire::read_result(in));
        return;
    case wire::Kind::log: {
        auto const line = wire::read_log(in);
        auto const text = fmt::format("[rank {} {}] {}", worker.rank, worker.hostname, line.text);
        base::log_line(line.warning ? base::Level::warning : base::Level::info, text);
        return;
    }
    case wire::Kind::fault:
        throw ProtocolError(fmt::format("Rank {} on {} cannot go on: {}", worker.rank,
                                        worker.hostname, in.get_text()));
    default:
        throw ProtocolError(fmt::format("Rank {} on {} sent a message that only workers take.",
                                        worker.rank, worker.hostname));
    }
}

void Manager::take_result(scheduling::WorkerId id, report::WorkerInfo& worker,
                          wire::Result const& result)
{
    std::vector<scheduling::Range> failed;
    for (auto const& failure : result.failures)
        failed.push_back(
            {.first = failure.position, .count = failure.count, .weight = failure.weight});
    auto const verdict = scheduler_.report(id, {.chunk = result.head.chunk,
                                                .done = result.head.done,
                                                .weight = result.head.weight,
                                                .seconds = result.head.seconds,
                                                .last = result.head.last != 0,
                                                .failed = failed});
    auto& starmap = starmaps_.at(verdict.chunk.job);
    std::vector<TaskRecord> rows;
    try {
        rows = starmap.take(result, verdict, worker);
    } catch (...) {
        // The user's own operation threw: its consumer hears of it, the others go on.
        if (!starmap.error) starmap.error = std::current_exception();
    }
    for (auto const& row : rows) {
        if (row.status == TaskStatus::cancelled) continue;
        ++worker.tasks;
        worker.busy += row.unpack + row.duration + row.pack;
        if (std::isnan(worker.first)) worker.first = row.start;
        worker.last = std::max(row.start + row.duration, std::isnan(worker.last) ? 0 : worker.last);
    }
    auto const done_weight = scheduler_.weight_done(starmap.number());
    tell([&](report::Observer& observer) {
        observer.tasks_done(starmap.info(), rows, done_weight);
        if (!result.operations.empty() && !starmap.info().is_private)
            observer.operations_done(result.operations);
    });
    tell_failures(starmap);
    starmap.news = true;
    if (starmap.error) cancel(starmap);
    if (starmap.job() == nullptr && scheduler_.done(starmap.number())) finish(starmap);
}

void Manager::tell_failures(OpenStarmap& starmap)
{
    for (auto const& failure : starmap.take_new_failures()) {
        if (starmap.spec().on_failure == OnFailure::collect ||
            failure.attempt <= starmap.spec().retries)
            base::log_warning("{}", describe(failure));
        tell([&](report::Observer& observer) { observer.task_failed(failure); });
    }
}

void Manager::cancel(OpenStarmap& starmap)
{
    auto const number = starmap.number();
    if (!starmap.note_cancelled()) return;
    scheduler_.cancel(number);
    for (auto const worker : starmap.opened_on())
        crew_.send(worker, wire::encode_plain(wire::Kind::cancel, number));
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
    tell([&](report::Observer& observer) { observer.starmap_closed(starmap.info()); });
    for (auto const worker : starmap.opened_on())
        crew_.send(worker, wire::encode_plain(wire::Kind::close, number));
    scheduler_.close(number);
    starmaps_.erase(number);
}

void Manager::tick()
{
    auto const now = run_time();
    if (now < next_tick_) return;
    next_tick_ = now + tick_every;
    if (now >= next_worker_figures_) {
        next_worker_figures_ = now + worker_figures_every;
        tell([&](report::Observer& observer) {
            for (auto const& worker : crew_.workers()) observer.worker_changed(worker);
        });
    }
    tell([&](report::Observer& observer) {
        observer.tick(now);
        if (auto const failure = observer.failure(); !failure.empty() && !record_failed_) {
            record_failed_ = true;
            base::log_error("{}", failure);
        }
    });
}

} // namespace starmap::roles
