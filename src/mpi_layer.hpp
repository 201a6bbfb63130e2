#pragma once

#include "transport/mpi.hpp"

#include <boost/mpi/communicator.hpp>
#include <boost/mpi/environment.hpp>

#include <cstdio>
#include <cstdlib>
#include <string>

namespace starmap::detail {

/// MPI for as long as the session lasts, with the transport on top.
class MpiLayer {
public:
    MpiLayer(int& argc, char**& argv)
        : environment_(argc, argv, boost::mpi::threading::funneled, false),
          transport_(world_)
    {
    }
    transport::MpiTransport& transport() noexcept { return transport_; }
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
        // Not MPI_Abort: the mpirun of Open MPI 4.1 may then wait for itself for ever, after all
        // ranks are gone. A rank that leaves without MPI_Finalize ends the job just as well.
        std::_Exit(exit_code);
    }

private:
    boost::mpi::environment environment_;
    boost::mpi::communicator world_;
    transport::MpiTransport transport_;
};

} // namespace starmap::detail
