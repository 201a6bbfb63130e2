#pragma once

#include <sys/types.h>

#include <functional>
#include <string>

namespace starmap::transport {

/// The folder in which Open MPI 4's mpirun, or its daemon on this node, keeps its files, and whose
/// it is.
struct LauncherFolder {
    std::string path;  ///< .../pid.N; empty: there is none
    pid_t process = 0; ///< N
};

/// That of the launcher of this process, from the environment that it has given; `variable` is
/// getenv. None unless this is the first rank of its node, as one is enough to look after it.
LauncherFolder launcher_folder(std::function<char const*(char const*)> const& variable);

/// Forks a tiny process that removes that folder if the launcher is killed, as it then cannot do so
/// itself. It ends with the launcher, whose end it waits for; it is in a session of its own and
/// holds no file. To be called before MPI and any thread; without a launcher of this kind it does
/// nothing.
void leave_heir();

} // namespace starmap::transport
