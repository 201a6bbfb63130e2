#include "transport/nameless_files.hpp"

#include "transport/launcher.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

namespace starmap::transport {

NamelessFiles::NamelessFiles(boost::mpi::communicator const& ranks)
{
    MPI_Comm here = MPI_COMM_NULL;
    MPI_Comm_split_type(ranks, MPI_COMM_TYPE_SHARED, ranks.rank(), MPI_INFO_NULL, &here);
    int count = 0;
    MPI_Comm_size(here, &count);
    auto const files = shared_files();
    // What is being waited for is that the others are as far.
    int const own = static_cast<int>(files.size()) >= count ? 1 : 0;
    int all = 0;
    MPI_Allreduce(&own, &all, 1, MPI_INT, MPI_MIN, here);
    MPI_Comm_free(&here);
    auto const mine = files.find(static_cast<std::uint32_t>(ranks.rank()));
    if (all != 0 && mine != files.end() && ::unlink(mine->second.c_str()) == 0) own_ = mine->second;
}

NamelessFiles::~NamelessFiles()
{
    if (own_.empty()) return;
    int const file =
        ::open(own_.c_str(), O_CREAT | O_EXCL | O_WRONLY | O_CLOEXEC, S_IRUSR | S_IWUSR);
    if (file >= 0) ::close(file);
}

} // namespace starmap::transport
