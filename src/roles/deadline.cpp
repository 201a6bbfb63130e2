#include "roles/deadline.hpp"

#include <algorithm>
#include <cmath>
#include <initializer_list>

namespace starmap::roles {

namespace {

constexpr double most_margin = 60;
constexpr double margin_share = 0.05;
// Of the grace after a signal; the rest is for the results to arrive.
constexpr double share_of_tasks = 0.9;

constexpr base::Signals silence{.warned = Deadline::never, .terminated = Deadline::never};

} // namespace

double Deadline::margin(Rules const& rules)
{
    if (!std::isfinite(rules.at)) return 0;
    return std::clamp(margin_share * (rules.at - rules.start), 0.0, most_margin);
}

Deadline::View Deadline::look(double now, double stopped) const
{
    auto signals = heard_ ? heard_() : silence;
    signals.warned = std::min(signals.warned, stopped);
    auto const kept = margin(rules_);
    auto const short_grace = std::min(rules_.grace, rules_.short_grace);
    auto const stop = std::min({rules_.at - kept, signals.warned, signals.terminated});
    auto const told = std::min({rules_.at - kept, signals.warned + share_of_tasks * rules_.grace,
                                signals.terminated + share_of_tasks * short_grace});
    auto const over = std::min(
        {rules_.at - kept / 2, signals.warned + rules_.grace, signals.terminated + short_grace});
    return {.phase = now >= over   ? Phase::over
                     : now >= stop ? Phase::stopping
                                   : Phase::open,
            .seconds_left = std::max(0.0, stop - now),
            .told = told,
            .patience = std::max(0.0, over - now)};
}

std::string Deadline::cause(double now) const
{
    auto const signals = heard_ ? heard_() : silence;
    if (now >= signals.terminated) return "SIGTERM came";
    if (now >= signals.warned) return "SIGUSR1 came";
    return now >= rules_.at - margin(rules_) ? "its time is over"
                                             : "the time left is too short for what is left";
}

} // namespace starmap::roles
