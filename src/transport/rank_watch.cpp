#include "transport/rank_watch.hpp"

#include "base/clock.hpp"
#include "records/host.hpp"

#include <cstdint>
#include <functional>
#include <string>

namespace starmap::transport {

namespace {

constexpr double look_every = 10e-3;

struct Card {
    records::ProcessId process;
    std::uint64_t node = 0; ///< the same where processes can see one another
};

} // namespace

RankWatch::RankWatch(boost::mpi::communicator const& ranks)
{
    Card const own{.process = records::this_process(),
                   .node = std::hash<std::string>()(records::node_name())};
    std::vector<Card> cards(static_cast<std::size_t>(ranks.size()));
    MPI_Allgather(&own, sizeof own, MPI_BYTE, cards.data(), sizeof own, MPI_BYTE, ranks);
    for (Peer peer = 0; peer < cards.size(); ++peer)
        if (static_cast<int>(peer) != ranks.rank() && cards[peer].node == own.node &&
            (ranks.rank() == 0 || peer == 0))
            processes_.add(cards[peer].process, peer);
}

std::vector<Peer> RankWatch::gone()
{
    auto const now = base::now();
    if (now < next_look_) return {};
    next_look_ = now + look_every;
    return processes_.ended(now);
}

} // namespace starmap::transport
