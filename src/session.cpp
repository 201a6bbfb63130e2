#include <starmap/session.hpp>

#include "backend.hpp"
#include "base/heap.hpp"
#include "base/log.hpp"
#include "base/signals.hpp"
#include "ending.hpp"
#include "leader.hpp"
#include "mpi_layer.hpp"
#include "records/task_threads.hpp"
#include "roles/kept_workers.hpp"
#include "roles/proxy.hpp"
#include "roles/serving.hpp"
#include "roles/worker.hpp"
#include "session_start.hpp"
#include "transport/launcher.hpp"
#include "transport/launcher_heir.hpp"
#include "transport/mpi.hpp"

#include <starmap/detail/registry.hpp>
#include <starmap/error.hpp>

#include <boost/mpi/environment.hpp>
#include <fmt/format.h>

#include <cstdlib>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace starmap::detail {

namespace {

std::string command_line(int argc, char** argv)
{
    std::string line;
    for (int i = 0; i < argc; ++i) {
        if (i != 0) line += ' ';
        line += argv[i];
    }
    return line;
}

/// When rank 0 exits under a launcher that would return 0 for it.
void tell_the_launcher(int status, void*)
{
    if (status != 0) transport::fail_the_launcher();
}

/// Every other rank: serve until sent home.
int serve(MpiLayer& mpi, execution::Zygote* zygote)
{
    // Where the launcher does not end all of its ranks when one dies.
    auto const manager_is_gone = [&] { return mpi.transport().is_abandoned(0); };
    auto const leave_after_manager = [&] {
        if (mpi.survives()) transport::fail_the_launcher();
        mpi.leave(exit_failure);
    };
    try {
        if (zygote != nullptr) {
            roles::KeptWorkers kept(*zygote, 1);
            roles::Proxy proxy(mpi.transport(), kept);
            roles::serve(proxy, proxy.line(), manager_is_gone);
            if (manager_is_gone()) leave_after_manager();
            return proxy.exit_code();
        }
        records::adopt_task_threads();
        char const* const name = ::program_invocation_name;
        roles::Worker worker(mpi.transport(), mpi.rank(), name != nullptr ? name : "unknown");
        worker.say_hello();
        roles::serve(worker, mpi.transport(), manager_is_gone);
        if (manager_is_gone()) leave_after_manager();
        return worker.exit_code();
    } catch (...) {
        print_error(fmt::format("rank {}: {}", mpi.rank(), describe_current()));
    }
    mpi.leave(exit_failure);
}

} // namespace

int run_session(Settings settings, int& argc, char** argv, std::function<int(Session&)> const& main)
{
    auto const command = command_line(argc, argv);
    auto const speaks = transport::rank_before_mpi() == 0;
    if (auto const code = read_settings(settings, argc, argv, speaks)) return *code;
    auto const launch = find_launch();
    std::optional<report::ReplayTarget> replay;
    try {
        // Of several ranks the first does it alone, without MPI.
        if (!settings.replay.empty() && launch.rank != 0) return 0;
        replay = prepare_replay(settings);
    } catch (Error const& error) {
        print_error(error.what());
        return exit_usage;
    }
    auto const launched = launch.by_launcher && !replay;
    if (settings.distribute.empty()) settings.distribute = launched ? "mpi" : "processes";
    base::keep_freed_memory();
    share_out_threads(settings, launch, speaks);
    tell_local_worker(settings, launch);
    try {
        freeze_registry();
    } catch (UsageError const& error) {
        if (speaks) print_error(error.what());
        return exit_failure;
    }
    std::unique_ptr<execution::Zygote> zygote;
    roles::Deadline::Rules time;
    try {
        zygote = make_zygote(settings, launch);
    } catch (Error const& error) {
        print_error(error.what());
        return exit_failure;
    }
    if (launched) transport::leave_heir();
    // After the zygote, whose processes leave signals to rank 0.
    std::optional<base::SignalWatch> signals;
    if (!replay) signals.emplace();
    if (speaks) time = time_rules(settings);
    auto const lead = [&](MpiLayer* mpi) {
        try {
            return Leader(settings, time, launch, zygote.get(), mpi, command, replay).run(main);
        } catch (Error const& error) {
            print_error(error.what());
            if (mpi != nullptr) mpi->leave(exit_failure);
            return exit_failure;
        }
    };
    if (settings.distribute != "mpi" && !launched) return lead(nullptr);
    if (boost::mpi::environment::finalized()) {
        if (speaks)
            print_error(
                "starmap::run was called a second time (MPI can be started only once in a "
                "process). Do all the work in one session, or call MPI_Init yourself before "
                "the first.");
        return exit_failure;
    }
    auto mpi = std::make_unique<MpiLayer>(argc, argv, launch.survive);
    // MPI_Finalize waits for all ranks, also for those that are gone: then it is never called.
    auto const kept = [&](int code) {
        if (!launch.survive) return code;
        mpi->remove_files();
        [[maybe_unused]] auto const* const left_alone = mpi.release();
        return code;
    };
    if (mpi->rank() != 0) return kept(serve(*mpi, zygote.get()));
    if (launch.survive) {
        ::on_exit(tell_the_launcher, nullptr);
        if (auto const unseen = mpi->unseen(); unseen != 0)
            base::log_warning("{} rank{} on other nodes cannot call rank 0 over TCP: should one be "
                              "lost, that is not noticed",
                              unseen, unseen == 1 ? "" : "s");
    }
    mpi->transport().limit_reception(settings.result_buffer);
    return kept(lead(mpi.get()));
}

} // namespace starmap::detail
