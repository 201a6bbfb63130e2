#include "transport/joined.hpp"

#include <utility>

namespace starmap::transport {

void Joined::send(Peer to, wire::Parcel parcel)
{
    if (to < first_.peers())
        first_.send(to, std::move(parcel));
    else
        second_.send(to - first_.peers() + 1, std::move(parcel));
}

std::optional<Incoming> Joined::poll_second()
{
    auto incoming = second_.poll();
    if (incoming) incoming->from += first_.peers() - 1;
    return incoming;
}

std::optional<Incoming> Joined::poll()
{
    // In turns, so that neither side's traffic can keep the other's out.
    second_turn_ = !second_turn_;
    if (second_turn_ && hears_second_)
        if (auto incoming = poll_second()) return incoming;
    if (hears_first_)
        if (auto incoming = first_.poll()) return incoming;
    if (!second_turn_ && hears_second_) return poll_second();
    return std::nullopt;
}

void Joined::listen_only_to(std::span<Peer const> peers)
{
    std::vector<Peer> of_first;
    std::vector<Peer> of_second;
    for (auto const peer : peers) {
        if (peer < first_.peers())
            of_first.push_back(peer);
        else
            of_second.push_back(peer - first_.peers() + 1);
    }
    first_.listen_only_to(of_first);
    second_.listen_only_to(of_second);
    // An empty list would mean all of them.
    hears_first_ = peers.empty() || !of_first.empty();
    hears_second_ = peers.empty() || !of_second.empty();
}

} // namespace starmap::transport
