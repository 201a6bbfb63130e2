#pragma once

#include "transport/transport.hpp"

#include <boost/mpi/communicator.hpp>

#include <array>
#include <cstdint>
#include <map>

namespace starmap::transport {

/// How ranks of one node wake one another: MPI lets nobody sleep until a message comes. Each rank
/// has a datagram socket, which has no name in the file system; to ring is to send it a byte.
class Doorbell {
public:
    /// All ranks make one at the same time. A rank that can have no socket just is not rung for.
    explicit Doorbell(boost::mpi::communicator const& ranks);
    Doorbell(Doorbell const&) = delete;
    Doorbell& operator=(Doorbell const&) = delete;
    ~Doorbell();

    /// Has input after a ring; -1 if nobody can ring here.
    int descriptor() const noexcept { return socket_; }
    /// All ring here that have something to say: to rank 0 all others, to these rank 0.
    bool tells_all() const noexcept { return tells_all_; }
    /// Wakes that rank up, if it is on this node; never waits.
    void ring(Peer peer);
    /// All rings so far have been heard.
    void hush() const;

private:
    using Name = std::array<char, 16>; ///< in the abstract namespace of sockets
    struct Card {
        std::uint64_t node = 0; ///< the same for those that can reach one another; 0: no socket
        std::uint64_t length = 0;
        Name name{};
    };
    Card open();

    int socket_ = -1;
    bool tells_all_ = false;
    std::map<Peer, Card> others_; ///< that can be rung for
};

} // namespace starmap::transport
