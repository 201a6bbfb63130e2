#include "scheduling/hierarchy.hpp"

#include "scheduling/hierarchy_simulation.hpp"
#include "scheduling/simulation.hpp"
#include "scheduling/simulator_checks.hpp"

#include <starmap/error.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <memory>
#include <numeric>

namespace starmap::scheduling {

HierarchySimulation::HierarchySimulation(SimulatedWork const& work,
                                         SimulatedHierarchy const& hierarchy, Tuning tuning)
    : work_(work),
      hierarchy_(hierarchy),
      // What is put behind a chunk is in its second slot.
      scheduler_([&] {
          auto top = tuning;
          top.prefetch = 0;
          return top;
      }()),
      begun_(work.seconds.size(), false)
{
    auto local = tuning;
    local.manager = 2 * hierarchy.node.message;
    local.recall = false;
    local.pilots = false; // parts go on in order
    auto const workers = hierarchy.node.speeds.size();
    run_.busy.resize(hierarchy.nodes * workers, 0.0);
    nodes_.reserve(hierarchy.nodes);
    for (std::size_t i = 0; i < hierarchy.nodes; ++i) {
        auto& node = nodes_.emplace_back(Node{.scheduler = Scheduler(local),
                                              .parts = {},
                                              .free = std::vector<double>(workers, 0.0),
                                              .observed = {}});
        for (std::size_t worker = 0; worker < workers; ++worker)
            node.scheduler.add_worker(WorkerKind::remote);
        for (WorkerId slot = 0; slot < slots; ++slot) scheduler_.add_worker(WorkerKind::remote);
    }
    scheduler_.open(simulated_job, {.policy = Policy::guided, .divisible = true});
    scheduler_.expect(simulated_job, work.expected);
    if (work.weights.empty())
        scheduler_.add_uniform(simulated_job, work.seconds.size());
    else
        scheduler_.add(simulated_job, std::make_shared<std::vector<double> const>(work.weights),
                       {});
    scheduler_.end_input(simulated_job);
}

HierarchyRun HierarchySimulation::run()
{
    auto const total = std::accumulate(work_.seconds.begin(), work_.seconds.end(), 0.0);
    auto const& speeds = hierarchy_.node.speeds;
    auto const speed = std::accumulate(speeds.begin(), speeds.end(), 0.0);
    auto const longest = std::max_element(work_.seconds.begin(), work_.seconds.end());
    if (longest != work_.seconds.end())
        run_.ideal = std::max(total / speed / static_cast<double>(hierarchy_.nodes),
                              *longest / *std::max_element(speeds.begin(), speeds.end()));
    hand_out();
    // Each turn takes an event, of which each chunk has finitely many, or looks for what can be
    // asked back, each time after a longer while.
    while (!events_.empty()) {
        auto const first = events_.begin();
        if (auto const look = scheduler_.next_look(); look < first->first.first) {
            now_ = std::max(now_, look);
            hand_out();
            continue;
        }
        auto const time = first->first.first;
        auto const event = std::move(first->second);
        events_.erase(first);
        std::visit([&](auto const& what) { take(time, what); }, event);
    }
    if (!scheduler_.done(simulated_job) || done_ != work_.seconds.size())
        throw ProtocolError(fmt::format("The simulated hierarchy has stopped with {} of {} units "
                                        "done.",
                                        done_, work_.seconds.size()));
    run_.makespan = now_;
    for (auto const& node : nodes_)
        run_.submanager_busy = std::max(run_.submanager_busy, node.busy);
    return std::move(run_);
}

void HierarchySimulation::hand_out()
{
    scheduler_.set_time(now_);
    auto const send = [&](ToNode event) {
        now_ += hierarchy_.message;
        run_.manager_busy += hierarchy_.message;
        ++run_.messages;
        post(now_ + hierarchy_.latency, event);
    };
    while (auto const chunk = scheduler_.next(simulated_job)) send({.chunk = *chunk});
    for (auto const& recall : scheduler_.recalls()) {
        ++run_.recalls;
        send({.chunk = {.id = recall.chunk, .worker = recall.worker, .range = {}}, .recall = true});
    }
}

void HierarchySimulation::spend(Node& node, double time) const
{
    node.now = std::max(node.now, time) + hierarchy_.node.message;
    node.busy += hierarchy_.node.message;
}

void HierarchySimulation::take(double time, ToNode const& event)
{
    auto const number = event.chunk.worker / slots;
    auto& node = nodes_[number];
    spend(node, time);
    if (event.recall) {
        for (auto& [job, part] : node.parts) {
            if (part.chunk.id != event.chunk.id || part.handed_on == part.chunk.range.count)
                continue; // its report is on the way, or as good as
            part.recalled = true;
            node.scheduler.cancel(job);
            report_if_done(number, job);
            break;
        }
    } else {
        begin(node, event.chunk);
    }
    hand_on(number);
}

void HierarchySimulation::begin(Node& node, Chunk const& chunk)
{
    auto const job = ++node.last_job;
    node.parts[job].chunk = chunk;
    auto& scheduler = node.scheduler;
    scheduler.open(job, {.policy = work_.policy});
    scheduler.expect(job, node.observed);
    if (work_.weights.empty()) {
        scheduler.add_uniform(job, chunk.range.count);
    } else {
        auto const first = work_.weights.begin() + static_cast<std::ptrdiff_t>(chunk.range.first);
        scheduler.add(
            job, std::make_shared<std::vector<double> const>(first, first + chunk.range.count), {});
    }
    scheduler.end_input(job);
}

void HierarchySimulation::hand_on(std::size_t number)
{
    auto& node = nodes_[number];
    node.scheduler.set_time(node.now);
    // The oldest part first.
    while (auto const chunk = node.scheduler.next(0)) work_on(number, *chunk);
}

void HierarchySimulation::work_on(std::size_t number, Chunk const& chunk)
{
    auto& node = nodes_[number];
    auto const& machine = hierarchy_.node;
    auto& part = node.parts.at(chunk.job);
    if (chunk.range.first != part.handed_on)
        throw ProtocolError(fmt::format("Unit {} of a part is handed on before unit {}.",
                                        chunk.range.first, part.handed_on));
    part.handed_on += chunk.range.count;
    ++run_.chunks;
    spend(node, node.now);
    auto time = std::max(node.free[chunk.worker], node.now + machine.latency) + machine.overhead;
    Report report{.chunk = chunk.id, .done = chunk.range.count};
    for (std::uint64_t i = 0; i < chunk.range.count; ++i) {
        auto const position = part.chunk.range.first + chunk.range.first + i;
        if (begun_.at(position))
            throw ProtocolError(fmt::format("Unit {} is handed out a second time.", position));
        begun_[position] = true;
        report.weight += weight(position);
        report.seconds += work_.seconds[position] / machine.speeds[chunk.worker];
    }
    time += report.seconds;
    run_.busy[number * machine.speeds.size() + chunk.worker] += report.seconds;
    node.free[chunk.worker] = time;
    post(time + machine.latency,
         FromWorker{.node = number, .worker = chunk.worker, .report = report});
}

void HierarchySimulation::take(double time, FromWorker const& event)
{
    auto& node = nodes_[event.node];
    spend(node, time);
    node.scheduler.set_time(node.now);
    auto const verdict = node.scheduler.report(event.worker, event.report);
    auto& part = node.parts.at(verdict.chunk.job);
    part.weight += event.report.weight;
    part.seconds += event.report.seconds;
    ++part.rows;
    node.observed.seconds += event.report.seconds;
    node.observed.weight += event.report.weight;
    node.observed.units += event.report.done;
    report_if_done(event.node, verdict.chunk.job);
    hand_on(event.node);
}

void HierarchySimulation::report_if_done(std::size_t number, JobId job)
{
    auto& node = nodes_[number];
    if (!node.scheduler.done(job)) return;
    auto const part = node.parts.at(job);
    node.parts.erase(job);
    node.scheduler.close(job);
    spend(node, node.now);
    auto const workers = static_cast<double>(hierarchy_.node.speeds.size());
    post(node.now + hierarchy_.latency, FromNode{.slot = part.chunk.worker,
                                                 .report = {.chunk = part.chunk.id,
                                                            .done = part.handed_on,
                                                            .weight = part.weight,
                                                            .seconds = part.seconds / workers},
                                                 .rows = part.rows});
}

void HierarchySimulation::take(double time, FromNode const& event)
{
    auto const spent = hierarchy_.message + hierarchy_.row * static_cast<double>(event.rows);
    now_ = std::max(now_, time) + spent;
    run_.manager_busy += spent;
    ++run_.messages;
    scheduler_.set_time(now_);
    auto const verdict = scheduler_.report(event.slot, event.report);
    done_ += verdict.piece.count;
    run_.moved += verdict.moved;
    hand_out();
}

HierarchyRun simulate_hierarchy(SimulatedWork const& work, SimulatedHierarchy const& hierarchy,
                                Tuning tuning)
{
    check(work, hierarchy.node);
    if (hierarchy.nodes == 0 || work.window != 0 || !work.groups.empty() || !work.blocks.empty())
        throw UsageError(
            "A hierarchy is simulated for one or more nodes, and work without windows, "
            "groups and blocks: leave these out");
    return HierarchySimulation(work, hierarchy, tuning).run();
}

} // namespace starmap::scheduling
