#pragma once

#include "transport/frame_slots.hpp"
#include "transport/transport.hpp"

#include <starmap/detail/bytes.hpp>

#include <cstddef>
#include <cstdint>
#include <deque>
#include <optional>
#include <string>
#include <vector>

namespace starmap::transport {

/// One end of a stream socket between two processes of a machine, carrying whole frames: each is
/// its length (8 bytes) and its bytes. Neither end ever waits inside.
class SocketLine {
public:
    /// Takes the socket over and closes it in the end.
    /// With `slots` the other end may put large frames there; those that are sent from here go
    /// there with `writes`. The other end must have the same slots, and the other role.
    explicit SocketLine(int socket, std::shared_ptr<FrameSlots> slots = nullptr,
                        bool writes = false);
    SocketLine(SocketLine const&) = delete;
    SocketLine& operator=(SocketLine const&) = delete;
    ~SocketLine();

    /// Leaves in this call as far as the socket takes it, the rest in later calls. After the other
    /// end is gone it is dropped.
    void send(wire::Parcel parcel);
    /// Moves traffic on; the next frame that has arrived whole, if any.
    std::optional<detail::Bytes> poll();
    /// Moves on what has not left yet.
    void flush();
    /// The other end is gone, and all that it sent whole was polled. A frame that was cut off is
    /// lost.
    bool closed() const noexcept { return closed_; }
    std::size_t unsent() const noexcept { return unsent_; }
    /// To wait on for input.
    int descriptor() const noexcept { return socket_; }

private:
    struct Sending {
        std::uint64_t length = 0; ///< as it goes over the line
        wire::Parcel parcel;
        std::size_t sent = 0; ///< of the length and the bytes behind it
        bool in_slot = false; ///< only where it is goes over the line
    };
    bool write_some(Sending& sending);
    bool read_some();
    std::optional<detail::Bytes> take_frame();

    bool put_into_slot(Sending& sending);

    int socket_;
    std::shared_ptr<FrameSlots> slots_;
    bool writes_;
    std::deque<Sending> sending_;
    std::size_t unsent_ = 0;
    std::vector<std::byte> buffer_; ///< what has come of small frames, and of what is behind them
    std::size_t begin_ = 0;
    std::size_t end_ = 0;
    detail::Bytes large_;          ///< a frame that does not fit into the buffer
    std::uint64_t large_size_ = 0; ///< of which so many bytes are to come; 0: there is none
    std::size_t large_read_ = 0;
    bool closed_ = false;
};

/// The worker's end of a line to its manager: the manager is peer 0, this is peer 1.
class SocketTransport final : public Transport {
public:
    SocketTransport(int socket, std::shared_ptr<FrameSlots> slots)
        : line_(socket, std::move(slots), true)
    {
    }

    Peer self() const override { return 1; }
    Peer peers() const override { return 2; }
    void send(Peer to, detail::Bytes frame) override { send(to, wire::Parcel(std::move(frame))); }
    void send(Peer to, wire::Parcel parcel) override;
    /// Throws IoError once the manager's end is gone.
    std::optional<Incoming> poll() override;
    std::size_t unsent() const override { return line_.unsent(); }
    int bell() const override { return line_.descriptor(); }
    bool bell_tells_all() const override { return true; }
    /// The manager's end is gone, or this one, which a task may have closed.
    bool closed() const noexcept { return line_.closed(); }

private:
    SocketLine line_;
};

} // namespace starmap::transport
