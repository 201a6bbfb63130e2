#pragma once

#include "backend.hpp"
#include "mpi_layer.hpp"
#include "report/observer.hpp"
#include "roles/crew.hpp"
#include "roles/deadline.hpp"
#include "roles/manager.hpp"
#include "roles/replay.hpp"
#include "watchers.hpp"

#include <starmap/session.hpp>
#include <starmap/settings.hpp>

#include <functional>
#include <optional>
#include <string>

namespace starmap::detail {

/// Rank 0 of a session: main, with the manager around it.
class Leader {
public:
    /// `mpi` and `zygote` may be null. What is given must outlive it. Throws Error.
    Leader(Settings const& settings, roles::Deadline::Rules time, Launch const& launch,
           execution::Zygote* zygote, MpiLayer* mpi, std::string command,
           std::optional<report::ReplayTarget> replay);

    /// Runs main, and ends the session whatever becomes of it. The exit code.
    int run(std::function<int(Session&)> const& main);

private:
    int end(int code, bool in_order);
    report::RunInfo run_info() const;

    Settings const& settings_;
    roles::Deadline::Rules time_;
    MpiLayer* mpi_;
    std::string command_;
    double run_start_;
    Backend backend_;
    roles::Crew crew_;
    std::optional<roles::Replay> replay_;
    std::optional<Watchers> watchers_;
    std::optional<roles::Manager> manager_;
};

} // namespace starmap::detail
