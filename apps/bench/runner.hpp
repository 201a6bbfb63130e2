#pragma once

#include "report.hpp"

#include <starmap/session.hpp>
#include <starmap/settings.hpp>

#include <functional>

namespace bench {

/// Wall-clock seconds that `work` takes.
double seconds_of(std::function<void()> const& work);

/// A session has failed, which all ranks know; its reason has been printed.
struct SessionFailed {
    int exit_code;
};

/// The program as all ranks have started it, and how to measure in it.
struct Runner {
    int argc;        ///< 1: settings come from the environment
    char** argv;     ///< the program's name
    int rank = 0;    ///< of this process
    int workers = 0; ///< all ranks but rank 0
    int rounds = 5;  ///< how often a comparison is made
    double slow = 4; ///< `sleeping`: how many times longer one worker takes

    /// No record, no progress, and only warnings in the log.
    static starmap::Settings quiet();

    /// Seconds of `work` in a session of its own; only rank 0's figure counts. Throws
    /// SessionFailed.
    double session(std::function<void(starmap::Session&)> const& work,
                   starmap::Settings const& settings = quiet()) const;

    /// Measures both, in turns, and prints the medians. `raw` gives its seconds itself.
    void compare(Comparison comparison, std::function<double()> const& raw,
                 std::function<void(starmap::Session&)> const& ours,
                 starmap::Settings const& settings = quiet()) const;
};

} // namespace bench
