#pragma once

#include "report/observer.hpp"

#include <cstddef>
#include <cstdint>
#include <string>

/// The words of the progress display. Scripts look for them in logs: a change breaks those.
namespace starmap::report {

/// What is done of a Starmap, from 0 to 1: by weight, or where all weights are zero by tasks, or by
/// items. 0 where the total is not known.
double fraction_done(StarmapInfo const& info, std::uint64_t items_done, double done_weight);

/// The percentage of a fraction, truncated: 100 only when all is done.
int percent_done(double fraction);

/// `Submitting 3 "count" tasks`, or what is known instead of the number of tasks.
std::string opening_text(StarmapInfo const& info);

/// `count  33%, ETA 12 s, 1 failed`. No ETA when all is done or before any time has gone by.
std::string percent_text(StarmapInfo const& info, double fraction, double elapsed);

/// `count: 1200 tasks done`, for a total that is not known.
std::string count_text(StarmapInfo const& info);

/// `12 s`, `3 min` or `2 h 5 min`, rounded up.
std::string eta_text(double seconds);

/// At most the first `columns` characters of UTF-8 text.
std::string fitted(std::string text, std::size_t columns);

} // namespace starmap::report
