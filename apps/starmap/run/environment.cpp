#include "run/environment.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cstdlib>

namespace starmap::farm {

namespace {

using std::string_view;

// With what these begin.
constexpr std::array rank_prefixes{
    string_view("OMPI_COMM_WORLD_"),
    string_view("OMPI_MCA_ess"),
    string_view("OMPI_MCA_orte_"),
    string_view("OMPI_MCA_pmix"),
    string_view("PMIX_"),
    string_view("PMI_"),
    string_view("PMI2_"),
    string_view("HYDI_"),
    string_view("HYDRA_"),
    string_view("SLURM_STEP_"),
    string_view("SLURM_SRUN_"),
    string_view("SLURM_PMI"),
    string_view("PRTE_"),
};
// By name. SLURM_JOB_* stay: they say which job it is.
constexpr std::array rank_names{
    string_view("OMPI_COMMAND"),
    string_view("OMPI_ARGV"),
    string_view("OMPI_UNIVERSE_SIZE"),
    string_view("OMPI_NUM_APP_CTX"),
    string_view("OMPI_FIRST_RANKS"),
    string_view("OMPI_APP_CTX_NUM_PROCS"),
    string_view("OMPI_FILE_LOCATION"),
    string_view("OMPI_MCA_initial_wdir"),
    string_view("OMPI_MCA_shmem_RUNTIME_QUERY_hint"),
    string_view("OMPI_MCA_mpi_oversubscribe"),
    string_view("MPI_LOCALNRANKS"),
    string_view("MPI_LOCALRANKID"),
    string_view("SLURM_STEPID"),
    string_view("SLURM_PROCID"),
    string_view("SLURM_LOCALID"),
    string_view("SLURM_NODEID"),
    string_view("SLURM_TASK_PID"),
    string_view("SLURM_GTIDS"),
    string_view("SLURM_MPI_TYPE"),
    string_view("SLURM_LAUNCH_NODE_IPADDR"),
};
// A user may have set this one, which names a directory and no job.
constexpr string_view kept_name = "OMPI_MCA_orte_tmpdir_base";

// NVIDIA, AMD, Intel.
constexpr std::array device_variables{"CUDA_VISIBLE_DEVICES", "ROCR_VISIBLE_DEVICES",
                                      "ZE_AFFINITY_MASK"};

} // namespace

bool is_of_a_rank(string_view name) noexcept
{
    if (name == kept_name) return false;
    return std::any_of(rank_prefixes.begin(), rank_prefixes.end(),
                       [&](auto prefix) { return name.starts_with(prefix); }) ||
           std::find(rank_names.begin(), rank_names.end(), name) != rank_names.end();
}

std::string device(char const* list, std::uint32_t index, std::uint32_t count)
{
    std::vector<string_view> devices;
    for (string_view rest = list != nullptr ? list : ""; !rest.empty();) {
        auto const comma = rest.find(',');
        if (comma != 0) devices.push_back(rest.substr(0, comma));
        rest.remove_prefix(comma == string_view::npos ? rest.size() : comma + 1);
    }
    if (devices.empty()) return fmt::format("{}", index % count);
    return std::string(devices[index % std::min<std::size_t>(count, devices.size())]);
}

CommandEnvironment::CommandEnvironment(char const* const* own, TaskPlace const& place,
                                       std::span<std::string const> assignments)
{
    for (; own != nullptr && *own != nullptr; ++own) {
        string_view const entry = *own;
        auto const name = entry.substr(0, entry.find('='));
        if (name.size() != entry.size() && !is_of_a_rank(name)) entries_.emplace(name, entry);
    }
    set("STARMAP_TASK_NO", fmt::format("{}", place.task_no));
    set("STARMAP_WORKER", fmt::format("{}", place.worker));
    set("STARMAP_LOCAL_WORKER", fmt::format("{}", place.local_worker));
    set("STARMAP_RANK", fmt::format("{}", place.rank));
    set("STARMAP_SEED", fmt::format("{}", place.seed));
    set("STARMAP_ATTEMPT", fmt::format("{}", place.attempt));
    set("STARMAP_CORES", fmt::format("{}", place.cores));
    set(mark_variable, place.mark);
    auto const* const threads = value("OMP_NUM_THREADS");
    auto const of_user = threads != nullptr && *threads != '\0' && !place.shares_threads;
    if (!of_user) {
        auto const share = threads != nullptr ? std::atoi(threads) : 1;
        set("OMP_NUM_THREADS", fmt::format("{}", std::max(static_cast<int>(place.cores), share)));
    }
    if (place.gpus != 0) share_out_gpus(place);
    for (string_view const assignment : assignments) {
        auto const equals = assignment.find('=');
        set(assignment.substr(0, equals), assignment.substr(equals + 1));
    }
}

void CommandEnvironment::share_out_gpus(TaskPlace const& place)
{
    for (auto const* const name : device_variables)
        set(name, device(value(name), place.local_worker, place.gpus));
}

void CommandEnvironment::set(string_view name, string_view value)
{
    auto entry = std::string(name) + '=' + std::string(value);
    auto const place = entries_.find(name);
    if (place != entries_.end())
        place->second = std::move(entry);
    else
        entries_.emplace(name, std::move(entry));
}

char const* CommandEnvironment::value(string_view name) const
{
    auto const place = entries_.find(name);
    return place == entries_.end() ? nullptr : place->second.c_str() + name.size() + 1;
}

std::vector<char*> CommandEnvironment::pointers()
{
    std::vector<char*> pointers;
    pointers.reserve(entries_.size() + 1);
    for (auto& [name, entry] : entries_) pointers.push_back(entry.data());
    pointers.push_back(nullptr);
    return pointers;
}

} // namespace starmap::farm
