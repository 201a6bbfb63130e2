#include "transport/launcher.hpp"

#include <signal.h>
#include <strings.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cstdlib>
#include <fstream>
#include <string>
#include <string_view>
#include <utility>

namespace starmap::transport {

namespace {

// Open MPI's mpirun; PMIx (srun --mpi=pmix, prte); PMI-1 and -2 (srun --mpi=pmi2, Hydra). Not
// SLURM_PROCID: a batch script has it too, and under mpirun it is the daemon's.
constexpr std::array rank_variables{"OMPI_COMM_WORLD_RANK", "PMIX_RANK", "PMI_RANK"};

// The ranks on this node. Slurm's count is like "4(x2),3", that of the first nodes in front, where
// rank 0 is.
constexpr std::array local_size_variables{"OMPI_COMM_WORLD_LOCAL_SIZE", "MPI_LOCALNRANKS",
                                          "SLURM_STEP_TASKS_PER_NODE", "SLURM_TASKS_PER_NODE"};

constexpr std::array local_rank_variables{"OMPI_COMM_WORLD_LOCAL_RANK", "MPI_LOCALRANKID",
                                          "SLURM_LOCALID"};

char const* rank_text()
{
    for (auto const* name : rank_variables)
        if (char const* const text = std::getenv(name)) return text;
    return nullptr;
}

} // namespace

bool started_by_launcher() { return rank_text() != nullptr; }

int rank_before_mpi()
{
    auto const* const text = rank_text();
    return text == nullptr ? 0 : std::atoi(text);
}

std::uint32_t ranks_on_node()
{
    for (auto const* name : local_size_variables)
        if (char const* const text = std::getenv(name))
            if (auto const count = std::atoi(text); count > 0)
                return static_cast<std::uint32_t>(count);
    return 1;
}

std::uint32_t rank_on_node()
{
    for (auto const* name : local_rank_variables)
        if (char const* const text = std::getenv(name))
            return static_cast<std::uint32_t>(std::max(0, std::atoi(text)));
    return 0;
}

bool survives_losses()
{
    char const* const text = std::getenv("OMPI_MCA_orte_enable_recovery");
    if (text == nullptr) return false;
    constexpr std::array yes{"1", "t", "true", "y", "yes", "enabled"};
    return std::any_of(yes.begin(), yes.end(),
                       [&](char const* word) { return ::strcasecmp(word, text) == 0; });
}

void fail_the_launcher()
{
    auto const parent = ::getppid();
    std::string name;
    std::getline(std::ifstream("/proc/" + std::to_string(parent) + "/comm"), name);
    constexpr std::array launchers{"mpirun", "mpiexec", "orterun"};
    if (std::find(launchers.begin(), launchers.end(), name) != launchers.end())
        ::kill(parent, SIGTERM);
}

std::map<std::uint32_t, std::string> shared_files()
{
    constexpr std::string_view name = "/vader_segment."; // then host, user and job, and the rank
    std::map<std::uint32_t, std::string> found;
    std::ifstream maps("/proc/self/maps");
    for (std::string line; std::getline(maps, line);) {
        auto const at = line.find('/');
        if (at == std::string::npos || line.find(name) == std::string::npos ||
            line.ends_with(" (deleted)"))
            continue;
        auto path = line.substr(at);
        auto const rank = std::atoi(path.c_str() + path.rfind('.') + 1);
        found.emplace(static_cast<std::uint32_t>(rank), std::move(path));
    }
    return found;
}

void remove_shared_files(std::function<bool(std::uint32_t)> const& of)
{
    for (auto const& [rank, path] : shared_files())
        if (of(rank)) ::unlink(path.c_str());
}

} // namespace starmap::transport
