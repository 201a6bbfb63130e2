#pragma once

#include "transport/doorbell.hpp"
#include "transport/rank_watch.hpp"
#include "transport/transport.hpp"

#include <boost/mpi/communicator.hpp>

#include <cstddef>
#include <deque>
#include <limits>
#include <list>
#include <set>
#include <span>
#include <utility>
#include <vector>

namespace starmap::transport {

/// Frames over MPI point-to-point messages on a communicator of its own; plain Isend, Irecv and
/// Iprobe from one thread. A frame is one message; one in parts, or larger than a piece (counts
/// are int in MPI-3), is an announcement followed by its pieces: their sizes, and the first bytes
/// themselves if they are few.
class MpiTransport final : public Transport {
public:
    /// Duplicates `world`. `piece` is the largest message in bytes (tests make it small).
    explicit MpiTransport(boost::mpi::communicator const& world,
                          std::size_t piece = std::size_t{1} << 30);
    /// While so many bytes are being received, nothing more is: it stays with its sender.
    void limit_reception(std::size_t bytes) noexcept { most_receiving_ = bytes; }
    MpiTransport(MpiTransport const&) = delete;
    MpiTransport& operator=(MpiTransport const&) = delete;
    /// Requests that never completed (their peer is gone) are abandoned.
    ~MpiTransport() override;

    Peer self() const override { return static_cast<Peer>(comm_.rank()); }
    Peer peers() const override { return static_cast<Peer>(comm_.size()); }
    void send(Peer to, detail::Bytes frame) override { send(to, wire::Parcel(std::move(frame))); }
    void send(Peer to, wire::Parcel parcel) override;
    std::optional<Incoming> poll() override;
    void listen_only_to(std::span<Peer const> peers) override
    {
        only_.assign(peers.begin(), peers.end());
    }
    std::size_t unsent() const override { return unsent_; }
    int bell() const override { return bell_.descriptor(); }
    /// What has begun to come needs to be looked after.
    bool bell_tells_all() const override { return receiving_.empty() && bell_.tells_all(); }
    void hush() override { bell_.hush(); }
    /// Who is gone is asked of it from now on, and abandoned; it must outlive the transport. If
    /// the others `survive` that, a connection that fails is a lost peer, and not an error.
    void watch(RankWatch& ranks, bool survive) noexcept
    {
        ranks_ = &ranks;
        survive_ = survive;
    }
    std::vector<Peer> lost() override { return std::exchange(lost_, {}); }
    void abandon(Peer peer) override;
    bool is_abandoned(Peer peer) const { return abandoned_.contains(peer); }

private:
    struct Sending {
        Peer to = 0;
        wire::Parcel parcel;
        detail::Bytes announcement; ///< sent ahead of pieces
        std::vector<MPI_Request> requests;
    };
    struct Receiving {
        Peer from = 0;
        detail::Bytes frame;
        std::vector<MPI_Request> requests;
    };
    void post_send(Sending& sending, Peer to);
    void finish_sends();
    bool probe(MPI_Status& status);
    void accept(MPI_Status const& status);
    std::optional<Incoming> take_arrival();
    void look_for_losses();
    void pass_over(MPI_Status const& status);
    bool all_done(std::vector<MPI_Request>& requests, Peer peer);
    bool went_well(int code, char const* call, Peer peer);

    boost::mpi::communicator comm_;
    Doorbell bell_;
    std::size_t piece_;
    std::list<Sending> sending_;
    std::deque<Receiving> receiving_; ///< in order of arrival
    std::size_t unsent_ = 0;
    std::size_t in_reception_ = 0; ///< bytes of receiving_
    std::size_t most_receiving_ = std::numeric_limits<std::size_t>::max();
    std::vector<Peer> only_; ///< of whom new frames are taken in; empty: all
    RankWatch* ranks_ = nullptr;
    bool survive_ = false;
    std::vector<Peer> unreachable_; ///< to be abandoned in the next poll()
    std::set<Peer> abandoned_;
    std::vector<Peer> lost_; ///< and not asked for yet
    // MPI may use the memory of a request with a dead peer for ever: it is kept, and never asked.
    std::list<Sending> never_sent_;
    std::list<Receiving> never_received_;
};

} // namespace starmap::transport
