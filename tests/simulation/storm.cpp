#include "simulation/storm.hpp"

#include "base/log.hpp"

#include <starmap/detail/registry.hpp>

#include <doctest/doctest.h>

#include <signal.h>

#include <array>
#include <cmath>
#include <optional>
#include <stdexcept>
#include <string>
#include <utility>

namespace simulation {

namespace {

// Many times what the longest of a hundred thousand schedules takes.
constexpr std::uint64_t most_turns = 200'000;
constexpr unsigned most_idle_turns = 5'000;
constexpr double turn_takes = 5e-6; // [s]

starmap::Settings storm_settings()
{
    starmap::base::init_log("off");
    starmap::detail::freeze_registry();
    starmap::Settings settings;
    settings.soft_mem = settings.hard_mem = 1e9;
    settings.distribute = "mpi";
    return settings;
}

} // namespace

/// The manager's end of the network, on which waiting takes virtual time.
class Storm::ManagerEnd final : public starmap::transport::Transport {
public:
    explicit ManagerEnd(Storm& storm) : storm_(storm), end_(storm.network_.end(0)) {}

    starmap::transport::Peer self() const override { return 0; }
    starmap::transport::Peer peers() const override { return end_->peers(); }
    void send(starmap::transport::Peer to, starmap::detail::Bytes frame) override
    {
        end_->send(to, std::move(frame));
    }
    std::optional<starmap::transport::Incoming> poll() override { return end_->poll(); }
    std::size_t unsent() const override { return 0; }
    void wait(double seconds, std::span<int const>) override { storm_.clock_.advance(seconds); }

private:
    Storm& storm_;
    std::unique_ptr<starmap::transport::Transport> end_;
};

/// A rank's line to the worker that it keeps.
class Storm::Line final : public starmap::transport::Transport {
public:
    explicit Line(starmap::roles::StartProcess start) : kept_(std::move(start)) {}

    starmap::transport::Peer self() const override { return 0; }
    starmap::transport::Peer peers() const override { return 2; }
    void send(starmap::transport::Peer to, starmap::detail::Bytes frame) override
    {
        send(to, starmap::wire::Parcel(std::move(frame)));
    }
    void send(starmap::transport::Peer, starmap::wire::Parcel parcel) override
    {
        kept_.send(std::move(parcel));
    }
    std::optional<starmap::transport::Incoming> poll() override
    {
        auto frame = kept_.poll();
        if (!frame) return std::nullopt;
        return starmap::transport::Incoming{1, std::move(*frame)};
    }
    std::size_t unsent() const override { return 0; }
    void watch(double now) { kept_.watch(now); }

private:
    starmap::roles::KeptWorker kept_;
};

Storm::Storm(std::uint64_t seed, Weather const& weather)
    : weather_(weather),
      settings_(storm_settings()),
      random_(seed),
      network_(weather.ranks + 1, seed, {.least = 1e-6, .most = weather.latency}),
      ranks_(weather.ranks),
      manager_end_(std::make_unique<ManagerEnd>(*this))
{
    current_ = this;
    auto const start = starmap::base::wall_now();
    auto const warned =
        weather.stop_after > 0 ? start + weather.stop_after : starmap::roles::Deadline::never;
    auto const heard = [warned] {
        auto const come = starmap::base::wall_now() >= warned;
        return starmap::base::Signals{.warned = come ? warned : starmap::roles::Deadline::never,
                                      .terminated = starmap::roles::Deadline::never};
    };
    crew_ = std::make_unique<starmap::roles::Crew>(
        starmap::roles::Lines{.workers = manager_end_.get(), .ranks = weather.ranks + 1},
        "simulation", settings_, start);
    manager_ = std::make_unique<starmap::roles::Manager>(
        settings_, *crew_, std::vector<starmap::report::Observer*>{&ledger_}, start,
        starmap::roles::Deadline({.start = start}, heard));
    for (std::size_t i = 0; i < ranks_.size(); ++i) {
        auto& rank = ranks_[i];
        rank.end = network_.end(static_cast<starmap::transport::Peer>(i + 1));
        rank.line = std::make_unique<Line>([this, i] { return start_process(i); });
        rank.proxy = std::make_unique<starmap::roles::Proxy>(*rank.end, *rank.line);
        rank.speed = std::array{1.0, 0.3, 0.05}[random_() % 3];
    }
    network_.when_idle(0, [this] { return turn(); });
    manager_->start({});
    session_ = std::make_unique<starmap::Session>(*manager_);
}

Storm::~Storm() { current_ = nullptr; }

std::unique_ptr<starmap::roles::KeptProcess> Storm::start_process(std::size_t rank)
{
    auto& process = ranks_[rank].process;
    if (process) {
        losses_ += process->lost();
        dead_.push_back(std::move(process));
    }
    process = std::make_shared<MortalProcess>(static_cast<int>(rank + 1), random_);
    return std::make_unique<MortalProcess::Handle>(process);
}

bool Storm::chance(double probability)
{
    return static_cast<double>(random_() >> 11) * 0x1p-53 < probability;
}

/// A kill from outside, of whoever it meets.
void Storm::strike()
{
    auto& process = *ranks_[random_() % ranks_.size()].process;
    if (process.dead()) return;
    ++kills_;
    process.die(SIGKILL);
}

bool Storm::step(Rank& rank)
{
    auto moved = false;
    if (!rank.proxy->stopped()) {
        auto const process = rank.process;
        auto const lived = !process->dead();
        rank.line->watch(clock_.now());
        // For a timeout that others have used up.
        if (lived && process->dead() && !process->stuck()) ++kills_;
        moved = rank.proxy->step();
    }
    return rank.process->step() || moved;
}

/// What happens while the manager waits. True if it is to look again.
bool Storm::turn()
{
    if (++turns_ > most_turns) throw std::runtime_error("the schedule does not end");
    clock_.advance(turn_takes);
    dead_.clear();
    if (kills_ < weather_.most_kills && chance(weather_.killing)) strike();
    auto moved = false;
    switch (random_() % 4) {
    case 0: moved = network_.advance(); break;
    case 1: return false; // it is awake before anything came
    default: {
        auto& rank = ranks_[random_() % ranks_.size()];
        if (chance(rank.speed)) moved = step(rank);
    }
    }
    for (std::size_t i = 0; !moved && i < ranks_.size(); ++i)
        moved = chance(0.5) && step(ranks_[i]);
    if (!moved) moved = network_.advance();
    if (moved)
        idle_turns_ = 0;
    else if (++idle_turns_ > most_idle_turns)
        throw std::runtime_error("the manager waits, but nothing is under way and nobody works");
    return moved;
}

void Storm::plan(std::map<std::int64_t, Plan> plans)
{
    plans_ = std::move(plans);
    runs_.clear();
}

unsigned Storm::runs_of(std::int64_t item) const
{
    auto const found = runs_.find(item);
    return found == runs_.end() ? 0 : found->second;
}

void Storm::run_item(std::int64_t item)
{
    auto& storm = *current_;
    auto* const process = MortalProcess::running();
    auto const gone = [&] { return process != nullptr && process->dead(); };
    if (gone()) return;
    for (auto left = storm.random_() % 3; left > 0 && process != nullptr; --left) {
        storm.clock_.advance(-std::log1p(-static_cast<double>(storm.random_() >> 11) * 0x1p-53) *
                             storm.weather_.item);
        process->pause();
        if (gone()) return;
    }
    auto const runs = ++storm.runs_[item];
    auto const plan = storm.plans_.find(item);
    if (plan == storm.plans_.end() || runs > plan->second.runs) return;
    // In the manager's own process nothing can die.
    auto const fate = process == nullptr ? Fate::throws : plan->second.fate;
    switch (fate) {
    case Fate::fine: return;
    case Fate::throws: throw std::runtime_error("item " + std::to_string(item) + " has failed");
    case Fate::dies: process->die(SIGSEGV); return;
    case Fate::hangs:
        process->set_stuck(true);
        while (!gone()) {
            storm.clock_.advance(10e-3);
            process->pause();
        }
        return;
    }
}

void Storm::finish()
{
    manager_->drain(60);
    manager_->end(true);
    REQUIRE(crew_->dismiss(3, 60));
    for (auto const& rank : ranks_) {
        REQUIRE(rank.proxy->stopped());
        REQUIRE(rank.proxy->exit_code() == 3);
    }
    REQUIRE(network_.under_way() == 0);
    for (auto const& rank : ranks_) REQUIRE_FALSE(rank.end->poll().has_value());
    for (auto const& [number, entry] : ledger_.starmaps) REQUIRE_FALSE(entry.open);
}

} // namespace simulation
