#pragma once

#include "transport/waitable.hpp"
#include "wire/parcel.hpp"

#include <starmap/detail/bytes.hpp>

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <utility>
#include <vector>

namespace starmap::transport {

/// Number of a process among those that the transport connects; the manager is 0.
using Peer = std::uint32_t;
/// The rank that hands the work out.
inline constexpr Peer manager = 0;

struct Incoming {
    Peer from = 0;
    detail::Bytes frame;
};

/// Carries whole frames between the manager and the workers. Frames from one peer arrive in the
/// order they were sent, each exactly once; nobody ever waits inside send() or poll().
class Transport : public Waitable {
public:
    virtual Peer self() const = 0;
    virtual Peer peers() const = 0; ///< with this one
    /// Hands a frame over; it leaves in this call or in a later poll().
    virtual void send(Peer to, detail::Bytes frame) = 0;
    /// The same for a frame in parts; by default they are joined first.
    virtual void send(Peer to, wire::Parcel parcel) { send(to, std::move(parcel).joined()); }
    /// Moves traffic on; the next frame that has arrived whole, if any.
    virtual std::optional<Incoming> poll() = 0;
    /// From now on poll() takes in new frames of these peers alone; of all again if there are none.
    /// What others send waits with them. A transport need not be able to do so.
    virtual void listen_only_to(std::span<Peer const>) {}
    /// Peers that were found to be gone for good since the last call, as far as that can be known.
    virtual std::vector<Peer> lost() { return {}; }
    /// This peer is gone, or counts as gone: what is under way to and from it is given up, what is
    /// sent to it later is dropped, and what it may still send is never polled.
    virtual void abandon(Peer) {}
};

} // namespace starmap::transport
