#pragma once

#include <cstdint>
#include <optional>
#include <string>

namespace starmap::records {

/// How often the kernel has killed a process for want of memory in the cgroup of this process, or
/// below it; nothing where it does not tell. `proc` and `sys` are where these file systems lie.
std::optional<std::uint64_t> oom_kills(std::string const& proc = "/proc",
                                       std::string const& sys = "/sys");

} // namespace starmap::records
