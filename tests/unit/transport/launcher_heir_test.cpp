#include "transport/launcher_heir.hpp"

#include <doctest/doctest.h>

#include <map>
#include <string>

namespace {

using starmap::transport::launcher_folder;

auto environment(std::map<std::string, std::string> variables)
{
    return [variables = std::move(variables)](char const* name) -> char const* {
        auto const found = variables.find(name);
        return found == variables.end() ? nullptr : found->second.c_str();
    };
}

std::string const folder = "OMPI_MCA_orte_jobfam_session_dir";
std::string const rank = "OMPI_COMM_WORLD_LOCAL_RANK";

} // namespace

TEST_CASE("the folder of mpirun names its process, and the first rank of a node looks after it")
{
    auto const found =
        launcher_folder(environment({{folder, "/tmp/ompi.node7.1000/pid.4711"}, {rank, "0"}}));
    CHECK(found.path == "/tmp/ompi.node7.1000/pid.4711");
    CHECK(found.process == 4711);
    CHECK(launcher_folder(environment({{folder, "/tmp/ompi.node7.1000/pid.4711"}, {rank, "1"}}))
              .path.empty());
}

TEST_CASE("nothing else is taken for such a folder")
{
    CHECK(launcher_folder(environment({})).path.empty());
    CHECK(launcher_folder(environment({{folder, "/tmp/ompi.node7.1000/pid.4711"}})).path.empty());
    for (auto const* path : {"", "/", "/home/user", "/tmp/ompi/pid.", "/tmp/ompi/pid.1",
                             "/tmp/ompi/pid.0", "/tmp/ompi/pid.-5", "/tmp/ompi/pid.12x",
                             "/tmp/ompi/pid.99999999999", "ompi/pid.4711", "/tmp/pid.4711/0"})
        CHECK_MESSAGE(launcher_folder(environment({{folder, path}, {rank, "0"}})).path.empty(),
                      path);
}
