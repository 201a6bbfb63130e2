#pragma once

#include <string>

namespace starmap::detail {

// Exit codes, as docs/hpc.md tells them.
inline constexpr int exit_failure = 1;
inline constexpr int exit_usage = 2;        ///< wrong settings
inline constexpr int exit_interrupted = 75; ///< EX_TEMPFAIL of sysexits.h: run it again

/// One line on stderr.
void print_error(std::string const& text);

/// The exception being handled, with its type.
std::string describe_current();

} // namespace starmap::detail
