#pragma once

#include "transport/transport.hpp"

#include <cstddef>
#include <cstdint>
#include <deque>
#include <functional>
#include <memory>
#include <optional>
#include <random>
#include <vector>

namespace starmap::transport {

/// How long frames are under way; virtual seconds, drawn uniformly.
struct Latency {
    double least = 1e-6;
    double most = 1e-3;
};

/// A network inside one thread, with a clock of its own: the same seed and the same calls give the
/// same run. Each frame takes a random time; frames of one peer to another keep their order, all
/// others may overtake one another. Time stands still until advance() is called.
class SimulatedNetwork {
public:
    /// Called by a poll() that finds nothing; true if it did something, then poll() looks again.
    using Idle = std::function<bool()>;

    /// Throws UsageError unless 0 <= least <= most < infinity.
    SimulatedNetwork(Peer peers, std::uint64_t seed, Latency latency = {});
    SimulatedNetwork(SimulatedNetwork const&) = delete;
    SimulatedNetwork& operator=(SimulatedNetwork const&) = delete;

    /// The end of one peer; the network must outlive it.
    std::unique_ptr<Transport> end(Peer self);
    /// What a peer does while it waits: the way to let the others work in the same thread.
    void when_idle(Peer peer, Idle idle);
    /// The peer is dead: what is under way to or from it, and what is sent later, is lost. Frames
    /// from it that have arrived before stay.
    void drop(Peer peer);
    /// From its next call on, lost() of the manager's end names this peer, dead or not.
    void tell_lost(Peer peer) { lost_.push_back(peer); }

    double now() const noexcept { return now_; } ///< virtual seconds since the beginning
    /// Moves time on to the next arrival; false if nothing is under way.
    bool advance();
    std::size_t under_way() const noexcept { return under_way_; } ///< frames not yet arrived
    std::uint64_t carried() const noexcept { return carried_; }   ///< frames handed to poll()

private:
    class End;
    struct Frame {
        double arrival = 0;
        Incoming incoming;
    };
    struct Box {
        std::vector<std::deque<Frame>> lines; ///< by sender: under way, the earliest first
        std::deque<Incoming> arrived;
        Idle idle;
        bool dropped = false;
    };

    void send(Peer from, Peer to, detail::Bytes frame);
    std::optional<Incoming> take(Peer self);

    Latency latency_;
    std::mt19937_64 random_;
    std::vector<Box> boxes_;
    std::vector<Peer> lost_; ///< and not told yet
    double now_ = 0;
    std::size_t under_way_ = 0;
    std::uint64_t carried_ = 0;
};

} // namespace starmap::transport
