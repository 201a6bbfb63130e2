#pragma once

#include "report/observer.hpp"
#include "roles/crew.hpp"
#include "roles/deadline.hpp"
#include "roles/open_starmap.hpp"
#include "roles/replay.hpp"
#include "roles/time_sheet.hpp"
#include "scheduling/lessons.hpp"
#include "scheduling/scheduler.hpp"

#include <starmap/detail/job.hpp>
#include <starmap/settings.hpp>

#include <algorithm>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <utility>
#include <vector>

namespace starmap::roles {

/// Rank 0: feeds the scheduler from the jobs, sends what it assigns, takes in what comes back. It
/// holds the loop and no decisions: those are the scheduler's, the books are OpenStarmap's.
///
/// Why advance() ends: each turn either hands a chunk out, takes a frame in, or waits; a job has
/// finitely many chunks out; and each chunk comes back, because a worker answers every chunk, and
/// what a lost worker held comes back as soon as its loss is seen.
class Manager final : public detail::Engine {
public:
    /// The observers must outlive it. `run_start` is in seconds since 1970.
    Manager(Settings const& settings, Crew& crew, std::vector<report::Observer*> observers,
            double run_start, Deadline deadline = {});

    /// What is to be expected of the Starmaps that are opened from now on.
    void expect(scheduling::Lessons lessons) { lessons_ = std::move(lessons); }
    /// Results are journaled from now on, and found there. The checkpoint must outlive it.
    void use(journal::Checkpoint& checkpoint) noexcept { checkpoint_ = &checkpoint; }
    /// One task is to be run again, instead of the whole program. The replay must outlive it.
    void use(Replay& replay) noexcept { replay_ = &replay; }
    /// Meets the workers and tells the observers of the run. Throws UsageError as Crew::meet does.
    void start(report::RunInfo run);
    /// Takes in what is still under way of abandoned Starmaps, for at most `patience` seconds.
    void drain(double patience);
    /// Seconds for which tasks that run are waited for: infinite without a deadline, a signal, or
    /// a Starmap that its consumer has stopped.
    double patience() const;
    /// True once a consumer was told that its Starmap is not finished.
    bool interrupted() const noexcept { return interrupted_; }
    /// Brings the observers' figures of the workers up to date, and says goodbye to them.
    void end(bool in_order);

    Settings const& settings() const override { return settings_; }
    std::uint32_t workers() const override
    {
        return replay_ != nullptr ? replay_->workers() : std::max(1U, crew_.remote_count());
    }
    void open(detail::Job& job) override;
    bool advance(detail::Job& job) override;
    void stop(detail::Job& job) override;
    void abandon(detail::Job& job) noexcept override;

private:
    using Starmaps = std::map<std::uint32_t, OpenStarmap>;

    double run_time() const;
    OpenStarmap* find(detail::Job const& job);
    /// Sets a flag for as long as it lives.
    class Raised {
    public:
        explicit Raised(bool& flag) : flag_(flag) { flag_ = true; }
        Raised(Raised const&) = delete;
        Raised& operator=(Raised const&) = delete;
        ~Raised() { flag_ = false; }

    private:
        bool& flag_;
    };
    enum class Asked : bool { no, yes };
    void refuse_use() const;
    std::vector<detail::Window> first_windows(OpenStarmap& starmap);
    void add_units(OpenStarmap& starmap, detail::Window window);
    bool feed(OpenStarmap& starmap, Asked by_consumer);
    std::vector<int> inputs() const;
    bool take_known(OpenStarmap& starmap);
    void dispatch(std::uint32_t preferred);
    void send(scheduling::Chunk const& chunk);
    void open_on(OpenStarmap& starmap, scheduling::WorkerId worker);
    void open_once_more(OpenStarmap& starmap, scheduling::WorkerId worker);
    void open_again(std::uint32_t number, scheduling::WorkerId worker);
    void fail_unsent(OpenStarmap& starmap, scheduling::Chunk const& chunk, std::string const& why);
    void handle(FromWorker incoming);
    void take_result(scheduling::WorkerId id, report::WorkerInfo& worker,
                     wire::Result const& result);
    std::vector<std::uint16_t> retries_of(scheduling::WorkerId id, wire::Result const& result);
    void take_saved(scheduling::WorkerId id, OpenStarmap& starmap, wire::Death const& death);
    void take_death(scheduling::WorkerId id, std::uint32_t number, wire::Death death);
    void take_in(scheduling::Verdict const& verdict, report::WorkerInfo& worker,
                 wire::Result const& result);
    void take_losses();
    void take_loss(scheduling::WorkerId id);
    void refuse_too_wide(OpenStarmap& starmap, detail::Window const& window);
    void fail_too_wide();
    void refuse_if_broken() const;
    void tell_failures(OpenStarmap& starmap);
    void cancel(OpenStarmap& starmap);
    void finish(OpenStarmap& starmap);
    void tell_workers(report::Observer& observer);
    void tell_costs(OpenStarmap const& starmap);
    void say_failure(report::Observer const& observer);
    void tick();
    void pulse(double now);
    /// As Crew does. To find nothing is waiting too: MPI may give the core away meanwhile.
    std::optional<FromWorker> poll();
    void pause(std::span<int const> inputs = {});
    void start_clock();
    void watch_time();
    void tell_deadline(Deadline::View const& view);
    /// Throws Interrupted when nothing more will come of this Starmap, or what runs takes too long.
    void refuse_to_go_on(OpenStarmap& starmap);
    bool is_over(OpenStarmap const& starmap) const;
    bool is_for_want_of_time(scheduling::WorkerId id, wire::Result const& result) const;

    template <class Tell>
    void tell(Tell tell)
    {
        for (auto* observer : observers_) tell(*observer);
    }

    Settings const& settings_;
    Crew& crew_;
    std::vector<report::Observer*> observers_;
    double run_start_;
    journal::Checkpoint* checkpoint_ = nullptr;
    Replay* replay_ = nullptr;
    scheduling::Scheduler scheduler_;
    scheduling::Lessons lessons_;
    Starmaps starmaps_;
    std::uint32_t last_number_ = 0;
    Deadline deadline_;
    double told_ = Deadline::never; ///< what the workers were told of it
    bool interrupted_ = false;
    bool stopping_ = false; ///< they were told to begin nothing more
    double next_tick_ = 0;
    double next_worker_figures_ = 0;
    double next_pulse_ = 0;
    TimeSheet time_sheet_;
    std::uint64_t chunks_ = 0;      ///< that came back
    std::vector<std::string> said_; ///< failures of observers
    std::string broken_;            ///< why nothing more can be done
    bool absorbing_ = false; ///< a result is being combined, by what may be the user's operation
};

} // namespace starmap::roles
