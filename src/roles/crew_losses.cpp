// What the crew does about workers that are gone; the rest of it is in crew.cpp.
#include "roles/crew.hpp"
#include "wire/frame.hpp"

#include <utility>

namespace starmap::roles {

std::vector<scheduling::WorkerId> Crew::lost()
{
    std::vector<scheduling::WorkerId> found;
    if (remote_ == nullptr) return found;
    auto peers = remote_->lost();
    peers.insert(peers.end(), told_.begin(), told_.end());
    told_.clear();
    for (auto const peer : peers) {
        auto const worker = by_peer_.at(peer);
        auto& place = places_[worker];
        if (std::exchange(place.lost, true)) continue;
        any_lost_ = true;
        --living_;
        remote_->abandon(peer);
        note_result(worker);
        std::erase_if(waiting_, [&](FromWorker const& each) { return each.worker == worker; });
        found.push_back(worker);
    }
    // Who hands something on to one that is lost would wait for it to leave.
    for (auto const worker : found)
        for (auto const other : remote())
            if (places_[other].relays) send(other, wire::encode_lost(places_[worker].peer));
    return found;
}

void Crew::note_loss(transport::Peer peer)
{
    if (peer != 0 && peer < by_peer_.size()) told_.push_back(peer);
}

std::vector<scheduling::WorkerId> Crew::behind(scheduling::WorkerId worker,
                                               std::span<wire::Destination const> relayed) const
{
    std::vector<scheduling::WorkerId> found;
    for (auto const& each : wire::behind(places_[worker].peer, places_.back().node, relayed))
        if (auto const id = by_peer_.at(each.peer); !places_[id].lost) found.push_back(id);
    return found;
}

} // namespace starmap::roles
