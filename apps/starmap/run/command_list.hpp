#pragma once

#include "run/command_source.hpp"
#include "run/directive.hpp"

#include <cstdint>
#include <memory>
#include <string>

namespace starmap::farm {

/// How a list is read.
struct ListReading {
    Directive defaults; ///< for all commands, where the list says nothing else
    bool shell = false; ///< the commands are for a shell: their quotes are not looked into
};

/// What a look over a whole list has found.
struct ListSummary {
    std::uint64_t commands = 0;
    double weight = 0;             ///< of all of them
    double heaviest = 0;           ///< of one
    unsigned most_cores = 1;       ///< of one
    std::uint64_t most_memory = 0; ///< of one, as its mem= says [bytes]; 0: none says any
    std::uint64_t shell_line = 0;  ///< of the first one that seems to be for a shell; 0: none
    std::string shell_word;        ///< what a shell would understand there, as needs_shell()
};

/// A list of commands: a file, "-" for stdin, a FIFO or a pipe. The file is read as its commands
/// are wanted; only the counts of equal texts are kept of what was read, 23 bytes a text at most.
///
/// A regular file is looked over as a whole first: a list with an error in it is refused before
/// anything runs. Of a pipe the first bad line is the end: problem() then says why. A FIFO ends
/// when its last writer closes it.
class CommandList : public CommandSource {
public:
    /// Throws IoError where the list cannot be opened: it is not there, may not be read, or is a
    /// directory. Throws UsageError for a regular file with bad lines: a line each for the first 10
    /// of them, FILE:LINE: and what is wrong.
    explicit CommandList(std::string const& path, ListReading how = {});
    ~CommandList() override;

    bool next(Command& command) override;
    bool ready() override;
    int wait_fd() const override;
    std::string problem() const override;
    std::optional<std::uint64_t> size() const override;
    /// Of a regular file; empty of a pipe, which cannot be looked over.
    std::optional<ListSummary> const& summary() const noexcept;
    /// The path, or "standard input".
    std::string const& name() const noexcept;

private:
    class State;
    std::unique_ptr<State> state_;
};

} // namespace starmap::farm
