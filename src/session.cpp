#include <starmap/session.hpp>

#include "backend.hpp"
#include "base/clock.hpp"
#include "base/heap.hpp"
#include "base/log.hpp"
#include "base/signals.hpp"
#include "mpi_layer.hpp"
#include "report/lessons_reader.hpp"
#include "roles/crew.hpp"
#include "roles/manager.hpp"
#include "roles/proxy.hpp"
#include "roles/serving.hpp"
#include "roles/worker.hpp"
#include "session_start.hpp"
#include "transport/launcher.hpp"
#include "transport/mpi.hpp"
#include "watchers.hpp"

#include <starmap/detail/registry.hpp>
#include <starmap/error.hpp>

#include <boost/mpi/environment.hpp>
#include <fmt/chrono.h>
#include <fmt/format.h>

#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <exception>
#include <limits>
#include <memory>
#include <optional>
#include <string>
#include <typeinfo>
#include <vector>

namespace starmap::detail {

namespace {

constexpr int exit_failure = 1;
constexpr int exit_interrupted = 75; // EX_TEMPFAIL of sysexits.h: run it again
/// How long workers that are in the middle of a task are waited for once main has failed.
constexpr double patience_after_failure = 1.0;
/// And how long for those that should be idle, once the time for waiting is over.
constexpr double shortest_patience = 0.2;

/// The exception being handled, with its type.
std::string describe_current()
{
    try {
        throw;
    } catch (std::exception const& error) {
        return fmt::format("{}: {}", demangle(typeid(error).name()), error.what());
    } catch (...) {
        return "main threw something that is not derived from std::exception";
    }
}

std::string command_line(int argc, char** argv)
{
    std::string line;
    for (int i = 0; i < argc; ++i) {
        if (i != 0) line += ' ';
        line += argv[i];
    }
    return line;
}

/// Rank 0 of a session: main, with the manager around it.
class Leader {
public:
    Leader(Settings const& settings, roles::Deadline::Rules time, Launch const& launch,
           execution::Zygote* zygote, MpiLayer* mpi, std::string command)
        : settings_(settings),
          time_(time),
          mpi_(mpi),
          command_(std::move(command)),
          backend_(settings, launch, zygote, mpi != nullptr ? &mpi->transport() : nullptr,
                   program()),
          crew_(backend_.lines(), program(), settings_, run_start_)
    {
    }

    int run(std::function<int(Session&)> const& main)
    {
        int code = exit_failure;
        bool in_order = false;
        try {
            // Before the record of this run takes its place.
            auto lessons = report::read_lessons(settings_.learn);
            watchers_.emplace(settings_, program());
            manager_.emplace(settings_, crew_, watchers_->all(), run_start_,
                             roles::Deadline(time_, base::SignalWatch::heard));
            manager_->expect(std::move(lessons));
            if (watchers_->checkpoint) manager_->use(*watchers_->checkpoint);
            manager_->start(run_info());
            watchers_->begin_record();
            Session session(*manager_);
            code = main(session);
            in_order = true;
        } catch (Interrupted const& interrupted) {
            fmt::print(stderr, "stopped: {}\n", interrupted.what());
            code = exit_interrupted;
        } catch (...) {
            print_error(describe_current());
        }
        return end(code, in_order);
    }

private:
    static constexpr double for_ever = std::numeric_limits<double>::infinity();

    int end(int code, bool in_order)
    {
        auto patience = in_order ? for_ever : patience_after_failure;
        try {
            if (manager_ && (in_order || code == exit_interrupted))
                patience = std::max(shortest_patience, manager_->patience());
            if (manager_) {
                manager_->drain(patience);
                manager_->end(in_order);
            }
            // The record is on disk from here on, whatever becomes of the ranks.
            if (watchers_ && watchers_->failed() && code == 0) code = exit_failure;
            watchers_.reset();
            auto const gone = crew_.dismiss(code, patience);
            // Else the launcher is about to end all others, and MPI_Finalize would wait for them.
            if (gone && (crew_.is_whole() || crew_.survives())) return code;
            if (!gone) print_error("Some ranks are still busy with a task. All are ended now.");
        } catch (...) {
            print_error(describe_current());
            if (code == 0) code = exit_failure;
        }
        if (mpi_ != nullptr) mpi_->leave(code);
        return code;
    }

    static std::string program()
    {
        std::string path(4096, '\0');
        auto const length = ::readlink("/proc/self/exe", path.data(), path.size());
        path.resize(length > 0 ? static_cast<std::size_t>(length) : 0);
        return path.empty() ? "unknown" : path;
    }

    report::RunInfo run_info() const
    {
        auto const* const job = std::getenv("SLURM_JOB_ID");
        return {.command_line = command_,
                .start_time = fmt::format("{:%Y-%m-%dT%H:%M:%SZ}",
                                          fmt::gmtime(static_cast<std::time_t>(run_start_))),
                .mpi_library = mpi_ != nullptr ? MpiLayer::library() : "",
                .slurm_job_id = job != nullptr ? job : "",
                .distribute = settings_.distribute,
                .num_workers = 0,
                .seed = settings_.seed};
    }

    Settings const& settings_;
    roles::Deadline::Rules time_;
    MpiLayer* mpi_;
    std::string command_;
    double run_start_ = base::wall_now();
    Backend backend_;
    roles::Crew crew_;
    std::optional<Watchers> watchers_;
    std::optional<roles::Manager> manager_;
};

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
            roles::Proxy proxy(mpi.transport(), *zygote);
            roles::serve(proxy, proxy.line(), manager_is_gone);
            if (manager_is_gone()) leave_after_manager();
            return proxy.exit_code();
        }
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
    auto const launched = launch.by_launcher;
    if (settings.distribute.empty()) settings.distribute = launched ? "mpi" : "processes";
    base::keep_freed_memory();
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
    // After the zygote, whose processes leave signals to rank 0.
    base::SignalWatch const signals;
    if (speaks) time = time_rules(settings);
    auto const lead = [&](MpiLayer* mpi) {
        try {
            return Leader(settings, time, launch, zygote.get(), mpi, command).run(main);
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
