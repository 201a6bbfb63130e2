#include "watchers.hpp"

#include "base/log.hpp"
#include "report/record_path.hpp"

#include <starmap/detail/registry.hpp>
#include <starmap/version.hpp>

#include <span>

namespace starmap::detail {

namespace {

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
