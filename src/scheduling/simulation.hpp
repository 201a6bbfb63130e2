#pragma once

#include "scheduling/scheduler.hpp"
#include "scheduling/simulator.hpp"

#include <starmap/error.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <deque>
#include <map>
#include <memory>
#include <numeric>
#include <random>
#include <type_traits>
#include <utility>
#include <vector>

namespace starmap::scheduling {

inline constexpr JobId simulated_job = 1;

/// When a result reaches rank 0; of equal times the earlier sent comes first.
using Due = std::pair<double, std::uint64_t>;
/// A result on its way to rank 0.
struct Arrival {
    double sent = 0;
    WorkerId worker = 0;
    Report report;
};

/// One run in virtual time: rank 0's side is here and in simulator.cpp, the workers' in
/// simulated_workers.cpp.
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
        for (std::size_t i = 0; i < workers_.size(); ++i)
            scheduler_.add_worker(WorkerKind::remote, node_of(i));
        scheduler_.open(simulated_job,
                        {.policy = work.policy, .divisible = work.policy != Policy::blocks});
        scheduler_.expect(simulated_job, work.expected);
    }

    SimulatedRun run()
    {
        double total = 0;
        for (std::size_t i = 0; i < work_.seconds.size(); ++i)
            total += work_.seconds[i] * (work_.cores.empty() ? 1 : work_.cores[i]);
        auto const speeds = std::accumulate(machine_.speeds.begin(), machine_.speeds.end(), 0.0);
        auto const fastest = *std::max_element(machine_.speeds.begin(), machine_.speeds.end());
        auto const longest = std::max_element(work_.seconds.begin(), work_.seconds.end());
        if (longest != work_.seconds.end())
            run_.ideal = std::max(total / speeds, *longest / fastest);
        hand_out();
        // Each turn takes in one result, of units that were not reported before or at the end of a
        // chunk that had some; or it looks for what can be asked back, each time after a longer
        // while. So this ends.
        while (!due_.empty()) {
            if (auto const look = scheduler_.next_look(); look < due_.begin()->first.first)
                now_ = std::max(now_, look);
            else
                take_in();
            hand_out();
        }
        if (!scheduler_.done(simulated_job) || done_ != work_.seconds.size())
            throw ProtocolError(fmt::format("The simulated run has stopped with {} of {} units "
                                            "done.",
                                            done_, work_.seconds.size()));
        run_.makespan = now_;
        return std::move(run_);
    }

private:
    struct Plan {
        Chunk chunk;
        double start = 0; ///< of its first unit
    };
    struct Worker {
        std::deque<Plan> plans; ///< what it holds, in order, and what it will do
        double free = 0;        ///< when all that it holds is done
        double chunk_due = 0;   ///< when the last chunk sent to it arrives
        double report_due = 0;  ///< when its last report arrives
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
        if (ended_ || !scheduler_.wants_units(simulated_job)) return false;
        auto const all = work_.seconds.size();
        auto const window = work_.window == 0 ? all : work_.window;
        auto const last = std::min(all, read_ + window);
        if (work_.policy == Policy::blocks) {
            scheduler_.add_blocks(simulated_job, work_.blocks);
            read_ = all;
        } else if (work_.weights.empty() && work_.groups.empty() && work_.cores.empty()) {
            scheduler_.add_uniform(simulated_job, last - read_);
        } else {
            auto const part = [&](auto const& values, auto const& fill) {
                if (values.empty()) return fill;
                return std::decay_t<decltype(values)>(
                    values.begin() + static_cast<std::ptrdiff_t>(read_),
                    values.begin() + static_cast<std::ptrdiff_t>(last));
            };
            scheduler_.add(simulated_job,
                           std::make_shared<std::vector<double> const>(
                               part(work_.weights, std::vector<double>(last - read_, 1.0))),
                           part(work_.groups, std::vector<std::uint32_t>{}),
                           part(work_.cores, std::vector<std::uint32_t>{}));
        }
        read_ = std::max(read_, last);
        if (read_ == all) {
            scheduler_.end_input(simulated_job);
            ended_ = true;
        }
        return true;
    }

    void hand_out()
    {
        bool more = true;
        while (more) {
            more = read();
            scheduler_.set_time(now_);
            while (auto const chunk = scheduler_.next(simulated_job)) send(*chunk);
        }
        for (auto const& recall : scheduler_.recalls()) {
            now_ += machine_.message;
            ++run_.messages;
            ++run_.recalls;
            give_back(recall);
        }
    }

    void send(Chunk const& chunk)
    {
        mark(chunk.range, 0, true);
        if (scheduler_.held_by(chunk.worker).size() > 2)
            throw ProtocolError(fmt::format("Worker {} holds three chunks.", chunk.worker));
        now_ += machine_.message;
        ++run_.messages;
        ++run_.chunks;
        run_.most_held = std::max<std::size_t>(run_.most_held, scheduler_.in_flight(simulated_job));
        check_node(chunk);
        auto& worker = workers_[chunk.worker];
        auto const arrival = arrives(now_, worker.chunk_due);
        auto& plan = worker.plans.emplace_back(
            Plan{chunk, std::max(worker.free, arrival) + machine_.overhead});
        perform(plan, chunk.range.count, -1);
    }

    std::uint32_t node_of(std::size_t worker) const
    {
        return machine_.nodes.empty() ? 0 : machine_.nodes[worker];
    }
    /// Before it is sent: what its node does already, and this.
    void check_node(Chunk const& chunk) const;

    void mark(Range const& range, std::uint64_t from, bool begun);
    double seconds(Chunk const& chunk, std::uint64_t unit) const;

    /// What the worker will do with the chunk is settled once it is sent, up to `units` units.
    /// Reports that leave no later than `known` are on their way already.
    void perform(Plan const& plan, std::uint64_t units, double known);
    void report(WorkerId id, double time, Report const& piece);

    /// Takes back what a worker has not said of a chunk by `time`.
    void unsay(Chunk const& chunk, double time);
    void take_back(Chunk const& chunk, std::uint64_t from);

    /// The worker is asked to let go of what it has not begun of a chunk: between two units.
    void give_back(Recall const& recall);

    double weight(std::uint64_t position) const
    {
        if (work_.policy == Policy::blocks && work_.weights.empty()) return 0;
        return work_.weights.empty() ? 1 : work_.weights[position];
    }

    void take_in()
    {
        auto const first = due_.begin();
        auto const time = first->first.first;
        auto const arrival = first->second;
        due_.erase(first);
        now_ = std::max(now_, time) + machine_.message;
        ++run_.messages;
        scheduler_.set_time(now_);
        auto const verdict = scheduler_.report(arrival.worker, arrival.report);
        if (arrival.report.last)
            std::erase_if(workers_[arrival.worker].plans,
                          [&](Plan const& plan) { return plan.chunk.id == arrival.report.chunk; });
        done_ += verdict.piece.count;
        run_.moved += verdict.moved;
    }

    SimulatedWork const& work_;
    SimulatedMachine const& machine_;
    Scheduler scheduler_;
    std::mt19937_64 random_;
    std::vector<Worker> workers_;
    std::vector<bool> begun_;
    std::map<Due, Arrival> due_;
    SimulatedRun run_;
    double now_ = 0; ///< rank 0 is free from here on
    std::uint64_t sent_ = 0;
    std::uint64_t done_ = 0;
    std::size_t read_ = 0;
    bool ended_ = false;
};

} // namespace starmap::scheduling
