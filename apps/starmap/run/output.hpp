#pragma once

#include "run/running.hpp"

#include <array>
#include <cstddef>
#include <cstdint>
#include <string>

namespace starmap::farm {

/// Where a command's stdin, stdout and stderr go, and what came of them.
class CommandOutput {
public:
    /// Opens what there is to open. Throws IoError, with a sentence of why.
    CommandOutput(Running const& how, std::uint64_t task_no);
    CommandOutput(CommandOutput const&) = delete;
    CommandOutput& operator=(CommandOutput const&) = delete;
    ~CommandOutput();

    int in() const noexcept { return nothing_; }
    int out() const noexcept { return for_command_[0] >= 0 ? for_command_[0] : nothing_; }
    int err() const noexcept { return for_command_[1] >= 0 ? for_command_[1] : nothing_; }
    /// Once the command has started, or could not be: its ends of pipes are closed here.
    void command_has_them();

    /// This side's ends of pipes; -1 where there is none, or none any more.
    std::array<int, 2> const& pipes() const noexcept { return pipes_; }
    /// Takes in what is in a pipe, without waiting.
    void read(std::size_t pipe);
    /// When the command is over: takes in what is there by now. Whoever else has the other end may
    /// go on writing for ever.
    void finish();

    std::string& kept_out() noexcept { return kept_[0]; }
    std::string& kept_err() noexcept { return kept_[1]; }
    std::uint64_t cut() const noexcept { return cut_; }
    /// The end of stderr, made printable; after finish().
    std::string last_words() const;

private:
    void open_files(Running const& how, std::uint64_t task_no);
    void open_pipe(std::size_t which);
    void close_all() noexcept;
    /// At most so many bytes. False at the end of the pipe, and where there is nothing now.
    bool take(std::size_t pipe, std::size_t most);

    Output where_;
    std::uint64_t most_;
    int nothing_ = -1; ///< /dev/null
    std::array<int, 2> for_command_{-1, -1};
    std::array<int, 2> pipes_{-1, -1};
    std::array<std::string, 2> kept_;
    std::string err_end_;
    std::string err_file_;
    std::uint64_t cut_ = 0;
};

} // namespace starmap::farm
