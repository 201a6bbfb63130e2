#pragma once

#include "run/command.hpp"
#include "run/outcome.hpp"

#include <starmap/monitor.hpp>

#include <boost/serialization/access.hpp>

#include <cstdint>
#include <string>

namespace starmap::farm {

/// Where the output of commands goes.
enum class Output : std::uint8_t {
    collected, ///< to rank 0, as part of the outcome
    files,     ///< to FOLDER/TASK_NO.out and FOLDER/TASK_NO.err, written by the commands themselves
    none,      ///< nowhere; but the last lines of stderr are kept
};

/// How commands are run: the same for all of a farm.
struct Running {
    Output output = Output::collected;
    std::string folder;                      ///< of Output::files; exists
    std::uint64_t most_output = 64ULL << 20; ///< of a command, kept [bytes]; more is dropped
    bool shell = false;                      ///< each text is given to `/bin/sh -c`
    double grace = 5;       ///< between SIGTERM and SIGKILL to a command that is to end [s]
    std::uint32_t gpus = 0; ///< of a node, to be shared out among its workers; 0: not touched
    std::string journal;    ///< file of the journal on this node (journal.hpp); empty: none

private:
    friend class boost::serialization::access;
    template <class Archive>
    void serialize(Archive& archive, unsigned)
    {
        archive& output& folder& most_output& shell& grace& gpus& journal;
    }
};

/// Runs a command and waits for its end, that of all processes it has started, and of its time.
/// Throws Interrupted when Monitor::deadline() came first: it is as if it had not run.
/// Otherwise tells the record by Monitor how it ended. Throws what makes the runtime try it again
/// where it failed and attempts are left (Command::retries, Monitor::attempt()).
Outcome run_command(Command const& command, Running const& how, Monitor& monitor);

} // namespace starmap::farm
