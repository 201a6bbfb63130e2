// What a session must know before it begins.
#include "session_start.hpp"

#include "base/clock.hpp"
#include "base/deadline_text.hpp"
#include "base/log.hpp"
#include "base/settings.hpp"
#include "ending.hpp"
#include "records/job_end.hpp"

#include <starmap/error.hpp>
#include <starmap/version.hpp>

#include <fmt/format.h>

#include <unistd.h>

#include <cstdlib>
#include <string>
#include <vector>

namespace starmap::detail {

roles::Deadline::Rules time_rules(Settings const& settings)
{
    // mpirun ends its ranks a second after it has told them SIGTERM; Slurm takes some 30 s.
    constexpr double grace_of_mpirun = 0.5;
    constexpr double grace_of_others = 20;
    roles::Deadline::Rules rules{.start = base::wall_now(), .grace = settings.grace};
    rules.short_grace =
        std::getenv("OMPI_COMM_WORLD_RANK") != nullptr ? grace_of_mpirun : grace_of_others;
    auto at = base::deadline_from(settings.deadline, rules.start);
    if (settings.deadline.empty()) {
        auto const job =
            records::slurm_job_end([](char const* name) { return std::getenv(name); }, rules.start);
        if (!job.warning.empty()) base::log_warning("{}", job.warning);
        at = job.time;
    }
    rules.at = at.value_or(roles::Deadline::never);
    return rules;
}

std::optional<report::ReplayTarget> prepare_replay(Settings& settings)
{
    if (settings.replay.empty()) return std::nullopt;
    auto target = report::find_replay_target(settings.replay);
    if (settings.distribute.empty() || settings.distribute == "mpi") settings.distribute = "no";
    settings.task_info = "none";
    settings.learn = "none";
    settings.deadline = "none";
    if (!target.record.empty()) settings.seed = target.seed;
    return target;
}

std::optional<int> read_settings(Settings& settings, int& argc, char** argv, bool speaks)
{
    std::vector<std::string> warnings;
    try {
        base::apply_environment(settings, ::environ, warnings);
        auto const action = base::apply_arguments(settings, argc, argv);
        base::check_settings(settings);
        if (action == base::Action::proceed) {
            base::init_log(settings.log);
            if (speaks)
                for (auto const& warning : warnings) base::log_warning("{}", warning);
            return std::nullopt;
        }
        if (speaks)
            fmt::print("{}\n", action == base::Action::help ? base::help_text(settings)
                                                            : std::string(version));
        return 0;
    } catch (UsageError const& error) {
        if (speaks) print_error(error.what());
        return exit_usage;
    }
}

} // namespace starmap::detail
