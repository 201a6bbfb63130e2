#pragma once

#include <cstdint>
#include <string>

namespace starmap::records {

/// Name of this host, as gethostname tells.
std::string host_name();

/// A text that is the same for two processes only if one may be able to map memory of the other:
/// same host, boot, namespaces of processes and users, and user.
std::string node_name();

/// Cores that this process may use: those of its affinity mask, but no more than the CPU time that
/// its cgroups grant, and than SLURM_CPUS_PER_TASK; at least 1.
std::uint32_t usable_cores();

/// Cores of this host, but no more than the CPU time that the cgroups of this process grant; at
/// least 1.
std::uint32_t node_cores();

/// CPU time a second that cgroups (v2, or v1) grant this process, rounded up; 0 where there is no
/// limit. `proc` and `sys` are where those file systems are.
std::uint32_t granted_cores(std::string const& proc = "/proc", std::string const& sys = "/sys");

} // namespace starmap::records
