#include "simulation/cluster.hpp"

#include "base/clock.hpp"
#include "base/log.hpp"

#include <starmap/detail/registry.hpp>

#include <doctest/doctest.h>

#include <algorithm>
#include <bit>
#include <numeric>
#include <stdexcept>
#include <string>
#include <utility>

namespace simulation {

namespace {

// Far more than any of the tests takes; a run that does not end must fail, not hang.
constexpr std::uint64_t most_turns = 400'000;
// Polls in a row with nothing under way and nobody at work.
constexpr unsigned most_idle_polls = 500;
// Ticks of the manager, 20 ms each while it waits, without any result: 10 seconds of nothing.
constexpr unsigned most_idle_ticks = 500;

starmap::Settings quiet(starmap::Settings settings)
{
    starmap::base::init_log("off");
    starmap::detail::freeze_registry();
    settings.soft_mem = settings.hard_mem = 1e9;
    settings.distribute = "mpi";
    return settings;
}

} // namespace

void Ledger::starmap_opened(starmap::report::StarmapInfo const& info)
{
    REQUIRE(starmaps.emplace(info.starmap, Entry{}).second);
}

void Ledger::tasks_done(starmap::report::StarmapInfo const& info,
                        std::span<starmap::TaskRecord const> rows, double done_weight)
{
    if (checkpoint != nullptr) checkpoint->tasks_done(info, rows, done_weight);
    auto& entry = starmaps.at(info.starmap);
    idle_ticks_ = 0;
    REQUIRE(entry.open);
    for (auto const& row : rows) {
        REQUIRE(row.starmap == info.starmap);
        ++entry.rows;
        if (row.status != starmap::TaskStatus::cancelled) entry.items += row.items;
        if (row.status == starmap::TaskStatus::ok) entry.items_ok += row.items;
    }
}

void Ledger::task_failed(starmap::TaskFailure const& failure)
{
    auto& entry = starmaps.at(failure.starmap);
    ++entry.failures;
    ++entry.failures_of[failure.first_item];
}

void Ledger::starmap_closed(starmap::report::StarmapInfo const& info)
{
    auto& entry = starmaps.at(info.starmap);
    REQUIRE(std::exchange(entry.open, false));
}

void Ledger::tick(double)
{
    if (++idle_ticks_ > most_idle_ticks) throw std::runtime_error("the manager waits for ever");
}

Cluster::Cluster(unsigned workers, std::uint64_t seed, starmap::Settings settings, unsigned nodes,
                 starmap::roles::Deadline deadline, Launcher launcher)
    : settings_(quiet(std::move(settings))),
      random_(seed),
      network_(workers + 1, seed),
      manager_end_(network_.end(0)),
      crew_({.workers = manager_end_.get(),
             .ranks = workers + 1,
             .survive = launcher == Launcher::leaves_alive},
            "simulation", settings_, starmap::base::wall_now()),
      manager_(settings_, crew_, {&ledger_}, starmap::base::wall_now(), std::move(deadline))
{
    for (unsigned i = 1; i <= workers; ++i) {
        auto end = network_.end(i);
        auto worker =
            std::make_unique<starmap::roles::Worker>(*end, static_cast<int>(i), "simulation");
        auto const node = i % nodes;
        worker->say_hello(node == 0 ? "" : "node " + std::to_string(node));
        // While a task runs, messages go on arriving.
        network_.when_idle(i, [this] { return random_() % 4 == 0 && network_.advance(); });
        stations_.push_back({std::move(end), std::move(worker)});
        speeds_.push_back(std::array{1.0, 0.3, 0.02}[random_() % 3]);
    }
    network_.when_idle(0, [this] { return turn(); });
    manager_.start({});
    session_ = std::make_unique<starmap::Session>(manager_);
}

bool Cluster::step(std::size_t station)
{
    auto& worker = *stations_[station].worker;
    return !stations_[station].dead && !worker.stopped() && worker.step();
}

void Cluster::take_losses()
{
    for (auto& loss : losses_) {
        auto& station = stations_.at(loss.worker - 1);
        if (loss.state == Loss::State::to_come && turns_ >= loss.at) {
            loss.state = Loss::State::unseen;
            station.lost = true;
            station.dead = !loss.lives;
            if (station.dead) network_.drop(loss.worker);
        }
        if (loss.state == Loss::State::unseen && turns_ >= loss.seen) {
            loss.state = Loss::State::past;
            network_.tell_lost(loss.worker);
        }
    }
}

bool Cluster::turn()
{
    take_losses();
    if (++turns_ > most_turns) throw std::runtime_error("the simulated run does not end");
    bool moved = false;
    if (random_() % 2 == 0 || stations_.empty()) {
        moved = network_.advance();
    } else {
        std::discrete_distribution<std::size_t> pick(speeds_.begin(), speeds_.end());
        moved = step(pick(random_));
    }
    if (!moved) moved = network_.advance();
    for (std::size_t i = 0; !moved && i < stations_.size(); ++i) moved = step(i);
    if (moved)
        idle_polls_ = 0;
    else if (++idle_polls_ > most_idle_polls)
        throw std::runtime_error("the manager waits, but nothing is under way and nobody works");
    return moved;
}

void Cluster::finish()
{
    manager_.drain(60);
    manager_.end(true);
    REQUIRE(crew_.dismiss(3, 60));
    auto const is_lost = [](Station const& station) { return station.lost; };
    for (auto const& station : stations_) {
        if (is_lost(station)) continue;
        REQUIRE(station.worker->stopped());
        REQUIRE(station.worker->exit_code() == 3);
    }
    for (auto const& [number, entry] : ledger_.starmaps) REQUIRE_FALSE(entry.open);
    // After a loss the others leave alone.
    if (std::any_of(stations_.begin(), stations_.end(), is_lost)) return;
    REQUIRE(network_.under_way() == 0);
    // Whoever has gone has left nothing unread: over MPI its sender would wait for ever.
    for (auto const& station : stations_) REQUIRE_FALSE(station.end->poll().has_value());
}

std::vector<std::int64_t> numbers(std::int64_t count)
{
    std::vector<std::int64_t> result(static_cast<std::size_t>(count));
    std::iota(result.begin(), result.end(), std::int64_t{0});
    return result;
}

double tree_sum(std::span<double const> values)
{
    if (values.empty()) return 0;
    if (values.size() == 1) return values.front();
    auto const half = std::bit_floor(values.size() - 1);
    return tree_sum(values.first(half)) + tree_sum(values.subspan(half));
}

} // namespace simulation
