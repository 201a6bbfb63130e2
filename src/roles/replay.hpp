#pragma once

#include "report/replay_target.hpp"
#include "roles/open_starmap.hpp"

#include <starmap/detail/job.hpp>

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace starmap::roles {

/// Leaves main once the task has been replayed. Not derived from std::exception, so that a main
/// which catches its own errors lets it pass.
struct Replayed {
    int exit_code = 0; ///< 0: the task ended ok; 1: it failed
};

/// Runs one task of a program again, in this thread: what comes before its Starmap is run as usual,
/// then that task alone. It looks for the task among the positions that are read from the input,
/// holds it to what the record says of it, and tells on stderr what became of it.
class Replay {
public:
    /// `workers`: how many main is to see; that of the record if it has one.
    Replay(report::ReplayTarget target, std::uint64_t seed, std::string command,
           std::uint32_t workers);

    /// What main is to see of Session::workers().
    std::uint32_t workers() const noexcept { return workers_; }
    /// Reads what the manager is to begin this Starmap with: one window, or, where the task may be
    /// in it, so many that the task must have been met. Throws Replayed when it was met and run,
    /// UsageError when the Starmap or the task is not what was recorded, and what the input throws.
    std::vector<detail::Window> begin(OpenStarmap& starmap);
    /// These positions are new: what tasks or the consumer have submitted. Throws likewise.
    void look(OpenStarmap& starmap, std::uint64_t first, std::uint64_t count);
    /// Throws Replayed once more if the task has been run: main must have caught the first.
    void refuse_after_end() const;
    /// Main has returned. The exit code of the run; says so if the task was never met.
    int end_of_main() const;

private:
    bool concerns(OpenStarmap const& starmap) const;
    void check_name(OpenStarmap const& starmap) const;
    bool is_submitted() const noexcept;
    [[noreturn]] void run(OpenStarmap& starmap, std::uint64_t position);
    std::uint32_t positions_of(OpenStarmap const& starmap) const;
    void check(detail::UnitHead const& head, std::uint64_t bytes,
               detail::JobSpec const& spec) const;
    [[noreturn]] void refuse_changed(std::string const& why) const;

    report::ReplayTarget target_;
    std::uint64_t seed_;
    std::string command_;
    std::uint32_t workers_;
    std::vector<std::string> met_; ///< Starmaps
    std::optional<int> exit_code_; ///< once the task was run
};

} // namespace starmap::roles
