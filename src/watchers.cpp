#include "watchers.hpp"

#include "base/log.hpp"
#include "report/record_path.hpp"

#include <starmap/detail/registry.hpp>
#include <starmap/error.hpp>
#include <starmap/version.hpp>

#include <fmt/format.h>

#include <cstdint>
#include <cstdlib>
#include <span>
#include <string>

namespace starmap::detail {

namespace {

/// What a batch system starts again by itself must get on.
constexpr std::uint64_t most_fruitless = 3;

void refuse_what_gets_nowhere(journal::Checkpoint const& checkpoint, std::string const& path)
{
    auto const* const restarts = std::getenv("SLURM_RESTART_COUNT");
    if (restarts == nullptr || std::atoi(restarts) <= 0 || checkpoint.fruitless() < most_fruitless)
        return;
    throw UsageError(fmt::format(
        "Slurm has started this job {} times, and the last {} runs have added nothing to the "
        "checkpoint {} (they were stopped or killed before a first result). See in their output "
        "why, "
        "give the job more time or memory, and submit it anew: it goes on from that file.",
        std::atoi(restarts), checkpoint.fruitless(), path));
}

std::unique_ptr<journal::Checkpoint> opened(Settings const& settings, std::string const& program)
{
    auto checkpoint = std::make_unique<journal::Checkpoint>(
        settings.checkpoint, journal::Identity{.program = program.substr(program.rfind('/') + 1),
                                               .digest = registry_digest(),
                                               .version = std::string(version),
                                               .seed = settings.seed});
    if (checkpoint->session() > 1)
        base::log_info("Run {} with the checkpoint {}, which has {} results", checkpoint->session(),
                       settings.checkpoint, checkpoint->results());
    refuse_what_gets_nowhere(*checkpoint, settings.checkpoint);
    return checkpoint;
}

} // namespace

Watchers::Watchers(Settings const& settings, std::string const& program)
{
    if (!settings.checkpoint.empty()) checkpoint = opened(settings, program);
    if (settings.task_info != "none") {
        report::check_writable(settings.task_info);
        record = std::make_unique<report::TaskInfoWriter>(settings.task_info);
    }
    progress = std::make_unique<report::ProgressDisplay>(settings.progress);
}

std::vector<report::Observer*> Watchers::all() const
{
    std::vector<report::Observer*> observers;
    if (checkpoint) observers.push_back(checkpoint.get());
    if (record) observers.push_back(record.get());
    observers.push_back(progress.get());
    return observers;
}

void Watchers::begin_record() const
{
    if (record && checkpoint)
        checkpoint->each_row(
            [&](std::span<report::TaskRow const> rows) { record->add_earlier(rows); });
}

bool Watchers::failed() const
{
    return (record && !record->failure().empty()) || (checkpoint && !checkpoint->failure().empty());
}

} // namespace starmap::detail
