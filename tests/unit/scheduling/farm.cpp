#include "unit/scheduling/farm.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <memory>
#include <utility>

namespace farm {

using scheduling::Chunk;
using scheduling::Policy;
using scheduling::Range;

Units random_units(std::mt19937_64& random, std::size_t count, std::uint32_t groups)
{
    Units units;
    std::uniform_int_distribution<int> weight(0, 12);
    std::uint32_t group = 0;
    while (units.weights.size() < count) {
        auto const left = count - units.weights.size();
        auto const length = group + 1 == groups ? left : random() % left + 1;
        std::vector<double> run(length);
        for (auto& each : run) each = weight(random) / 4.0;
        std::sort(run.begin(), run.end(), std::greater<>());
        units.weights.insert(units.weights.end(), run.begin(), run.end());
        if (groups > 1) units.groups.insert(units.groups.end(), length, group);
        ++group;
    }
    return units;
}

Farm::Farm(unsigned remote_workers, std::uint64_t seed, Habits habits, scheduling::Tuning tuning)
    : tuning_(tuning),
      habits_(habits),
      scheduler_(tuning),
      random_(seed)
{
    for (unsigned i = 0; i < remote_workers; ++i) add_worker();
    REQUIRE(scheduler_.add_worker(scheduling::WorkerKind::local) == workers_.size());
    workers_.push_back({.local = true, .alive = true, .held = {}});
}

bool Farm::chance(double probability)
{
    return std::uniform_real_distribution<double>()(random_) < probability;
}

WorkerId Farm::add_worker()
{
    auto const id = scheduler_.add_worker(scheduling::WorkerKind::remote);
    REQUIRE(id == workers_.size());
    workers_.push_back({.local = false, .alive = true, .held = {}});
    return id;
}

std::uint32_t Farm::alive() const
{
    return static_cast<std::uint32_t>(std::count_if(
        workers_.begin(), workers_.end(), [](auto const& w) { return w.alive && !w.local; }));
}

void Farm::open(JobId id, scheduling::JobSpec spec)
{
    scheduler_.open(id, spec);
    jobs_[id].spec = spec;
}

void Farm::add_uniform(JobId id, std::size_t count)
{
    scheduler_.add_uniform(id, count);
    job(id).units.resize(job(id).units.size() + count);
}

void Farm::add(JobId id, Units units)
{
    auto& all = job(id).units;
    for (std::size_t i = 0; i < units.weights.size(); ++i)
        all.push_back(
            {.weight = units.weights[i], .group = units.groups.empty() ? 0 : units.groups[i]});
    scheduler_.add(id, std::make_shared<std::vector<double> const>(std::move(units.weights)),
                   units.groups);
}

void Farm::add_blocks(JobId id, Units const& units)
{
    auto& all = job(id).units;
    job(id).blocks = true;
    std::vector<Range> blocks;
    auto const base = all.size();
    for (std::size_t i = 0; i < units.weights.size(); ++i) {
        auto const group = units.groups.empty() ? 0 : units.groups[i];
        if (blocks.empty() || blocks.back().group != group || chance(0.4))
            blocks.push_back({.first = base + i, .count = 0, .weight = 0, .group = group});
        ++blocks.back().count;
        blocks.back().weight += units.weights[i];
        all.push_back({.weight = units.weights[i], .group = group});
    }
    scheduler_.add_blocks(id, std::move(blocks));
}

void Farm::end_input(JobId id)
{
    scheduler_.end_input(id);
    job(id).ended = true;
}

void Farm::hold(JobId id, bool held)
{
    scheduler_.hold(id, held);
    job(id).held = held;
}

void Farm::cancel(JobId id)
{
    scheduler_.cancel(id);
    job(id).cancelled = job(id).ended = true;
}

void Farm::lose(WorkerId id)
{
    scheduler_.lost(id);
    auto& worker = workers_[id];
    worker.alive = false;
    for (auto const& [chunk, reported] : worker.held)
        for (auto i = reported; i < chunk.range.count; ++i)
            job(chunk.job).units[chunk.range.first + i].out = false;
    worker.held.clear();
}

void Farm::dispatch(JobId preferred)
{
    while (auto const chunk = scheduler_.next(preferred)) take(*chunk);
    check_nobody_idles();
}

void Farm::take(Chunk const& chunk)
{
    auto& of = job(chunk.job);
    auto& worker = workers_.at(chunk.worker);
    REQUIRE(worker.alive);
    REQUIRE(worker.local == of.spec.in_place);
    REQUIRE_FALSE(of.cancelled);
    REQUIRE(chunk.range.count > 0);
    REQUIRE(chunk.range.first + chunk.range.count <= of.units.size());
    if (!of.units[chunk.range.first].begun) check_size(of, chunk.range);
    for (std::uint32_t i = 0; i < chunk.range.count; ++i) {
        auto& unit = of.units[chunk.range.first + i];
        REQUIRE(unit.waits());
        REQUIRE(unit.group == chunk.range.group);
        REQUIRE(chunk.attempt == unit.failures + 1);
        REQUIRE((unit.avoids != chunk.worker || alive() <= 1 || worker.local));
        REQUIRE((unit.begun || !of.held));
        unit.begun = unit.out = true;
    }
    worker.held.push_back({chunk, 0});
    REQUIRE(worker.held.size() <= (worker.local ? 1 : 2));
    REQUIRE(scheduler_.held_by(chunk.worker).size() == worker.held.size());
    REQUIRE(std::isfinite(chunk.range.weight));
    handed_out_.push_back(chunk);
}

bool Farm::step()
{
    std::vector<WorkerId> busy;
    for (WorkerId id = 0; id < workers_.size(); ++id)
        if (!workers_[id].held.empty()) busy.push_back(id);
    if (busy.empty()) return false;
    auto const id = busy[random_() % busy.size()];
    auto const& [chunk, reported] = workers_[id].held.front();
    auto const left = chunk.range.count - reported;
    if (chance(habits_.let_go))
        report(id, static_cast<std::uint32_t>(random_() % (left + 1)), true);
    else if (chance(habits_.pieces))
        report(id, static_cast<std::uint32_t>(random_() % (left + 1)), false);
    else
        report(id, left, true);
    return true;
}

void Farm::report(WorkerId id, std::uint32_t count, bool last)
{
    auto& worker = workers_[id];
    auto const [chunk, reported] = worker.held.front();
    auto& of = job(chunk.job);
    auto const first = chunk.range.first + reported;
    std::vector<Range> failed;
    std::vector<std::uint64_t> given_up;
    double weight = 0;
    double seconds = 0;
    for (std::uint32_t i = 0; i < count; ++i) {
        auto& unit = of.units[first + i];
        weight += unit.weight;
        seconds += habits_.seconds * unit.weight * std::exponential_distribution<double>()(random_);
        unit.out = false;
        if (!chance(habits_.failing)) {
            unit.done = true;
            continue;
        }
        failed.push_back({.first = i, .count = 1, .weight = unit.weight});
        if (of.cancelled || unit.failures == of.spec.retries) {
            unit.given_up = true;
            given_up.push_back(first + i);
        }
        ++unit.failures;
        unit.avoids = id;
    }
    auto const verdict = scheduler_.report(id, {.chunk = chunk.id,
                                                .done = count,
                                                .weight = weight,
                                                .seconds = seconds,
                                                .last = last,
                                                .failed = failed});
    Range const piece{.first = first, .count = count, .weight = weight, .group = chunk.range.group};
    if (failed.empty()) of.costs.observe(piece, seconds);
    REQUIRE(verdict.chunk.id == chunk.id);
    REQUIRE(verdict.piece.first == piece.first);
    REQUIRE(verdict.piece.count == piece.count);
    REQUIRE(verdict.piece.group == piece.group);
    REQUIRE(verdict.given_up.size() == given_up.size());
    for (std::size_t i = 0; i < given_up.size(); ++i) {
        REQUIRE(verdict.given_up[i].first == given_up[i]);
        REQUIRE(verdict.given_up[i].count == 1);
        REQUIRE(verdict.given_up[i].group == piece.group);
    }
    worker.held.front().reported += count;
    if (!last) return;
    for (auto i = reported + count; i < chunk.range.count; ++i)
        of.units[chunk.range.first + i].out = false;
    worker.held.erase(worker.held.begin());
}

void Farm::run()
{
    // Every chunk takes a step or more, and what is let go or fails comes again: far above both.
    std::size_t limit = 1000;
    for (auto const& [number, of] : jobs_) limit += 1000 * of.units.size();
    for (dispatch(); step(); dispatch()) REQUIRE(limit-- > 0);
    REQUIRE(scheduler_.idle());
}

std::uint64_t Farm::given_up(JobId id) const
{
    auto const& units = jobs_.at(id).units;
    return static_cast<std::uint64_t>(
        std::count_if(units.begin(), units.end(), [](auto const& u) { return u.given_up; }));
}

} // namespace farm
