#pragma once

#include "run/ended.hpp"
#include "run/failed_list.hpp"
#include "run/farm_request.hpp"
#include "run/journal_folder.hpp"
#include "run/outputs.hpp"
#include "run/remaining.hpp"
#include "run/tally.hpp"

#include <starmap/error.hpp>
#include <starmap/results.hpp>
#include <starmap/session.hpp>

#include <chrono>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace starmap::farm {

/// A farm on rank 0: reads the commands and what was done before, has the rest run, and takes in
/// what comes of it.
class Farm {
public:
    /// The request must outlive it.
    Farm(FarmRequest const& request, Session& session);
    /// The exit code. What is wrong with request, list or files is told on stderr.
    int run();

private:
    class Key;

    int run_all();
    void open_journal();
    void warn_of_shell(CommandSource const& commands) const;
    bool count_before(std::unique_ptr<CommandSource> all);
    std::unique_ptr<Outputs> open_outputs() const;
    void run_commands();
    template <class Starmap>
    void take_results(Starmap& starmap);
    void take(Ended const& ended, Results<Ended>& results);
    void take_lost(std::vector<TaskError> const& failures);
    void note_failure(std::string const& lines);
    void halt(std::string const& why, Results<Ended>& results);
    int end();

    FarmRequest const& request_;
    Session& session_;
    Directive defaults_;
    std::uint64_t halt_after_; ///< failures; 0: never
    std::chrono::steady_clock::time_point start_ = std::chrono::steady_clock::now();
    std::optional<JournalFolder> journal_;
    EndedCommands ended_before_;
    FailedList failed_list_;
    std::unique_ptr<Outputs> outputs_;
    Remaining* remaining_ = nullptr; ///< while the commands run
    /// Commands with an attempt that failed, by number: lines that run them again, until they end.
    std::map<std::uint64_t, std::string> in_trouble_;
    Ending ending_;
    std::uint64_t expected_ = 0; ///< commands that are to run, where that is known
    bool halted_ = false;
};

} // namespace starmap::farm
