#pragma once

#include "execution/zygote.hpp"
#include "roles/kept_frame.hpp"
#include "transport/socket_line.hpp"
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
    explicit KeptWorker(execution::Zygote& zygote);

    /// A frame from the manager.
    void send(wire::Parcel frame);
    /// The next frame for the manager, if there is one. Throws IoError when no process can be had.
    std::optional<detail::Bytes> poll();
    /// Ends tasks that are over their limits; `now` by base::now().
    void watch(double now);
    std::size_t unsent() const noexcept { return line_->unsent(); }
    /// To wait on for input. It changes when revived() does.
    int descriptor() const noexcept { return line_->descriptor(); }
    /// How many processes it has had.
    std::uint32_t processes() const noexcept { return processes_; }

private:
    struct Job {
        KeptFrame opening;
        double timeout = 0;
        std::uint64_t max_rss = 0;
        bool cancelled = false;
    };
    struct Held {
        std::uint64_t chunk = 0;
        std::uint32_t job = 0;
        std::uint64_t left = 0; ///< position of the first that was not reported
        std::uint64_t end = 0;  ///< behind the last
        KeptFrame frame;
    };
    void start();
    void keep(wire::Header const& header, detail::ByteReader body, KeptFrame frame);
    bool note(detail::Bytes const& frame);
    std::optional<detail::Bytes> bury();
    detail::Bytes obituary(Held const& held, wire::Death death) const;
    wire::Death describe(execution::Death const& death) const;
    void kill(TaskStatus status, std::string why);

    execution::Zygote& zygote_;
    execution::Forked process_;
    std::unique_ptr<transport::SocketLine> line_;
    std::uint32_t processes_ = 0;
    KeptFrame welcome_;
    bool welcomed_ = false;
    std::optional<KeptFrame> deadline_; ///< when tasks are to have ended, if they are
    double run_clock_ = 0; ///< to add to base::now(): seconds since the start of the run
    std::map<std::uint32_t, Job> jobs_;
    std::set<std::uint32_t> closed_early_; ///< their openings are still on the way
    std::deque<Held> held_;                ///< in the order in which they were sent
    bool introduced_ = false;
    bool stopping_ = false;
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
