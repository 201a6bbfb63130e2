#pragma once

#include "transport/transport.hpp"

#include <vector>

namespace starmap::transport {

/// Two transports whose manager is this process, seen as one: peers of the first keep their
/// numbers, those of the second follow.
class Joined final : public Transport {
public:
    /// Both must outlive it.
    Joined(Transport& first, Transport& second)
        : first_(first),
          second_(second),
          both_(first, second)
    {
    }

    Peer self() const override { return 0; }
    Peer peers() const override { return first_.peers() + second_.peers() - 1; }
    void send(Peer to, detail::Bytes frame) override { send(to, wire::Parcel(std::move(frame))); }
    void send(Peer to, wire::Parcel parcel) override;
    std::optional<Incoming> poll() override;
    void listen_only_to(std::span<Peer const> peers) override;
    std::size_t unsent() const override { return first_.unsent() + second_.unsent(); }
    bool bell_tells_all() const override { return both_.bell_tells_all(); }
    void hush() override { both_.hush(); }
    void wait(double seconds, std::span<int const> others = {}) override
    {
        both_.wait(seconds, others);
    }
    /// Those of the second are kept alive by whoever keeps them.
    std::vector<Peer> lost() override { return first_.lost(); }
    void abandon(Peer peer) override
    {
        if (peer < first_.peers()) first_.abandon(peer);
    }

private:
    std::optional<Incoming> poll_second();

    Transport& first_;
    Transport& second_;
    Either both_;
    bool second_turn_ = false;
    bool hears_first_ = true;
    bool hears_second_ = true;
};

} // namespace starmap::transport
