#pragma once

#include "scheduling/scheduler.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <array>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <random>
#include <utility>
#include <vector>

namespace cores {

using namespace starmap::scheduling;

/// A scheduler among random nodes, widths, failures, deaths and losses, that is held by REQUIRE to
/// what it promises: no node is asked for more than it has, and each unit ends once.
class World {
public:
    explicit World(std::uint64_t seed) : random_(seed)
    {
        auto const nodes = 1 + random_() % 4;
        for (std::uint32_t node = 0; node < nodes; ++node)
            for (auto left = 1 + random_() % 5; left > 0; --left) add_worker(node);
        retries_ = static_cast<std::uint16_t>(random_() % 3);
        dies_ = one_in(2);
        for (JobId id = 1 + static_cast<JobId>(random_() % 3); id > 0; --id) open(id);
    }

    void run()
    {
        for (std::size_t events = 0;; ++events) {
            REQUIRE(events < 20'000);
            hand_out();
            if (step()) continue;
            // Nobody works: what is left is held, or nobody is left.
            if (largest() == 0) return;
            auto released = false;
            for (auto& [id, job] : jobs_)
                if (std::exchange(job.held, false)) {
                    scheduler_.hold(id, false);
                    released = true;
                }
            if (!released) break;
        }
        REQUIRE(scheduler_.idle());
        for (auto const& [id, job] : jobs_) {
            REQUIRE(scheduler_.done(id));
            for (auto const& unit : job.units) {
                REQUIRE_FALSE(unit.out);
                if (!job.cancelled) REQUIRE(unit.ends == 1);
            }
        }
    }
    unsigned wide() const noexcept { return wide_; }
    unsigned refused() const noexcept { return refused_; }

private:
    struct Unit {
        std::uint32_t cores = 1;
        unsigned failures = 0;
        unsigned ends = 0;
        bool out = false;
    };
    struct Job {
        std::vector<Unit> units;
        bool held = false;
        bool cancelled = false;
    };
    struct Worker {
        std::uint32_t node = 0;
        bool alive = true;
        std::vector<Chunk> held;
    };
    bool one_in(unsigned n) { return random_() % n == 0; }

    void add_worker(std::uint32_t node)
    {
        REQUIRE(scheduler_.add_worker(WorkerKind::remote, node) == workers_.size());
        workers_.push_back({.node = node, .held = {}});
    }
    std::uint32_t slots(std::uint32_t node) const
    {
        std::uint32_t living = 0;
        for (auto const& worker : workers_) living += worker.alive && worker.node == node ? 1 : 0;
        return living;
    }
    std::uint32_t largest() const
    {
        std::uint32_t most = 0;
        for (auto const& worker : workers_) most = std::max(most, slots(worker.node));
        return most;
    }
    /// Workers of a node that run something or are to be idle for that.
    std::uint32_t used(std::uint32_t node) const
    {
        std::uint32_t sum = 0;
        for (auto const& worker : workers_)
            if (worker.node == node && !worker.held.empty()) ++sum;
        for (WorkerId id = 0; id < workers_.size(); ++id)
            for (auto const kept : scheduler_.kept_idle_by(id)) {
                REQUIRE(workers_[kept].alive);
                REQUIRE(workers_[kept].held.empty());
                REQUIRE(workers_[kept].node == workers_[id].node);
                if (workers_[kept].node == node) ++sum;
            }
        return sum;
    }

    void open(JobId id)
    {
        auto& job = jobs_[id];
        auto const policy = std::array{Policy::each, Policy::guided, Policy::blocks}[random_() % 3];
        scheduler_.open(
            id, {.policy = policy, .retries = retries_, .divisible = policy != Policy::blocks});
        auto const widest = 1 + random_() % largest();
        auto const windows = 1 + random_() % 3;
        for (std::uint64_t window = 0; window < windows; ++window) {
            auto const count = random_() % 30;
            std::vector<double> weights(count);
            for (auto& weight : weights) weight = static_cast<double>(random_() % 9);
            std::sort(weights.begin(), weights.end(), std::greater<>());
            std::vector<std::uint32_t> cores(count);
            for (auto& each : cores)
                each = one_in(2) ? 1 : static_cast<std::uint32_t>(1 + random_() % widest);
            auto const base = job.units.size();
            if (policy == Policy::blocks) {
                std::vector<Range> blocks;
                for (std::size_t i = 0; i < count;) {
                    auto const end = std::min(count, i + 1 + random_() % 4);
                    auto const most =
                        *std::max_element(cores.begin() + static_cast<std::ptrdiff_t>(i),
                                          cores.begin() + static_cast<std::ptrdiff_t>(end));
                    blocks.push_back({.first = base + i,
                                      .count = static_cast<std::uint32_t>(end - i),
                                      .weight = 1,
                                      .cores = most});
                    for (; i < end; ++i) cores[i] = most;
                }
                scheduler_.add_blocks(id, std::move(blocks));
            } else {
                scheduler_.add(id, std::make_shared<std::vector<double> const>(std::move(weights)),
                               {}, cores);
            }
            for (auto const each : cores) job.units.push_back({.cores = each});
        }
        scheduler_.end_input(id);
    }

    void hand_out()
    {
        scheduler_.set_time(now_ += 0.01);
        refuse();
        auto const preferred = static_cast<JobId>(1 + random_() % 3);
        while (auto const chunk = scheduler_.next(preferred)) take(*chunk);
        scheduler_.recalls();
    }

    void take(Chunk const& chunk)
    {
        auto& job = jobs_.at(chunk.job);
        auto& worker = workers_.at(chunk.worker);
        REQUIRE(worker.alive);
        REQUIRE_FALSE(job.cancelled);
        // Nothing is put behind what takes several cores, nor that behind something.
        if (chunk.range.cores > 1) {
            REQUIRE(worker.held.empty());
            REQUIRE(scheduler_.kept_idle_by(chunk.worker).size() == chunk.range.cores - 1);
            ++wide_;
        }
        REQUIRE((worker.held.empty() || worker.held[0].range.cores == 1));
        for (std::uint32_t i = 0; i < chunk.range.count; ++i) {
            auto& unit = job.units.at(chunk.range.first + i);
            REQUIRE_FALSE(unit.out);
            REQUIRE(unit.ends == 0);
            REQUIRE(unit.cores == chunk.range.cores);
            REQUIRE(chunk.attempt == unit.failures + 1);
            unit.out = true;
        }
        worker.held.push_back(chunk);
        REQUIRE(used(worker.node) <= slots(worker.node));
    }

    bool step()
    {
        std::vector<WorkerId> busy;
        for (WorkerId id = 0; id < workers_.size(); ++id)
            if (!workers_[id].held.empty()) busy.push_back(id);
        if (busy.empty()) return false;
        auto const id = busy[random_() % busy.size()];
        auto const job = static_cast<JobId>(1 + random_() % jobs_.size());
        if (one_in(15)) {
            auto& held = jobs_.at(job).held;
            held = !held;
            scheduler_.hold(job, held);
        } else if (dies_ && one_in(40)) {
            lose(static_cast<WorkerId>(random_() % workers_.size()));
        } else if (one_in(300)) {
            scheduler_.cancel(job);
            jobs_.at(job).cancelled = true;
        } else if (dies_ && one_in(10)) {
            die(id);
        } else {
            report(id);
        }
        return true;
    }

    void fail(Chunk const& chunk, std::uint64_t position, std::vector<Range> const& given_up)
    {
        auto& job = jobs_.at(chunk.job);
        auto& unit = job.units[position];
        auto const is_last = job.cancelled || unit.failures == retries_;
        ++unit.failures;
        auto const is_told = std::any_of(given_up.begin(), given_up.end(), [&](Range const& range) {
            return range.first == position;
        });
        REQUIRE(is_told == is_last);
        if (is_last) ++unit.ends;
    }

    void let_go(WorkerId id, Chunk const& chunk)
    {
        std::erase_if(workers_[id].held, [&](Chunk const& each) { return each.id == chunk.id; });
        for (std::uint32_t i = 0; i < chunk.range.count; ++i)
            jobs_.at(chunk.job).units[chunk.range.first + i].out = false;
    }

    void report(WorkerId id)
    {
        auto const chunk = workers_[id].held.front();
        auto const whole = chunk.range.count;
        auto const done = one_in(4) ? static_cast<std::uint32_t>(random_() % (whole + 1)) : whole;
        std::vector<Range> failed;
        for (std::uint32_t i = 0; i < done; ++i)
            if (one_in(8)) failed.push_back({.first = i, .count = 1});
        auto const verdict = scheduler_.report(
            id, {.chunk = chunk.id, .done = done, .weight = 1, .seconds = 0.01, .failed = failed});
        if (!dies_) REQUIRE(verdict.kept_idle.size() == chunk.range.cores - 1);
        REQUIRE(scheduler_.kept_idle_by(id).empty());
        let_go(id, chunk);
        for (std::uint32_t i = 0; i < done; ++i) {
            auto const bad = std::any_of(failed.begin(), failed.end(),
                                         [&](Range const& range) { return range.first == i; });
            if (bad)
                fail(chunk, chunk.range.first + i, verdict.given_up);
            else
                ++jobs_.at(chunk.job).units[chunk.range.first + i].ends;
        }
    }

    void die(WorkerId id)
    {
        auto const chunk = workers_[id].held.front();
        auto const blamed = chunk.range.first + random_() % chunk.range.count;
        auto const verdict =
            scheduler_.died(id, chunk.id, {.first = blamed, .count = 1, .weight = 1});
        let_go(id, chunk);
        fail(chunk, blamed, verdict.given_up);
    }

    void lose(WorkerId id)
    {
        scheduler_.lost(id);
        auto& worker = workers_[id];
        worker.alive = false;
        while (!worker.held.empty()) let_go(id, Chunk(worker.held.front()));
    }

    void refuse()
    {
        for (auto const& chunk : scheduler_.take_too_wide()) {
            REQUIRE(chunk.range.cores > largest());
            ++refused_;
            for (std::uint32_t i = 0; i < chunk.range.count; ++i) {
                auto& unit = jobs_.at(chunk.job).units.at(chunk.range.first + i);
                REQUIRE_FALSE(unit.out);
                REQUIRE(++unit.ends == 1);
            }
        }
    }

    Scheduler scheduler_;
    std::mt19937_64 random_;
    std::vector<Worker> workers_;
    std::map<JobId, Job> jobs_;
    std::uint16_t retries_ = 0;
    bool dies_ = false;
    double now_ = 0;
    unsigned wide_ = 0;
    unsigned refused_ = 0;
};

} // namespace cores
