#pragma once

#include "transport/doorbell.hpp"
#include "transport/transport.hpp"

#include <boost/mpi/communicator.hpp>

#include <cstddef>
#include <deque>
#include <limits>
#include <list>
#include <span>
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
    void hush() override;

private:
    struct Sending {
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

    boost::mpi::communicator comm_;
    Doorbell bell_;
    std::size_t piece_;
    std::list<Sending> sending_;
    std::deque<Receiving> receiving_; ///< in order of arrival
    std::size_t unsent_ = 0;
    std::size_t in_reception_ = 0; ///< bytes of receiving_
    std::size_t most_receiving_ = std::numeric_limits<std::size_t>::max();
    std::vector<Peer> only_; ///< of whom new frames are taken in; empty: all
};

} // namespace starmap::transport
