#pragma once

#include <signal.h>

#include <array>

namespace starmap::base {

/// What a batch system, a launcher or a terminal sends to all processes of a job.
inline constexpr std::array job_signals{SIGHUP, SIGINT, SIGQUIT, SIGTERM, SIGUSR1, SIGUSR2};

/// When a process was told to stop; seconds since 1970, infinite if it was not.
struct Signals {
    double warned;     ///< SIGUSR1: there is some time left
    double terminated; ///< SIGTERM: there is little
};

/// As long as it lives, SIGTERM and SIGUSR1 are noted instead of ending the process. A signal that
/// the program handles, or was started to ignore, stays the program's. A second SIGTERM, two
/// seconds or more after the first, ends the process as if nobody listened: schedulers send each
/// signal more than once within a second. Only one may live at a time.
class SignalWatch {
public:
    SignalWatch();
    SignalWatch(SignalWatch const&) = delete;
    SignalWatch& operator=(SignalWatch const&) = delete;
    /// Gives back what was taken, unless the program has put its own there since.
    ~SignalWatch();

    static Signals heard() noexcept;

private:
    std::array<bool, 2> taken_{};
};

} // namespace starmap::base
