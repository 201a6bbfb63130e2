#include "scheduling/simulator.hpp"

#include "scheduling/simulator_checks.hpp"

#include <starmap/error.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <deque>
#include <map>
#include <memory>
#include <numeric>
#include <random>
#include <utility>

namespace starmap::scheduling {

namespace {

constexpr JobId job = 1;
// As in execution/chunk_run.cpp: a finished task waits no longer for the next one of its bundle.
constexpr double flush_after = 5e-3;

/// When a result reaches rank 0; of equal times the earlier sent comes first.
using Due = std::pair<double, std::uint64_t>;
/// A result on its way to rank 0.
struct Arrival {
    double sent = 0;
    WorkerId worker = 0;
    Report report;
};

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
        scheduler_.open(job, {.policy = work.policy, .divisible = work.policy != Policy::blocks});
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
        if (!scheduler_.done(job) || done_ != work_.seconds.size())
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
            scheduler_.set_time(now_);
            while (auto const chunk = scheduler_.next(job)) send(*chunk);
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
        run_.most_held = std::max<std::size_t>(run_.most_held, scheduler_.in_flight(job));
        auto& worker = workers_[chunk.worker];
        auto const arrival = arrives(now_, worker.chunk_due);
        auto& plan = worker.plans.emplace_back(
            Plan{chunk, std::max(worker.free, arrival) + machine_.overhead});
        perform(plan, chunk.range.count, -1);
    }

    void mark(Range const& range, std::uint64_t from, bool begun)
    {
        for (auto i = from; i < range.count; ++i) {
            if (begun_.at(range.first + i) == begun)
                throw ProtocolError(
                    fmt::format("Unit {} is handed out a second time.", range.first + i));
            begun_[range.first + i] = begun;
        }
    }

    double seconds(Chunk const& chunk, std::uint64_t unit) const
    {
        return work_.seconds[chunk.range.first + unit] / machine_.speeds[chunk.worker];
    }

    /// What the worker will do with the chunk is settled once it is sent, up to `units` units.
    /// Reports that leave no later than `known` are on their way already.
    void perform(Plan const& plan, std::uint64_t units, double known)
    {
        auto const& chunk = plan.chunk;
        auto& worker = workers_[chunk.worker];
        auto time = plan.start;
        auto flushed = time;
        Report piece{.chunk = chunk.id, .last = false};
        auto const flush = [&] {
            if (time > known) report(chunk.worker, time, piece);
            piece = {.chunk = chunk.id, .last = false};
            flushed = time;
        };
        for (std::uint64_t i = 0; i < units; ++i) {
            if (work_.policy == Policy::each && piece.done != 0 && time - flushed > flush_after)
                flush();
            ++piece.done;
            piece.weight += weight(chunk.range.first + i);
            piece.seconds += seconds(chunk, i);
            time += seconds(chunk, i);
            if (known < 0) run_.busy[chunk.worker] += seconds(chunk, i);
        }
        piece.last = true;
        flush();
        worker.free = time;
        run_.most_due = std::max(run_.most_due, due_.size());
    }

    void report(WorkerId id, double time, Report const& piece)
    {
        due_[{arrives(time, workers_[id].report_due), ++sent_}] = {time, id, piece};
    }

    /// Takes back what a worker has not said of a chunk by `time`.
    void unsay(Chunk const& chunk, double time)
    {
        auto& last = workers_[chunk.worker].report_due;
        last = 0;
        for (auto at = due_.begin(); at != due_.end();) {
            auto const& arrival = at->second;
            auto const mine = arrival.worker == chunk.worker;
            if (mine && arrival.report.chunk == chunk.id && arrival.sent > time) {
                at = due_.erase(at);
                continue;
            }
            if (mine) last = std::max(last, at->first.first);
            ++at;
        }
    }

    void take_back(Chunk const& chunk, std::uint64_t from)
    {
        mark(chunk.range, from, false);
        for (auto i = from; i < chunk.range.count; ++i)
            run_.busy[chunk.worker] -= seconds(chunk, i);
    }

    /// The worker is asked to let go of what it has not begun of a chunk: between two units.
    void give_back(Recall const& recall)
    {
        auto& worker = workers_[recall.worker];
        auto const asked = arrives(now_, worker.chunk_due);
        auto free = asked;
        for (auto at = worker.plans.begin(); at != worker.plans.end(); ++at) {
            auto const chunk = at->chunk;
            auto const begun = at->start - machine_.overhead < asked;
            auto time = at->start;
            std::uint64_t done = 0;
            while (begun && done < chunk.range.count && (done == 0 || time < asked))
                time += seconds(chunk, done++);
            if (begun) free = std::max(free, time);
            if (chunk.id != recall.chunk) continue;
            if (done == chunk.range.count) return; // its last report is on the way, or as good as
            unsay(chunk, asked);
            take_back(chunk, done);
            if (!begun) {
                // It is the second; the first goes on.
                report(recall.worker, free, {.chunk = chunk.id, .last = true});
                worker.free = worker.plans.front().start;
                for (std::uint64_t i = 0; i < worker.plans.front().chunk.range.count; ++i)
                    worker.free += seconds(worker.plans.front().chunk, i);
                worker.plans.erase(at);
                return;
            }
            perform(*at, done, asked);
            // What waits behind it comes sooner.
            for (auto next = worker.plans.erase(at); next != worker.plans.end(); ++next) {
                unsay(next->chunk, asked);
                next->start = worker.free + machine_.overhead;
                perform(*next, next->chunk.range.count, asked);
            }
            return;
        }
    }

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
