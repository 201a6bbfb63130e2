// What simulated workers do with their chunks; the rest is in simulation.hpp.
#include "scheduling/simulation.hpp"

namespace starmap::scheduling {

namespace {

// As in execution/chunk_run.cpp: a finished task waits no longer for the next one of its bundle.
constexpr double flush_after = 5e-3;

} // namespace

void Simulation::perform(Plan const& plan, std::uint64_t units, double known)
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

void Simulation::unsay(Chunk const& chunk, double time)
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

void Simulation::give_back(Recall const& recall)
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

void Simulation::check_node(Chunk const& chunk) const
{
    if (work_.cores.empty()) return;
    std::uint32_t slots = 0;
    std::uint32_t taken = 0;
    for (std::size_t i = 0; i < workers_.size(); ++i) {
        if (node_of(i) != node_of(chunk.worker)) continue;
        ++slots;
        if (i == chunk.worker)
            taken += chunk.range.cores;
        else if (!workers_[i].plans.empty())
            taken += workers_[i].plans.front().chunk.range.cores;
    }
    if (taken > slots)
        throw ProtocolError(fmt::format("Of node {} {} workers are taken, and it has {}.",
                                        node_of(chunk.worker), taken, slots));
}

void Simulation::take_back(Chunk const& chunk, std::uint64_t from)
{
    mark(chunk.range, from, false);
    for (auto i = from; i < chunk.range.count; ++i) run_.busy[chunk.worker] -= seconds(chunk, i);
}

void Simulation::mark(Range const& range, std::uint64_t from, bool begun)
{
    for (auto i = from; i < range.count; ++i) {
        if (begun_.at(range.first + i) == begun)
            throw ProtocolError(
                fmt::format("Unit {} is handed out a second time.", range.first + i));
        begun_[range.first + i] = begun;
    }
}

void Simulation::report(WorkerId id, double time, Report const& piece)
{
    due_[{arrives(time, workers_[id].report_due), ++sent_}] = {time, id, piece};
}

double Simulation::seconds(Chunk const& chunk, std::uint64_t unit) const
{
    return work_.seconds[chunk.range.first + unit] / machine_.speeds[chunk.worker];
}

} // namespace starmap::scheduling
