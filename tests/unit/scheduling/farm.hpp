#pragma once

#include "scheduling/scheduler.hpp"

#include <cstdint>
#include <functional>
#include <map>
#include <random>
#include <vector>

/// A world around a Scheduler: workers that take random times, fail, give chunks back and die. It
/// keeps its own books of every unit, and each call holds the scheduler to them by REQUIRE.
namespace farm {

namespace scheduling = starmap::scheduling;
using scheduling::JobId;
using scheduling::WorkerId;

/// The units of a job, by position.
struct Units {
    std::vector<double> weights;
    std::vector<std::uint32_t> groups; ///< empty: all of group 0
};

/// `count` random units in canonical order: equal groups side by side, the heaviest of each first.
/// Some weights are zero.
Units random_units(std::mt19937_64& random, std::size_t count, std::uint32_t groups);

/// What the workers do beyond finishing chunks; probabilities.
struct Habits {
    double pieces = 0;  ///< a chunk is reported in pieces
    double let_go = 0;  ///< a chunk is let go before its end
    double failing = 0; ///< a unit fails
    double seconds = 1; ///< mean busy time of a unit of weight 1
};

class Farm {
public:
    Farm(unsigned remote_workers, std::uint64_t seed, Habits habits = {},
         scheduling::Tuning tuning = {});

    scheduling::Scheduler& scheduler() noexcept { return scheduler_; }
    std::mt19937_64& random() noexcept { return random_; }
    bool chance(double probability);

    void open(JobId job, scheduling::JobSpec spec);
    void add_uniform(JobId job, std::size_t count);
    void add(JobId job, Units units);
    /// Adds the units as blocks of random lengths, which never mix groups.
    void add_blocks(JobId job, Units const& units);
    void end_input(JobId job);
    void hold(JobId job, bool held);
    void cancel(JobId job);
    void lose(WorkerId worker);
    WorkerId add_worker();

    /// Hands out all that the scheduler has for the workers; none may stay idle for whom there is
    /// work.
    void dispatch(JobId preferred = 0);
    /// Some worker gets on with the first chunk it holds. False if none holds any.
    bool step();
    /// dispatch() and step() until nothing is in anyone's hands; a run that does not end fails.
    void run();

    /// All units of a job that ran to its end: each was done or given up exactly once.
    void check_finished(JobId job) const;

    /// What was handed out so far, in order.
    std::vector<scheduling::Chunk> const& handed_out() const noexcept { return handed_out_; }
    std::uint64_t given_up(JobId job) const;
    std::uint32_t alive() const;

private:
    static constexpr WorkerId nobody = ~WorkerId{0};

    struct Unit {
        double weight = 1;
        std::uint32_t group = 0;
        std::uint32_t failures = 0;
        WorkerId avoids = nobody; ///< failed there last
        bool begun = false;       ///< was handed out once
        bool out = false;         ///< in a worker's hands
        bool done = false;
        bool given_up = false;
        bool waits() const { return !out && !done && !given_up; }
    };
    struct Job {
        scheduling::JobSpec spec;
        std::vector<Unit> units;
        scheduling::CostModel costs;
        bool blocks = false;
        bool held = false;
        bool cancelled = false;
        bool ended = false;
    };
    struct Held {
        scheduling::Chunk chunk;
        std::uint32_t reported = 0;
    };
    struct Worker {
        bool local = false;
        bool alive = true;
        std::vector<Held> held;
    };

    Job& job(JobId id) { return jobs_.at(id); }
    bool may_take(WorkerId worker, Job const& of, Unit const& unit) const;
    void take(scheduling::Chunk const& chunk);
    void check_size(Job const& of, scheduling::Range const& range) const;
    void check_nobody_idles() const;
    void report(WorkerId worker, std::uint32_t count, bool last);

    scheduling::Tuning tuning_;
    Habits habits_;
    scheduling::Scheduler scheduler_;
    std::mt19937_64 random_;
    std::map<JobId, Job> jobs_;
    std::vector<Worker> workers_;
    std::vector<scheduling::Chunk> handed_out_;
};

} // namespace farm
