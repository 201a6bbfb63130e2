#include "transport/simulated.hpp"

#include <starmap/error.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <utility>

namespace starmap::transport {

class SimulatedNetwork::End final : public Transport {
public:
    End(SimulatedNetwork& network, Peer self) : network_(network), self_(self) {}

    Peer self() const override { return self_; }
    Peer peers() const override { return static_cast<Peer>(network_.boxes_.size()); }
    void send(Peer to, detail::Bytes frame) override { network_.send(self_, to, std::move(frame)); }
    std::optional<Incoming> poll() override
    {
        for (;;) {
            if (auto incoming = network_.take(self_)) return incoming;
            auto const& idle = network_.boxes_[self_].idle;
            if (!idle || !idle()) return std::nullopt;
        }
    }
    std::size_t unsent() const override { return 0; }
    std::vector<Peer> lost() override
    {
        return self_ == 0 ? std::exchange(network_.lost_, {}) : std::vector<Peer>{};
    }

private:
    SimulatedNetwork& network_;
    Peer self_;
};

SimulatedNetwork::SimulatedNetwork(Peer peers, std::uint64_t seed, Latency latency)
    : latency_(latency),
      random_(seed),
      boxes_(peers)
{
    if (!(latency.least >= 0 && latency.least <= latency.most) || !std::isfinite(latency.most))
        throw UsageError(fmt::format("Latencies from {} to {} s are not possible (time does not "
                                     "run backwards). Use 0 <= least <= most.",
                                     latency.least, latency.most));
    for (auto& box : boxes_) box.lines.resize(peers);
}

std::unique_ptr<Transport> SimulatedNetwork::end(Peer self)
{
    return std::make_unique<End>(*this, self);
}

void SimulatedNetwork::when_idle(Peer peer, Idle idle) { boxes_.at(peer).idle = std::move(idle); }

void SimulatedNetwork::drop(Peer peer)
{
    auto& dead = boxes_.at(peer);
    dead.dropped = true;
    dead.arrived.clear();
    auto const lose = [this](std::deque<Frame>& line) {
        under_way_ -= line.size();
        line.clear();
    };
    for (auto& line : dead.lines) lose(line);
    for (auto& box : boxes_) lose(box.lines[peer]);
}

void SimulatedNetwork::send(Peer from, Peer to, detail::Bytes frame)
{
    auto& box = boxes_.at(to);
    // Drawn even if it is lost: a drop must not change the latencies of the others.
    auto const fraction = static_cast<double>(random_() >> 11) * 0x1p-53;
    auto arrival = now_ + latency_.least + fraction * (latency_.most - latency_.least);
    if (box.dropped || boxes_[from].dropped) return;
    auto& line = box.lines[from];
    if (!line.empty()) arrival = std::max(arrival, line.back().arrival);
    line.push_back({arrival, {from, std::move(frame)}});
    ++under_way_;
}

bool SimulatedNetwork::advance()
{
    Box* next = nullptr;
    std::deque<Frame>* line = nullptr;
    for (auto& box : boxes_)
        for (auto& each : box.lines)
            if (!each.empty() &&
                (line == nullptr || each.front().arrival < line->front().arrival)) {
                next = &box;
                line = &each;
            }
    if (line == nullptr) return false;
    now_ = std::max(now_, line->front().arrival);
    next->arrived.push_back(std::move(line->front().incoming));
    line->pop_front();
    --under_way_;
    return true;
}

std::optional<Incoming> SimulatedNetwork::take(Peer self)
{
    auto& arrived = boxes_[self].arrived;
    if (arrived.empty()) return std::nullopt;
    std::optional<Incoming> incoming(std::move(arrived.front()));
    arrived.pop_front();
    ++carried_;
    return incoming;
}

} // namespace starmap::transport
