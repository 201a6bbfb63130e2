#pragma once

#include "records/process_watch.hpp"
#include "transport/transport.hpp"

#include <boost/mpi/communicator.hpp>

#include <cstddef>
#include <vector>

namespace starmap::transport {

/// Tells which ranks are gone: to rank 0 all others, to these rank 0. On rank 0's node it looks at
/// processes; the ranks elsewhere have each a connection to rank 0, if `elsewhere` asks for that.
/// If it does not, the first two of each other node are told who of their node is gone, which they
/// can pass on. It sends no messages.
class RankWatch {
public:
    /// All ranks make one at the same time.
    RankWatch(boost::mpi::communicator const& ranks, bool elsewhere);

    /// Those found gone since the last call; asks the system only now and then.
    std::vector<Peer> gone();

    /// How many others it has no way to see.
    std::size_t unseen() const noexcept { return unseen_; }

private:
    struct Card;
    void watch_neighbours(std::vector<Card> const& cards, int own);
    void connect(boost::mpi::communicator const& ranks, std::size_t elsewhere, bool here);

    records::ProcessWatch processes_;
    std::size_t unseen_ = 0;
    double next_look_ = 0;
};

} // namespace starmap::transport
