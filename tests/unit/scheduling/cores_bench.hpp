#pragma once

#include "scheduling/scheduler.hpp"

#include <cstdint>
#include <memory>
#include <vector>

namespace cores {

using namespace starmap::scheduling;

/// A scheduler with nodes of so many workers each, numbered through.
struct Bench {
    explicit Bench(std::vector<unsigned> const& nodes, Tuning tuning = {}) : scheduler(tuning)
    {
        for (std::uint32_t node = 0; node < nodes.size(); ++node)
            for (unsigned i = 0; i < nodes[node]; ++i)
                node_of.push_back((scheduler.add_worker(WorkerKind::remote, node), node));
    }
    void open(JobId job, std::vector<std::uint32_t> const& cores,
              JobSpec spec = {.policy = Policy::each})
    {
        scheduler.open(job, spec);
        add(job, cores);
        scheduler.end_input(job);
    }
    void add(JobId job, std::vector<std::uint32_t> const& cores, double weight = 1)
    {
        scheduler.add(job, std::make_shared<std::vector<double> const>(cores.size(), weight), {},
                      cores);
    }
    /// All that is handed out now.
    std::vector<Chunk> next(JobId preferred = 1)
    {
        std::vector<Chunk> chunks;
        while (auto const chunk = scheduler.next(preferred)) chunks.push_back(*chunk);
        return chunks;
    }
    Verdict done(Chunk const& chunk)
    {
        return scheduler.report(chunk.worker, {.chunk = chunk.id,
                                               .done = chunk.range.count,
                                               .weight = chunk.range.weight,
                                               .seconds = chunk.range.weight});
    }
    Verdict fail(Chunk const& chunk)
    {
        std::vector<Range> const failed{{.count = 1, .weight = chunk.range.weight}};
        return scheduler.report(chunk.worker, {.chunk = chunk.id,
                                               .done = 1,
                                               .weight = chunk.range.weight,
                                               .seconds = 1,
                                               .failed = failed});
    }

    Scheduler scheduler;
    std::vector<std::uint32_t> node_of;
};

inline std::vector<std::uint64_t> positions(std::vector<Chunk> const& chunks)
{
    std::vector<std::uint64_t> result;
    for (auto const& chunk : chunks) result.push_back(chunk.range.first);
    return result;
}

} // namespace cores
