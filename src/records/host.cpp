#include "records/host.hpp"

#include <sched.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
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

std::uint32_t usable_cores() noexcept
{
    cpu_set_t set;
    CPU_ZERO(&set);
    if (::sched_getaffinity(0, sizeof set, &set) != 0) return 1;
    return static_cast<std::uint32_t>(std::max(1, CPU_COUNT(&set)));
}

} // namespace starmap::records
