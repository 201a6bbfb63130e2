#pragma once

#include "report/end_estimate.hpp"
#include "report/observer.hpp"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>

/// The words of the progress display. Scripts look for them in logs: a change breaks those.
namespace starmap::report {

/// How far a Starmap is, as it is shown.
struct Progress {
    std::string name;
    bool total_known = true;
    double fraction = 0;     ///< of the weight, from 0 to 1
    std::uint64_t done = 0;  ///< tasks, or items of a map that is cut as it goes
    std::uint64_t total = 0; ///< of them; 0 if not known
    bool counts_items = false;
    std::optional<EndEstimate::Interval> end; ///< [s from now]
    std::uint64_t failed = 0;                 ///< given up
    std::uint64_t retried = 0;                ///< attempts that failed and count no more
    std::uint32_t busy = 0;                   ///< workers that are at it
    std::uint32_t workers = 0;                ///< that there are; 0 if not known
    double done_per_second = 0;               ///< of late
    double bytes_per_second = 0;              ///< of arguments and results, of late
};

/// What is done of a Starmap, from 0 to 1: by weight, or where all weights are zero by tasks, or by
/// items. 0 where the total is not known.
double fraction_done(StarmapInfo const& info, std::uint64_t items_done, double done_weight);

/// The percentage of a fraction, truncated: 100 only when all is done.
int percent_done(double fraction);

/// `Submitting 3 "count" tasks`, or what is known instead of the number of tasks.
std::string opening_text(StarmapInfo const& info);

/// A line of the log: `count  33%, ETA 12 s (9-16 s), 1 failed, 4/12 tasks, 2/2 workers busy,
/// 1.2 MB/s`, or for a total that is not known `count: 1,200 tasks done, 40/s, 2/2 workers busy`.
/// No ETA when all is done or nothing is known of it.
std::string log_text(Progress const& progress);

/// A line of the display, of at most so many columns: what matters less is left out first. Names
/// are filled up to `name_columns`.
std::string bar_text(Progress const& progress, std::size_t columns, std::size_t name_columns = 0);

/// `12 s`, `3 min` or `2 h 5 min`, rounded up.
std::string eta_text(double seconds);

/// `12 s (9-16 s)`, or without the spread where it is not known or does not show.
std::string eta_text(EndEstimate::Interval const& end);

/// `1,234,567`.
std::string grouped(std::uint64_t number);

/// UTF-8 text with `?` for each control character, which might move the cursor.
std::string printable(std::string text);

/// Characters of UTF-8 text.
std::size_t columns_of(std::string const& text);

/// At most the first `columns` characters of UTF-8 text.
std::string fitted(std::string text, std::size_t columns);

} // namespace starmap::report
