#pragma once

#include <cstdint>
#include <string>

namespace starmap::records {

/// Name of this host, as gethostname tells.
std::string host_name();

/// A text that is the same for two processes only if one may be able to map memory of the other:
/// same host, boot, namespaces of processes and users, and user.
std::string node_name();

/// Cores that this process may run on, by its affinity mask; at least 1.
std::uint32_t usable_cores() noexcept;

} // namespace starmap::records
