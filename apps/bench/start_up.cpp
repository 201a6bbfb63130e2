/// A job that does nothing: `start_up mpi` by MPI alone, `start_up starmap` in a session. What
/// starting and ending takes is for side_by_side.py to tell, which runs both in turns.
#include <starmap/starmap.hpp>

#include <mpi.h>

#include <cstdio>
#include <string_view>

int main(int argc, char** argv)
{
    std::string_view const how = argc > 1 ? argv[1] : "";
    if (how == "mpi") {
        MPI_Init(&argc, &argv);
        MPI_Barrier(MPI_COMM_WORLD);
        MPI_Finalize();
        return 0;
    }
    if (how != "starmap") {
        std::fputs("usage: start_up mpi|starmap\n", stderr);
        return 2;
    }
    starmap::Settings settings;
    settings.task_info = "none";
    settings.log = "warning";
    settings.progress = "none";
    return starmap::run(settings, argc, argv, [](starmap::Session&) {});
}
