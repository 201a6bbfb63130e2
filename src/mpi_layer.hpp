#pragma once

#include "transport/launcher.hpp"
#include "transport/mpi.hpp"
#include "transport/nameless_files.hpp"
#include "transport/rank_watch.hpp"

#include <boost/mpi/communicator.hpp>
#include <boost/mpi/environment.hpp>

#include <cstddef>
#include <cstdio>
#include <cstdlib>
#include <string>

namespace starmap::detail {

/// MPI for as long as the session lasts, with the transport on top.
class MpiLayer {
public:
    /// `survive`: when a rank dies, the launcher lets the others live.
    MpiLayer(int& argc, char**& argv, bool survive)
        : environment_(argc, argv, boost::mpi::threading::funneled, false),
          files_(world_),
          transport_(world_),
          ranks_(world_, survive),
          survive_(survive)
    {
        transport_.watch(ranks_, survive);
    }
    transport::MpiTransport& transport() noexcept { return transport_; }
    /// What stays in shared memory without MPI_Finalize: to rank 0 of all on its node, to others of
    /// those that do not use it any more.
    void remove_files() const
    {
        transport::remove_shared_files([&](transport::Peer each) {
            return rank() == 0 || static_cast<int>(each) == rank() || transport_.is_abandoned(each);
        });
    }
    bool survives() const noexcept { return survive_; }
    /// Ranks whose loss nobody would see.
    std::size_t unseen() const noexcept { return ranks_.unseen(); }
    int rank() const { return world_.rank(); }
    /// Its name and version.
    static std::string library()
    {
        std::string text(MPI_MAX_LIBRARY_VERSION_STRING, '\0');
        int length = 0;
        MPI_Get_library_version(text.data(), &length);
        text.resize(static_cast<std::size_t>(length));
        return text.substr(0, text.find_first_of(",\n"));
    }
    /// Ends all ranks at once. Everything that must last has been written before.
    [[noreturn]] void leave(int exit_code) const
    {
        std::fflush(nullptr);
        if (survive_) remove_files();
        if (survive_ && exit_code != 0 && rank() == 0) transport::fail_the_launcher();
        // Not MPI_Abort: the mpirun of Open MPI 4.1 may then wait for itself for ever, after all
        // ranks are gone. A rank that leaves without MPI_Finalize ends the job just as well.
        std::_Exit(exit_code);
    }

private:
    boost::mpi::environment environment_;
    boost::mpi::communicator world_;
    transport::NamelessFiles files_;
    transport::MpiTransport transport_;
    transport::RankWatch ranks_;
    bool survive_;
};

} // namespace starmap::detail
