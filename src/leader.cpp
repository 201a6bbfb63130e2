#include "leader.hpp"

#include "base/clock.hpp"
#include "base/log.hpp"
#include "base/signals.hpp"
#include "ending.hpp"
#include "report/lessons_reader.hpp"

#include <starmap/error.hpp>

#include <fmt/chrono.h>
#include <fmt/format.h>

#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <ctime>
#include <limits>
#include <utility>

namespace starmap::detail {

namespace {

constexpr double for_ever = std::numeric_limits<double>::infinity();
/// How long workers that are in the middle of a task are waited for once main has failed.
constexpr double patience_after_failure = 1.0;
/// And how long for those that should be idle, or end their task's process, once the time for
/// waiting is over. The launcher passes the exit code on only when all ranks end in order.
constexpr double shortest_patience = 1.0;

std::string program()
{
    std::string path(4096, '\0');
    auto const length = ::readlink("/proc/self/exe", path.data(), path.size());
    path.resize(length > 0 ? static_cast<std::size_t>(length) : 0);
    return path.empty() ? "unknown" : path;
}

} // namespace

Leader::Leader(Settings const& settings, roles::Deadline::Rules time, Launch const& launch,
               execution::Zygote* zygote, MpiLayer* mpi, std::string command,
               std::optional<report::ReplayTarget> replay)
    : settings_(settings),
      time_(time),
      mpi_(mpi),
      command_(std::move(command)),
      run_start_(base::wall_now()),
      backend_(settings, launch, zygote, mpi != nullptr ? &mpi->transport() : nullptr, program()),
      crew_(backend_.lines(), program(), settings_, run_start_)
{
    if (replay)
        replay_.emplace(std::move(*replay), settings_.seed, command_,
                        std::max(1U, settings_.workers));
}

int Leader::run(std::function<int(Session&)> const& main)
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
        if (replay_) manager_->use(*replay_);
        manager_->start(run_info());
        watchers_->begin_record();
        Session session(*manager_);
        code = main(session);
        in_order = true;
        if (replay_) code = replay_->end_of_main();
        if (code == 0 && manager_->interrupted()) {
            base::log_warning("main ended well, but not all of its work is done: exit code {}",
                              exit_interrupted);
            code = exit_interrupted;
            in_order = false;
        }
    } catch (roles::Replayed const& replayed) {
        code = replayed.exit_code;
    } catch (Interrupted const& interrupted) {
        fmt::print(stderr, "stopped: {}\n", interrupted.what());
        code = exit_interrupted;
    } catch (...) {
        print_error(describe_current());
    }
    return end(code, in_order);
}

int Leader::end(int code, bool in_order)
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

report::RunInfo Leader::run_info() const
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

} // namespace starmap::detail
