#pragma once

#include "roles/kept_frame.hpp"
#include "roles/kept_process.hpp"
#include "wire/frame.hpp"

#include <cstdint>
#include <deque>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>

namespace starmap::roles {

/// A worker in a process of its own, which may die: of a signal, by exit(), or killed from here
/// because a task takes too long or too much memory. Then another process takes its place, is told
/// all that the dead one knew, and gets the chunks that it held; only the chunk that was being run
/// goes back, with a frame that says which task is to blame.
///
/// Nobody who talks to it sees more than that frame: to them it is one worker for the whole
/// session.
class KeptWorker {
public:
    /// Starts a process with this, and a further one whenever one has died.
    explicit KeptWorker(StartProcess start_process);

    /// A frame from the manager.
    void send(wire::Parcel frame);
    /// The next frame for the manager, if there is one. Throws IoError when no process can be had.
    std::optional<detail::Bytes> poll();
    /// Ends tasks that are over their limits, or that still run when the session is over; `now` by
    /// base::now().
    void watch(double now);
    std::size_t unsent() const noexcept { return process_->unsent(); }
    /// To wait on for input. It changes when revived() does.
    int descriptor() const noexcept { return process_->descriptor(); }
    /// How many processes it has had.
    std::uint32_t processes() const noexcept { return processes_; }

private:
    struct Job {
        KeptFrame opening;
        double timeout = 0;
        std::uint64_t max_rss = 0;
        bool cancelled = false;
        std::optional<KeptFrame> deadline = {}; ///< of its own
    };
    struct Held {
        std::uint64_t chunk = 0;
        std::uint32_t job = 0;
        std::uint64_t first = 0; ///< position
        std::uint32_t count = 0;
        std::uint64_t left = 0; ///< likewise, of the first that was not reported
        KeptFrame frame;
        bool recalled = false; ///< what has not begun of it is to be given back
        std::uint64_t end() const noexcept { return first + count; }
    };
    void start();
    void keep(wire::Header const& header, detail::ByteReader body, KeptFrame frame);
    bool note(detail::Bytes const& frame);
    std::optional<detail::Bytes> next_to_tell();
    void bury();
    void let_go_of_begun();
    void save_items(Held const& held, wire::Death& death) const;
    detail::Bytes obituary(Held const& held, wire::Death death) const;
    wire::Death describe(execution::Death const& death) const;
    void kill(TaskStatus status, std::string why);

    StartProcess start_process_;
    std::unique_ptr<KeptProcess> process_;
    std::uint32_t processes_ = 0;
    KeptFrame welcome_;
    bool welcomed_ = false;
    std::optional<KeptFrame> deadline_; ///< when tasks are to have ended, if they are
    double run_clock_ = 0; ///< to add to base::now(): seconds since the start of the run
    std::map<std::uint32_t, Job> jobs_;
    std::set<std::uint32_t> closed_early_; ///< their openings are still on the way
    std::deque<Held> held_;                ///< in the order in which they were sent
    std::deque<detail::Bytes> to_tell_;    ///< the manager, of the last death
    bool introduced_ = false;
    bool stopping_ = false;
    double stopping_since_ = 0;     ///< when that was first seen; 0: not yet
    bool finished_ = false;         ///< its goodbye was passed on
    std::uint32_t idle_deaths_ = 0; ///< one after another, with nothing done between
    std::uint32_t begun_ = 0;       ///< the unit or item that ran when it was last looked at
    double begun_at_ = 0;           ///< when it was first seen to run
    double looked_at_memory_ = 0;
    std::size_t peak_rss_ = 0;
    TaskStatus killed_for_ = TaskStatus::ok; ///< from here
    std::string killed_why_;
};

} // namespace starmap::roles
