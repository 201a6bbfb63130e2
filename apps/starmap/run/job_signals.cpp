#include "run/job_signals.hpp"

#include "base/clock.hpp"
#include "execution/passed_signals.hpp"

#include <signal.h>
#include <sys/wait.h>

#include <algorithm>
#include <chrono>
#include <cstdlib>
#include <thread>

namespace starmap::farm {

namespace {

// Who signals many processes does so one by one.
constexpr double longest_lag = 0.5;
constexpr auto look_every = std::chrono::milliseconds(5);
// What shells add to the signal that has ended a program, for their exit code.
constexpr int by_signal = 128;

int signal_of(int status) noexcept
{
    return WIFSIGNALED(status) ? WTERMSIG(status) : WEXITSTATUS(status) - by_signal;
}

} // namespace

bool warnings_reach_commands() noexcept
{
    return std::getenv("SLURM_STEP_ID") != nullptr || std::getenv("SLURM_STEPID") != nullptr;
}

JobSignals::JobSignals() noexcept
{
    std::transform(base::job_signals.begin(), base::job_signals.end(), before_.begin(),
                   execution::signals_passed);
}

bool JobSignals::have_ended(int status) const
{
    auto const signal = signal_of(status);
    auto const* const found = std::find(base::job_signals.begin(), base::job_signals.end(), signal);
    if (found == base::job_signals.end()) return false;
    auto const before = before_[static_cast<std::size_t>(found - base::job_signals.begin())];
    auto const until = base::now() + longest_lag;
    while (execution::signals_passed(signal) == before) {
        if (base::now() > until) return false;
        std::this_thread::sleep_for(look_every);
    }
    return true;
}

} // namespace starmap::farm
