#pragma once

#include "run/ended.hpp"
#include "run/remaining.hpp"

#include <starmap/types.hpp>

#include <cstdint>
#include <map>
#include <string>
#include <vector>

namespace starmap::farm {

/// Exit codes of `starmap run`, besides those of any Starmap program.
inline constexpr int exit_succeeded = 0;
inline constexpr int exit_io = 1;
inline constexpr int exit_misused = 2;
inline constexpr int exit_failed = 3;
inline constexpr int exit_stopped = 75;

/// What has become of the commands of a farm.
class Tally {
public:
    void add(Ended const& ended);
    /// One whose worker's process did not come back.
    void add_lost(TaskStatus status) { ++failed_[status]; }

    std::uint64_t succeeded() const noexcept { return succeeded_; }
    std::uint64_t failed() const noexcept;
    std::uint64_t ended() const noexcept { return succeeded_ + failed(); }
    std::map<TaskStatus, std::uint64_t> const& causes() const noexcept { return failed_; }
    /// Wall time of commands times the cores that they had [s].
    double core_seconds() const noexcept { return core_seconds_; }
    /// Whose output was longer than what is kept.
    std::uint64_t cut() const noexcept { return cut_; }
    /// Processes that went on when their commands had ended, and were ended.
    std::uint64_t left_behind() const noexcept { return left_behind_; }

private:
    std::uint64_t succeeded_ = 0;
    std::map<TaskStatus, std::uint64_t> failed_;
    double core_seconds_ = 0;
    std::uint64_t cut_ = 0;
    std::uint64_t left_behind_ = 0;
};

/// How a farm ended, for its summary.
struct Ending {
    Tally tally;
    DoneBefore before;
    std::uint64_t known = 0;     ///< commands that were read, those done before too
    bool all_known = true;       ///< there are no more than these
    double wall = 0;             ///< [s]
    std::string stopped;         ///< why it ended before its time; empty: it did not
    int trouble = 0;             ///< exit code of what went wrong other than commands; 0: nothing
    bool may_go_on = false;      ///< there is a journal, so the same command again goes on
    bool retries_failed = false; ///< --retry-failed was given
    std::string outputs;         ///< where they are, in words; empty: nowhere
    std::string record;          ///< empty: none
    std::string journal;         ///< empty: none
    std::string failed_list;     ///< empty: none
};

/// What is done before, in a sentence: at the start.
std::string sentence(DoneBefore const& before, std::uint64_t commands);
/// A line each.
std::vector<std::string> summary(Ending const& ending);
int exit_code(Ending const& ending) noexcept;

} // namespace starmap::farm
