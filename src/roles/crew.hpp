#pragma once

#include "report/observer.hpp"
#include "scheduling/scheduler.hpp"
#include "transport/backoff.hpp"
#include "transport/transport.hpp"
#include "wire/frame.hpp"

#include <starmap/settings.hpp>

#include <cstddef>
#include <cstdint>
#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

namespace starmap::roles {

class LocalWorker;

/// A frame from a worker, by the scheduler's number for it.
struct FromWorker {
    scheduling::WorkerId worker = 0;
    detail::Bytes frame;
};

/// What it takes to reach workers with an opening.
struct Spread {
    std::size_t copies = 0; ///< sent by this rank
    std::size_t nodes = 0;  ///< other ones, each of which gets the bytes of segments once
    std::vector<wire::Destination> relayed; ///< who gets it by way of one another
};

/// How the workers are reached.
struct Lines {
    /// Those that work. Null: none does, all tasks run in place.
    transport::Transport* workers = nullptr;
    /// Of these the first so many peers, with rank 0, are ranks that can hand on to one another;
    /// the others work for rank 0 on its own machine.
    transport::Peer ranks = 1;
    /// Ranks that are only sent home, if any.
    transport::Transport* idle = nullptr;
    /// When a rank dies, the launcher lets the others live.
    bool survive = false;
};

/// The workers, as the manager sees them: those behind lines, and one inside its own process for
/// what runs in place. It knows who they are, how to reach them, and how to let them go.
class Crew {
public:
    /// `run_start` is in seconds since 1970.
    Crew(Lines lines, std::string program, Settings const& settings, double run_start);
    Crew(Crew const&) = delete;
    Crew& operator=(Crew const&) = delete;
    ~Crew();

    /// Meets all workers. Throws UsageError when one runs a different program.
    void meet(scheduling::Scheduler& scheduler);

    void send(scheduling::WorkerId worker, wire::Parcel frame);
    /// Sees to it that each of these gets an opening, by way of one another where they are several.
    /// `opening` makes the frame, given to whom it goes on, and whether its receiver is on this
    /// node.
    using MakeOpening =
        std::function<wire::Parcel(std::vector<wire::Destination> onward, bool same_node)>;
    Spread open_on(std::span<scheduling::WorkerId const> workers, MakeOpening const& opening);
    /// Workers that were found to be gone since the last call. Nothing is sent to them any more,
    /// and nothing of them is heard; the others are told.
    std::vector<scheduling::WorkerId> lost();
    bool is_lost(scheduling::WorkerId worker) const { return places_[worker].lost; }
    /// It is on this node.
    bool is_near(scheduling::WorkerId worker) const
    {
        return places_[worker].node == places_.back().node;
    }
    /// Whether the launcher lets the others live on without them.
    bool survives() const noexcept { return survive_; }
    /// No worker was lost so far.
    bool is_whole() const noexcept { return !any_lost_; }
    /// Those behind lines that are not lost.
    std::uint32_t living() const noexcept { return living_; }
    /// Who has got that opening by way of this worker, or has not got it yet, and lives.
    std::vector<scheduling::WorkerId> behind(scheduling::WorkerId worker,
                                             std::span<wire::Destination const> relayed) const;
    /// From now on this worker counts as alone on a node of its own.
    void set_apart(scheduling::WorkerId worker);
    /// The next frame of any worker; lets the local worker take a step when no other has one.
    std::optional<FromWorker> poll();
    /// A part has come of a large result of this worker, of `total` bytes in all. While more is in
    /// memory so than rank 0 is to hold, only those that have begun are heard, and what had come
    /// of others before that waits.
    void note_part(scheduling::WorkerId worker, std::uint64_t total);
    /// The frame has come that ends this worker's large result, if it had one.
    void note_result(scheduling::WorkerId worker);
    /// Nothing came: spin or nap, until a frame may have come or one of these has input.
    void pause(std::span<int const> others = {});
    /// Something has happened elsewhere: frames are soon to come.
    void stay_awake() noexcept { backoff_.reset(); }

    std::span<report::WorkerInfo> workers() noexcept { return infos_; }
    /// Those behind lines.
    std::span<scheduling::WorkerId const> remote() const noexcept
    {
        return std::span(by_peer_).last(remote_count_);
    }
    /// Where the one inside this process looks for the deadline while it runs a task.
    void own_worker_looks(std::function<wire::Deadline()> look);
    /// The one inside this process.
    report::WorkerInfo& own() noexcept { return infos_.back(); }
    std::uint32_t remote_count() const noexcept { return remote_count_; }

    /// Ends all workers with this exit code. Waits for their goodbyes, at most `patience` seconds;
    /// false if some are still busy then.
    bool dismiss(int exit_code, double patience);

private:
    struct Place {
        transport::Transport* transport = nullptr;
        transport::Peer peer = 0;
        std::uint32_t node = 0;     ///< likewise numbered for all on one node
        std::uint64_t openings = 0; ///< that it gets, from here or by way of others
        bool relays = false;        ///< it can hand an opening on
        bool lost = false;
    };
    bool dismiss(transport::Transport& line, int exit_code, double give_up);
    std::uint32_t node_of(wire::Hello const& hello);
    wire::Hello await_hello(transport::Transport& transport, transport::Peer& from);
    void check(wire::Hello const& hello, transport::Peer rank) const;
    std::optional<FromWorker> poll_remote();
    bool may_come(FromWorker const& incoming) const;
    std::optional<FromWorker> take_waiting();
    void choose_whom_to_hear();

    Settings const& settings_;
    double run_start_;
    std::string program_;
    transport::Transport* remote_;
    transport::Peer ranks_;
    transport::Transport* idle_;
    bool survive_;
    bool any_lost_ = false;
    std::uint32_t remote_count_ = 0;
    std::uint32_t living_ = 0;
    std::unique_ptr<LocalWorker> local_;
    std::vector<Place> places_;                         ///< by WorkerId
    std::vector<scheduling::WorkerId> by_peer_;         ///< remote peer -> WorkerId
    std::vector<report::WorkerInfo> infos_;             ///< by WorkerId
    std::vector<std::string> nodes_;                    ///< by number
    std::map<transport::Peer, std::uint64_t> arriving_; ///< bytes of large results not yet ended
    std::uint64_t arriving_bytes_ = 0;
    std::deque<FromWorker> waiting_; ///< of those whose large result may not begin yet
    bool look_again_ = false;        ///< something that waits may have become free to come
    transport::Backoff backoff_;
};

} // namespace starmap::roles
