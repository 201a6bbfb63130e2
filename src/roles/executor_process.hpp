#pragma once

#include "execution/zygote.hpp"

#include <memory>

namespace starmap::roles {

/// What a process does that was forked to run tasks: it works, as rank `rank`, for whoever is at
/// the other end of the socket, until that sends it home or is gone. Returns its exit code.
int run_executor(int socket, std::shared_ptr<execution::SharedPlace> const& place, int rank);

} // namespace starmap::roles
