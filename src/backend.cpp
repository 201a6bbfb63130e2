#include "backend.hpp"

#include "base/log.hpp"
#include "records/host.hpp"
#include "records/task_threads.hpp"
#include "roles/executor_process.hpp"
#include "transport/launcher.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cstdlib>
#include <string>

namespace starmap::detail {

namespace {

/// True if rank 0's node has a core for a worker of rank 0's own: rank 0 itself needs next to none.
bool has_core_to_spare(Launch const& launch)
{
    return launch.ranks_on_node - 1 < records::node_cores();
}

std::uint32_t local_workers(Settings const& settings, Launch const& launch)
{
    if (settings.distribute == "processes")
        return settings.workers != 0 ? settings.workers : records::usable_cores();
    auto const works = settings.manager_works == "on" ||
                       (settings.manager_works == "auto" && has_core_to_spare(launch));
    return settings.distribute == "mpi" && works ? 1 : 0;
}

} // namespace

Launch find_launch()
{
    return {.by_launcher = transport::started_by_launcher(),
            .rank = transport::rank_before_mpi(),
            .ranks_on_node = transport::ranks_on_node(),
            .survive = transport::survives_losses()};
}

void share_out_threads(Settings const& settings, Launch const& launch, bool speaks)
{
    // One worker alone may have what the program itself has.
    if (settings.distribute == "no") return;
    auto const workers = settings.distribute == "mpi" ? launch.ranks_on_node
                         : settings.workers != 0      ? settings.workers
                                                      : records::usable_cores();
    records::set_task_threads(
        records::fair_threads(records::usable_cores(), records::node_cores(), workers));
    if (!speaks) return;
    auto const level = records::has_openmp() ? base::Level::info : base::Level::debug;
    if (base::is_logged(level))
        base::log_line(level,
                       fmt::format("OpenMP threads of each worker's tasks: {} (OMP_NUM_THREADS)",
                                   std::getenv("OMP_NUM_THREADS")));
}

void tell_local_worker(Settings const& settings, Launch const& launch)
{
    constexpr char const* variable = "STARMAP_LOCAL_WORKER";
    ::unsetenv(variable); // of a run whose task this one is
    if (settings.distribute != "mpi") return;
    auto place = transport::rank_on_node();
    // Rank 0 is on this node too if no rank is missing below this one; it may have no worker.
    auto const rank_0_idles = local_workers(settings, launch) == 0;
    if (launch.rank > 0 && place == static_cast<std::uint32_t>(launch.rank) && rank_0_idles)
        --place;
    ::setenv(variable, std::to_string(place).c_str(), 1);
}

std::unique_ptr<execution::Zygote> make_zygote(Settings const& settings, Launch const& launch)
{
    auto const keeps = launch.rank == 0 ? local_workers(settings, launch) != 0
                                        : settings.distribute == "mpi" && settings.isolate;
    if (!keeps) return nullptr;
    return std::make_unique<execution::Zygote>(
        [rank = launch.rank](int socket, std::shared_ptr<execution::SharedPlace> const& place) {
            return roles::run_executor(socket, place, rank);
        });
}

Backend::Backend(Settings const& settings, Launch const& launch, execution::Zygote* zygote,
                 transport::Transport* mpi, std::string const& program)
{
    lines_.survive = launch.survive;
    auto const count = local_workers(settings, launch);
    if (zygote != nullptr && count != 0)
        kept_ = std::make_unique<roles::KeptWorkers>(*zygote, count);
    if (settings.distribute == "threads")
        threads_ = std::make_unique<roles::WorkerThreads>(
            settings.workers != 0 ? settings.workers : records::usable_cores(), program);
    if (settings.distribute == "mpi" && mpi != nullptr) {
        lines_.workers = mpi;
        lines_.ranks = mpi->peers();
        if (kept_) {
            joined_ = std::make_unique<transport::Joined>(*mpi, *kept_);
            lines_.workers = joined_.get();
        }
        return;
    }
    lines_.idle = mpi;
    if (kept_) lines_.workers = kept_.get();
    if (threads_) lines_.workers = &threads_->line();
}

} // namespace starmap::detail
