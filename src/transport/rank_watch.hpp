#pragma once

#include "records/process_watch.hpp"
#include "transport/transport.hpp"

#include <boost/mpi/communicator.hpp>

#include <vector>

namespace starmap::transport {

/// Tells which ranks are gone: to rank 0 each that is on its node, to all on that node rank 0. It
/// looks at their processes and sends no messages.
class RankWatch {
public:
    /// All ranks make one at the same time.
    explicit RankWatch(boost::mpi::communicator const& ranks);

    /// Those found gone since the last call; asks the system only now and then.
    std::vector<Peer> gone();

private:
    records::ProcessWatch processes_;
    double next_look_ = 0;
};

} // namespace starmap::transport
