#pragma once

#include "base/signals.hpp"

#include <functional>
#include <limits>
#include <string>

namespace starmap::roles {

/// When the work must stop: at a deadline, or because of a signal. It knows no clock; all times are
/// in seconds since 1970.
class Deadline {
public:
    static constexpr double never = std::numeric_limits<double>::infinity();

    struct Rules {
        double start = 0;        ///< of the run
        double at = never;       ///< by then the program must have ended
        double grace = 30;       ///< what tasks that run have after SIGUSR1 [s]
        double short_grace = 20; ///< and after SIGTERM, behind which SIGKILL comes [s]
    };
    using Heard = std::function<base::Signals()>;

    Deadline() = default;
    Deadline(Rules rules, Heard heard) : rules_(rules), heard_(std::move(heard)) {}

    /// What is to be done at a time.
    enum class Phase {
        open,     ///< work goes on
        stopping, ///< nothing is begun any more; what runs may end
        over,     ///< what still runs is not waited for
    };
    struct View {
        Phase phase = Phase::open;
        double seconds_left = never; ///< for what is begun now; 0 when nothing is to be begun
        double told = never;         ///< when tasks are to have ended
        double patience = never;     ///< how long what runs is waited for [s]
    };
    /// `stopped` is when the program has stopped what this is asked for: as if SIGUSR1 had come.
    View look(double now, double stopped = never) const;
    /// Why the work stops, for a sentence: "SIGTERM came".
    std::string cause(double now) const;

    /// The last 5 % of the time until the deadline, at most a minute, are not for tasks.
    static double margin(Rules const& rules);

private:
    Rules rules_;
    Heard heard_;
};

} // namespace starmap::roles
