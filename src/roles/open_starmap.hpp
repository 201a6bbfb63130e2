#pragma once

#include "report/observer.hpp"
#include "roles/crew.hpp"
#include "roles/deadline.hpp"
#include "roles/kept_results.hpp"
#include "scheduling/scheduler.hpp"
#include "wire/frame.hpp"

#include <starmap/detail/job.hpp>
#include <starmap/detail/segment.hpp>

#include <cstddef>
#include <cstdint>
#include <exception>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace starmap::roles {

/// One open Starmap on rank 0: its job, what came back of it, and the books on it. The job goes
/// away when its consumer does; the books stay until the last chunk is back.
class OpenStarmap {
public:
    /// `now` is in seconds since the start of the run.
    OpenStarmap(detail::Job& job, std::uint32_t number, double now);

    std::uint32_t number() const noexcept { return info_.starmap; }
    detail::Job* job() noexcept { return job_; }
    detail::JobSpec const& spec() const noexcept { return spec_; }
    report::StarmapInfo const& info() const noexcept { return info_; }
    scheduling::Policy policy() const noexcept;
    /// A chunk can be ended between two of its units: not one that is a single call.
    bool divisible() const noexcept
    {
        return spec_.splitting == detail::Splitting::each ||
               (spec_.splitting == detail::Splitting::guided && spec_.items_are_tasks);
    }
    /// Units came back that had been asked for.
    void note_moved(std::uint64_t units) noexcept
    {
        if (units == 0) return;
        ++info_.moves;
        info_.moved_items += units;
    }

    /// Its name as far as a record keeps it.
    std::string_view recorded_name() const noexcept;
    /// Notes the next key; returns its number.
    std::uint32_t note_group(std::string key)
    {
        groups_.push_back(std::move(key));
        return static_cast<std::uint32_t>(groups_.size() - 1);
    }
    std::size_t groups() const noexcept { return groups_.size(); }
    /// The key with this number as text; empty where there are none.
    std::string group_name(std::uint32_t group) const
    {
        return group < groups_.size() ? groups_[group] : std::string();
    }

    /// What has input when its input has more; -1: nothing tells.
    int input() const { return job_ == nullptr ? -1 : job_->wait_fd(); }
    /// That were read.
    std::uint64_t positions() const noexcept { return positions_; }
    /// The whole input was read.
    void input_ended() noexcept { info_.total_known = true; }
    /// When its consumer has stopped it; seconds since 1970, Deadline::never if it was not.
    double stopped = Deadline::never;
    /// True the first time.
    bool note_cancelled() noexcept
    {
        if (kept_) kept_->drop();
        return !std::exchange(cancelled_, true);
    }
    /// From now on its results are journaled, and those of earlier runs are found. Says once where
    /// that cannot be done for this Starmap. Throws as KeptResults does.
    void use(journal::Checkpoint& checkpoint);
    /// Hands on results of earlier runs, as far as the consumer has room; false if there were none.
    /// Throws what the operation of the user's throws.
    bool take_known(std::uint64_t room, scheduling::Scheduler& scheduler);
    /// True while such results wait.
    bool knows_more() const noexcept { return kept_ && kept_->waiting(); }
    /// Weight of what was known from earlier runs.
    double known_weight() const noexcept { return known_weight_; }
    /// Notes a window that was read, and hands its units to the scheduler, but for those whose
    /// results are known.
    void add(detail::Window window, scheduling::Scheduler& scheduler);

    /// Whether it was not opened on this worker yet. Packs the state at the first time, and throws
    /// what that throws. `share`: large arrays lie in memory that a node shares.
    bool needs_opening(scheduling::WorkerId worker, bool share);
    bool is_opened_on(scheduling::WorkerId worker) const noexcept
    {
        return worker < has_opening_.size() && has_opening_[worker];
    }
    /// The state is worth to be handed on from worker to worker.
    bool has_large_state() const noexcept;
    /// The frame that opens it, for a worker that hands it on to those; with the bytes of segments,
    /// or for one on this node only where they are.
    enum class Again : bool { no, yes };
    wire::Parcel opening(std::vector<wire::Destination> onward, bool same_node,
                         Again again = Again::no) const;
    /// These workers get it: counts what that costs.
    void note_opened(std::span<scheduling::WorkerId const> workers, Spread spread);
    /// One that was to get it gets it again.
    void note_repeated(Spread const& spread);
    /// Who has got it by way of one another, each time that it was sent so.
    std::span<std::vector<wire::Destination> const> relayed() const noexcept { return relayed_; }
    std::span<scheduling::WorkerId const> opened_on() const noexcept { return opened_on_; }
    /// The frame that carries a chunk, whose tasks take so many workers. Throws what the packing of
    /// the items throws.
    detail::Bytes pack(scheduling::Chunk const& chunk, std::uint32_t cores);

    /// What a result says of its tasks: rows for the record, and failures.
    std::vector<TaskRecord> note(wire::Result const& result, scheduling::Verdict const& verdict,
                                 report::WorkerInfo const& worker);
    /// Hands the values of a result that was noted to the job. Throws what its operation throws.
    void absorb(wire::Result const& result, scheduling::Verdict const& verdict,
                report::WorkerInfo const& worker);
    /// Names of their own of the rows that note() has returned last; empty where there are none.
    std::span<std::string const> labels() const noexcept { return labels_; }
    /// Further attempts of these units, which were not released; of several, those of the one that
    /// has most. What the user's option throws ends the Starmap.
    std::uint16_t retries_of(std::uint64_t first, std::uint32_t count);
    /// A failed attempt, as the observers are told of it.
    struct Failed {
        TaskFailure failure;
        std::string more = {}; ///< of its text, for the record alone
        bool goes_on = false;  ///< it is tried again, or its result counts all the same
    };
    /// Failures since the last call.
    std::vector<Failed> take_new_failures() { return std::exchange(new_failures_, {}); }

    /// Set once a failure is to end it (OnFailure::raise), or its input threw.
    std::exception_ptr error;
    bool news = false;            ///< something came back since its consumer last looked
    bool waits_for_input = false; ///< when it was read last, nothing was there
    bool reading = false;         ///< its input is being read, which may itself run Starmaps

    /// The consumer is gone.
    void abandon() noexcept;
    /// Completes the figures that the job's owner sees.
    void settle(double now);

private:
    /// A smaller state goes to each worker when it is needed: there it is the latency that counts.
    static constexpr std::size_t broadcast_from = 64 * 1024;

    std::string name_at(scheduling::Verdict const& verdict, std::uint64_t place);
    TaskFailure describe(detail::UnitFailure const& failure, scheduling::Verdict const& verdict,
                         report::WorkerInfo const& worker);
    /// No further attempt is left.
    void fail(TaskFailure const& failure);
    void count(TaskRecord const& row, report::WorkerInfo const& worker);
    void say_shared() const;
    std::uint64_t segment_bytes(std::size_t from, std::size_t to) const;
    void count_shared(std::size_t states, std::size_t segments);
    void add_unknown(detail::Window const& window, std::uint64_t first,
                     std::span<scheduling::Range const> known, scheduling::Scheduler& scheduler);

    detail::Job* job_;
    detail::JobSpec spec_;
    report::StarmapInfo info_;
    std::shared_ptr<detail::Bytes const> state_; ///< packed; null before it is needed
    std::vector<ArgumentBytes> state_sizes_;
    std::vector<detail::SegmentCollector::Note> segments_; ///< that the state names
    std::size_t copies_ = 0;                               ///< of the state, sent by this rank
    std::size_t nodes_ = 1;                                ///< that have the segments
    std::vector<bool> has_opening_;                        ///< by worker
    std::vector<scheduling::WorkerId> opened_on_;
    std::vector<std::vector<wire::Destination>> relayed_;
    std::vector<Failed> new_failures_;
    std::vector<std::string> labels_;
    std::vector<WorkerLoad> loads_;   ///< by worker
    std::vector<std::string> groups_; ///< keys as text, by their numbers
    std::uint64_t tasks_done_ = 0;
    std::uint64_t units_read_ = 0;
    double weight_read_ = 0;
    std::unique_ptr<KeptResults> kept_; ///< null without a checkpoint
    std::uint64_t positions_ = 0;       ///< that were read
    double known_weight_ = 0;
    bool cancelled_ = false;
};

} // namespace starmap::roles
