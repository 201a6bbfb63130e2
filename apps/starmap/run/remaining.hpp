#pragma once

#include "run/command_source.hpp"
#include "run/journal_folder.hpp"

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace starmap::farm {

/// What a journal says of the commands of a source.
struct DoneBefore {
    std::uint64_t succeeded = 0;
    std::uint64_t failed = 0; ///< and are not to be run again

    std::uint64_t all() const noexcept { return succeeded + failed; }
};

/// The commands of a source that were not done in earlier runs, numbered by their place among all
/// of them.
class Remaining final : public CommandSource {
public:
    /// `ended` must outlive it. With `retry_failed` only what has succeeded counts as done.
    Remaining(std::unique_ptr<CommandSource> all, EndedCommands const& ended, bool retry_failed);

    /// Is told of each command that is left out because it has failed before.
    void tell_failed(std::function<void(Command const&)> tell) { tell_failed_ = std::move(tell); }

    bool next(Command& command) override;
    bool ready() override;
    int wait_fd() const override { return all_->wait_fd(); }
    std::string problem() const override { return all_->problem(); }
    std::optional<std::uint64_t> size() const override { return std::nullopt; }
    std::uint64_t window() const override { return all_->window(); }

    /// Of those that were read so far.
    DoneBefore const& done_before() const noexcept { return done_before_; }
    /// How many were read so far.
    std::uint64_t read() const noexcept { return read_; }
    /// Command::number of what next() gave as the index-th, from 0.
    std::uint64_t number(std::uint64_t index) const noexcept;
    /// All of them have been read.
    bool ended() const noexcept { return ended_; }

private:
    bool is_done(Command const& command);
    void take();

    std::unique_ptr<CommandSource> all_;
    EndedCommands const& ended_before_;
    bool retry_failed_;
    std::function<void(Command const&)> tell_failed_;
    DoneBefore done_before_;
    std::uint64_t read_ = 0;
    std::optional<Command> held_;
    bool ended_ = false;
    /// The number of each that was given, from the first one left out on; before, they are indices.
    std::vector<std::uint64_t> numbers_;
    std::uint64_t in_a_row_ = 0; ///< given before one was left out
};

} // namespace starmap::farm
