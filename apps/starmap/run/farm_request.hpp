#pragma once

#include "run/directive.hpp"

#include <cstdint>
#include <string>
#include <vector>

namespace starmap::farm {

/// Where a user wants the output of commands.
enum class OutputChoice : std::uint8_t { print, files, archive, none };

/// What `starmap run` was asked for.
struct FarmRequest {
    std::string list; ///< a path, "-" for stdin; empty: a template
    std::vector<std::string> each, ranges, sets, directives, words; ///< of the template
    bool is_template = false;
    Directive defaults;
    bool shell = false;
    bool dry_run = false;

    OutputChoice output = OutputChoice::print;
    std::string logs = "logs";                           ///< folder of OutputChoice::files
    std::string archive = "outputs.db";                  ///< file of OutputChoice::archive
    std::uint64_t most_output = std::uint64_t{64} << 20; ///< of a command [bytes]

    double grace = 5; ///< between SIGTERM and SIGKILL to a command [s]
    std::uint32_t gpus = 0;
    std::uint64_t halt_after = 0; ///< failures; 0: never

    std::string journal; ///< a folder, "none", or empty for the default
    bool fresh = false;
    bool retry_failed = false;
    std::string failed; ///< a file, "none", or empty for the default

    /// What the farm is called in its files: the list's path, or the template with its parameters.
    std::string title() const;
    /// Folder of the journal; empty: there is none.
    std::string journal_folder() const;
    /// Folder of the list, for files beside it; empty: the working directory.
    std::string list_folder() const;
};

} // namespace starmap::farm
