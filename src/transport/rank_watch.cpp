#include "transport/rank_watch.hpp"

#include "base/clock.hpp"
#include "records/host.hpp"
#include "transport/life_line.hpp"

#include <algorithm>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>

namespace starmap::transport {

namespace {

constexpr double look_every = 10e-3;
constexpr double longest_start = 10; ///< for which rank 0 waits to be called by all [s]

} // namespace

struct RankWatch::Card {
    records::ProcessId process;
    std::uint64_t node = 0; ///< the same where processes can see one another
};

RankWatch::RankWatch(boost::mpi::communicator const& ranks, bool elsewhere)
{
    Card const own{.process = records::this_process(),
                   .node = std::hash<std::string>()(records::node_name())};
    std::vector<Card> cards(static_cast<std::size_t>(ranks.size()));
    MPI_Allgather(&own, sizeof own, MPI_BYTE, cards.data(), sizeof own, MPI_BYTE, ranks);
    auto const here = own.node == cards.front().node;
    for (Peer peer = 0; here && peer < cards.size(); ++peer)
        if (static_cast<int>(peer) != ranks.rank() && cards[peer].node == own.node &&
            (ranks.rank() == 0 || peer == 0))
            processes_.add(cards[peer].process, peer);
    if (!here && !elsewhere) watch_neighbours(cards, ranks.rank());
    auto const is_elsewhere = [&](Card const& card) { return card.node != cards.front().node; };
    unseen_ = static_cast<std::size_t>(std::count_if(cards.begin(), cards.end(), is_elsewhere));
    if (elsewhere && unseen_ != 0) connect(ranks, unseen_, here);
}

/// The first rank of a node watches the others there, and the second one the first.
void RankWatch::watch_neighbours(std::vector<Card> const& cards, int own)
{
    std::vector<Peer> neighbours;
    for (Peer peer = 0; peer < cards.size(); ++peer)
        if (cards[peer].node == cards[static_cast<std::size_t>(own)].node)
            neighbours.push_back(peer);
    auto const self = static_cast<Peer>(own);
    for (auto const peer : neighbours)
        if (peer != self && (self == neighbours[0] || (self == neighbours[1] && peer < self)))
            processes_.add(cards[peer].process, peer);
}

void RankWatch::connect(boost::mpi::communicator const& ranks, std::size_t elsewhere, bool here)
{
    std::optional<LifeLineHost> host;
    Invitation invitation;
    if (ranks.rank() == 0) invitation = host.emplace().invitation();
    MPI_Bcast(&invitation, sizeof invitation, MPI_BYTE, 0, ranks);
    if (host) {
        for (auto const& [peer, line] : host->admit(elsewhere, longest_start)) {
            processes_.add_line(line, peer);
            --unseen_;
        }
    } else if (!here) {
        auto const line = call_life_line(invitation, static_cast<Peer>(ranks.rank()));
        if (line >= 0) processes_.add_line(line, 0);
    }
}

std::vector<Peer> RankWatch::gone()
{
    auto const now = base::now();
    if (now < next_look_) return {};
    next_look_ = now + look_every;
    return processes_.ended(now);
}

} // namespace starmap::transport
