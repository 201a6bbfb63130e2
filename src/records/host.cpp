#include "records/host.hpp"

#include "records/cgroups.hpp"

#include <sched.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdlib>
#include <fstream>

namespace starmap::records {

std::string host_name()
{
    std::array<char, 256> name{};
    if (::gethostname(name.data(), name.size() - 1) != 0) return "unknown";
    return name.data();
}

std::string node_name()
{
    std::string boot;
    std::getline(std::ifstream("/proc/sys/kernel/random/boot_id"), boot);
    auto name = host_name() + '|' + boot;
    for (auto const* const path : {"/proc/self/ns/pid", "/proc/self/ns/user"}) {
        struct stat status {};
        // Where nothing can be told of the place, this process counts as alone on it.
        auto const known = !boot.empty() && ::stat(path, &status) == 0;
        name += '|' + (known ? std::to_string(status.st_ino) : "pid " + std::to_string(::getpid()));
    }
    return name + '|' + std::to_string(::geteuid());
}

namespace {

/// The limit of one cgroup in cores; 0 if it has none.
double quota(std::string const& folder)
{
    double time = 0;
    double period = 0;
    // v2: "max 100000" or "200000 100000".
    if (std::ifstream file(folder + "/cpu.max"); file >> time >> period && period > 0)
        return time / period;
    if (std::ifstream v1_time(folder + "/cpu.cfs_quota_us"),
        v1_period(folder + "/cpu.cfs_period_us");
        v1_time >> time && v1_period >> period && time > 0 && period > 0)
        return time / period;
    return 0;
}

} // namespace

std::uint32_t granted_cores(std::string const& proc, std::string const& sys)
{
    double least = 0;
    for (auto const& cgroup : own_cgroups("cpu", proc)) {
        auto const root = sys + "/fs/cgroup" + (cgroup.is_v2 ? "" : "/cpu");
        // The limits of all above it hold too.
        for (auto const& folder : folders_upward(root, cgroup.path))
            if (auto const cores = quota(folder); cores > 0)
                least = least == 0 ? cores : std::min(least, cores);
    }
    return static_cast<std::uint32_t>(std::ceil(least));
}

namespace {

std::uint32_t at_most_granted(std::uint32_t cores)
{
    auto const granted = granted_cores();
    return std::max(1U, granted == 0 ? cores : std::min(cores, granted));
}

} // namespace

std::uint32_t usable_cores()
{
    cpu_set_t set;
    CPU_ZERO(&set);
    std::uint32_t cores = 1;
    if (::sched_getaffinity(0, sizeof set, &set) == 0)
        cores = static_cast<std::uint32_t>(std::max(1, CPU_COUNT(&set)));
    if (char const* const text = std::getenv("SLURM_CPUS_PER_TASK"))
        if (auto const slurm = std::atoi(text); slurm > 0)
            cores = std::min(cores, static_cast<std::uint32_t>(slurm));
    return at_most_granted(cores);
}

std::uint32_t node_cores()
{
    return at_most_granted(
        static_cast<std::uint32_t>(std::max(1L, ::sysconf(_SC_NPROCESSORS_ONLN))));
}

} // namespace starmap::records
