#pragma once

#include <boost/mpi/communicator.hpp>

#include <string>

namespace starmap::transport {

/// Takes the names of the files away by which Open MPI carries messages on a node
/// (/dev/shm/vader_segment.*), once all ranks of the node have mapped them: from then on the
/// memory goes with the last of them, whatever is killed, and be it all at once.
///
/// Ranks that have not mapped all of the files, as another Open MPI may, keep the names.
class NamelessFiles {
public:
    /// All ranks make one at the same time.
    explicit NamelessFiles(boost::mpi::communicator const& ranks);
    NamelessFiles(NamelessFiles const&) = delete;
    NamelessFiles& operator=(NamelessFiles const&) = delete;
    /// Gives the name back, to an empty file: MPI_Finalize complains if it has nothing to remove.
    ~NamelessFiles();

private:
    std::string own_; ///< whose name is gone; empty: none
};

} // namespace starmap::transport
