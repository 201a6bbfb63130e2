#pragma once

#include "scheduling/hierarchy.hpp"

#include <cstdint>
#include <map>
#include <utility>
#include <variant>
#include <vector>

namespace starmap::scheduling {

/// One run of a hierarchy in virtual time.
class HierarchySimulation {
public:
    HierarchySimulation(SimulatedWork const& work, SimulatedHierarchy const& hierarchy,
                        Tuning tuning);
    HierarchyRun run();

private:
    static constexpr WorkerId slots = 2; ///< of each sub-manager, a chunk each

    /// A chunk of rank 0's on its way, or the wish to have it back.
    struct ToNode {
        Chunk chunk;
        bool recall = false;
    };
    struct FromWorker {
        std::size_t node = 0;
        WorkerId worker = 0;
        Report report;
    };
    struct FromNode {
        WorkerId slot = 0;
        Report report;
        std::uint64_t rows = 0;
    };
    using Event = std::variant<ToNode, FromWorker, FromNode>;

    /// A chunk of rank 0's in the hands of a sub-manager, to which it is a job.
    struct Part {
        Chunk chunk;
        std::uint32_t handed_on = 0;
        double weight = 0;
        double seconds = 0;
        std::uint64_t rows = 0;
        bool recalled = false;
    };
    struct Node {
        Scheduler scheduler;
        std::map<JobId, Part> parts;
        std::vector<double> free; ///< when each worker has done all that it holds
        Cost observed;
        JobId last_job = 0;
        double now = 0; ///< the sub-manager is free from here on
        double busy = 0;
    };

    void post(double time, Event event) { events_[{time, ++sent_}] = std::move(event); }
    double weight(std::uint64_t position) const
    {
        return work_.weights.empty() ? 1 : work_.weights[position];
    }
    void hand_out();
    void take(double time, ToNode const& event);
    void take(double time, FromWorker const& event);
    void take(double time, FromNode const& event);
    void begin(Node& node, Chunk const& chunk);
    void hand_on(std::size_t number);
    void work_on(std::size_t number, Chunk const& chunk);
    void report_if_done(std::size_t number, JobId job);
    void spend(Node& node, double time) const;

    SimulatedWork const& work_;
    SimulatedHierarchy const& hierarchy_;
    Scheduler scheduler_;
    std::vector<Node> nodes_;
    std::vector<bool> begun_;
    std::map<std::pair<double, std::uint64_t>, Event> events_;
    HierarchyRun run_;
    double now_ = 0; ///< rank 0 is free from here on
    std::uint64_t sent_ = 0;
    std::uint64_t done_ = 0;
};

} // namespace starmap::scheduling
