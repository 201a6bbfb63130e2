#include "scheduling/simulator.hpp"

#include <starmap/error.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <memory>
#include <numeric>
#include <queue>
#include <random>
#include <utility>

namespace starmap::scheduling {

namespace {

constexpr JobId job = 1;
// As in execution/chunk_run.cpp: a finished task waits no longer for the next one of its bundle.
constexpr double flush_after = 5e-3;

/// A result on its way to rank 0.
struct Arrival {
    double time = 0;
    std::uint64_t number = 0; ///< of equal times the earlier sent comes first
    WorkerId worker = 0;
    Report report;
    bool operator>(Arrival const& other) const
    {
        return time != other.time ? time > other.time : number > other.number;
    }
};

void check_figure(char const* name, double value, double least)
{
    if (std::isfinite(value) && value >= least) return;
    throw UsageError(
        fmt::format("{} is {} (a simulation counts in finite seconds): give a number from {} up",
                    name, value, least));
}

void check_length(char const* name, std::size_t length, std::size_t units)
{
    if (length == 0 || length == units) return;
    throw UsageError(fmt::format("{} {} do not go with {} units (each unit has one): give as many, "
                                 "or none",
                                 length, name, units));
}

void check(SimulatedWork const& work, SimulatedMachine const& machine)
{
    if (machine.speeds.empty())
        throw UsageError("The simulated machine has no worker (nobody would do the work): give at "
                         "least one speed");
    for (auto const speed : machine.speeds) {
        check_figure("a worker's speed", speed, 0);
        if (speed == 0)
            throw UsageError("a worker's speed is 0 (its first chunk would never end): give a "
                             "number greater than 0");
    }
    check_figure("latency", machine.latency, 0);
    check_figure("jitter", machine.jitter, 0);
    check_figure("message", machine.message, 0);
    check_figure("overhead", machine.overhead, 0);
    for (auto const seconds : work.seconds) check_figure("a unit's time", seconds, 0);
    for (auto const weight : work.weights) check_figure("a unit's weight", weight, 0);
    check_length("weights", work.weights.size(), work.seconds.size());
    check_length("groups", work.groups.size(), work.seconds.size());
    std::uint64_t next = 0;
    for (auto const& block : work.blocks) {
        if (block.first != next || block.count == 0)
            throw UsageError(fmt::format("a block of {} units begins at {} (blocks follow one "
                                         "another without a gap, and none is empty): begin at {}",
                                         block.count, block.first, next));
        next += block.count;
    }
    if (next != (work.policy == Policy::blocks ? work.seconds.size() : 0))
        throw UsageError(fmt::format("the blocks hold {} of {} units under the policy {} (under "
                                     "blocks they hold all, else none): give such blocks",
                                     next, work.seconds.size(), to_string(work.policy)));
}

class Simulation {
public:
    Simulation(SimulatedWork const& work, SimulatedMachine const& machine, Tuning tuning)
        : work_(work),
          machine_(machine),
          scheduler_(tuning),
          random_(machine.seed),
          workers_(machine.speeds.size()),
          begun_(work.seconds.size(), false)
    {
        run_.busy.resize(workers_.size(), 0.0);
        for (std::size_t i = 0; i < workers_.size(); ++i) scheduler_.add_worker(WorkerKind::remote);
        scheduler_.open(job, {.policy = work.policy});
        scheduler_.expect(job, work.expected);
    }

    SimulatedRun run()
    {
        auto const total = std::accumulate(work_.seconds.begin(), work_.seconds.end(), 0.0);
        auto const speeds = std::accumulate(machine_.speeds.begin(), machine_.speeds.end(), 0.0);
        auto const fastest = *std::max_element(machine_.speeds.begin(), machine_.speeds.end());
        auto const longest = std::max_element(work_.seconds.begin(), work_.seconds.end());
        if (longest != work_.seconds.end())
            run_.ideal = std::max(total / speeds, *longest / fastest);
        hand_out();
        // Each turn takes in one result; each result is of units that were not reported before, or
        // lets go of a chunk that has at least one. So this ends.
        while (!due_.empty()) {
            take_in();
            hand_out();
        }
        if (!scheduler_.done(job) || done_ != work_.seconds.size())
            throw ProtocolError(fmt::format("The simulated run has stopped with {} of {} units "
                                            "done.",
                                            done_, work_.seconds.size()));
        run_.makespan = now_;
        return std::move(run_);
    }

private:
    struct Worker {
        double free = 0;       ///< when all that it holds is done
        double chunk_due = 0;  ///< when the last chunk sent to it arrives
        double report_due = 0; ///< when its last report arrives
    };

    /// When a message sent now arrives: messages between two ranks keep their order.
    double arrives(double sent, double& last)
    {
        auto delay = machine_.latency;
        if (machine_.jitter > 0)
            delay *= 1 + machine_.jitter * std::uniform_real_distribution<double>()(random_);
        last = std::max(last, sent + delay);
        return last;
    }

    bool read()
    {
        if (ended_ || !scheduler_.wants_units(job)) return false;
        auto const all = work_.seconds.size();
        auto const window = work_.window == 0 ? all : work_.window;
        auto const last = std::min(all, read_ + window);
        if (work_.policy == Policy::blocks) {
            scheduler_.add_blocks(job, work_.blocks);
            read_ = all;
        } else if (work_.weights.empty() && work_.groups.empty()) {
            scheduler_.add_uniform(job, last - read_);
        } else {
            auto const part = [&](auto const& values, auto const& fill) {
                if (values.empty()) return fill;
                return std::decay_t<decltype(values)>(
                    values.begin() + static_cast<std::ptrdiff_t>(read_),
                    values.begin() + static_cast<std::ptrdiff_t>(last));
            };
            scheduler_.add(job,
                           std::make_shared<std::vector<double> const>(
                               part(work_.weights, std::vector<double>(last - read_, 1.0))),
                           part(work_.groups, std::vector<std::uint32_t>{}));
        }
        read_ = std::max(read_, last);
        if (read_ == all) {
            scheduler_.end_input(job);
            ended_ = true;
        }
        return true;
    }

    void hand_out()
    {
        bool more = true;
        while (more) {
            more = read();
            while (auto const chunk = scheduler_.next(job)) send(*chunk);
        }
    }

    void send(Chunk const& chunk)
    {
        auto const& range = chunk.range;
        for (std::uint64_t i = 0; i < range.count; ++i) {
            if (begun_.at(range.first + i))
                throw ProtocolError(
                    fmt::format("Unit {} is handed out a second time.", range.first + i));
            begun_[range.first + i] = true;
        }
        if (scheduler_.held_by(chunk.worker).size() > 2)
            throw ProtocolError(fmt::format("Worker {} holds three chunks.", chunk.worker));
        now_ += machine_.message;
        ++run_.messages;
        ++run_.chunks;
        run_.most_held = std::max<std::size_t>(run_.most_held, scheduler_.in_flight(job));
        perform(chunk);
    }

    /// What the worker will do with the chunk is settled once it is sent.
    void perform(Chunk const& chunk)
    {
        auto const& range = chunk.range;
        auto& worker = workers_[chunk.worker];
        auto const speed = machine_.speeds[chunk.worker];
        auto time = std::max(worker.free, arrives(now_, worker.chunk_due)) + machine_.overhead;
        auto flushed = time;
        Report piece{.chunk = chunk.id, .last = false};
        auto const flush = [&] {
            due_.push({.time = arrives(time, worker.report_due),
                       .number = ++sent_,
                       .worker = chunk.worker,
                       .report = piece});
            piece = {.chunk = chunk.id, .last = false};
            flushed = time;
        };
        for (std::uint64_t i = 0; i < range.count; ++i) {
            if (work_.policy == Policy::each && piece.done != 0 && time - flushed > flush_after)
                flush();
            auto const position = range.first + i;
            auto const seconds = work_.seconds[position] / speed;
            ++piece.done;
            piece.weight += weight(position);
            piece.seconds += seconds;
            time += seconds;
            run_.busy[chunk.worker] += seconds;
        }
        piece.last = true;
        flush();
        worker.free = time;
        run_.most_due = std::max(run_.most_due, due_.size());
    }

    double weight(std::uint64_t position) const
    {
        if (work_.policy == Policy::blocks && work_.weights.empty()) return 0;
        return work_.weights.empty() ? 1 : work_.weights[position];
    }

    void take_in()
    {
        auto const arrival = due_.top();
        due_.pop();
        now_ = std::max(now_, arrival.time) + machine_.message;
        ++run_.messages;
        auto const verdict = scheduler_.report(arrival.worker, arrival.report);
        done_ += verdict.piece.count;
    }

    SimulatedWork const& work_;
    SimulatedMachine const& machine_;
    Scheduler scheduler_;
    std::mt19937_64 random_;
    std::vector<Worker> workers_;
    std::vector<bool> begun_;
    std::priority_queue<Arrival, std::vector<Arrival>, std::greater<>> due_;
    SimulatedRun run_;
    double now_ = 0; ///< rank 0 is free from here on
    std::uint64_t sent_ = 0;
    std::uint64_t done_ = 0;
    std::size_t read_ = 0;
    bool ended_ = false;
};

} // namespace

SimulatedMachine SimulatedMachine::alike(std::size_t workers)
{
    return {.speeds = std::vector<double>(workers, 1.0)};
}

SimulatedRun simulate(SimulatedWork const& work, SimulatedMachine const& machine, Tuning tuning)
{
    check(work, machine);
    return Simulation(work, machine, tuning).run();
}

} // namespace starmap::scheduling
