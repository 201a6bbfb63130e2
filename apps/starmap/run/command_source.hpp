#pragma once

#include "run/command.hpp"

#include <cstddef>
#include <cstdint>
#include <iterator>
#include <memory>
#include <optional>
#include <string>
#include <utility>

namespace starmap::farm {

/// Where the commands of a farm come from, one after the other: a list, a template, or one of them
/// less what is done already.
class CommandSource {
public:
    virtual ~CommandSource() = default;

    /// The next command; false at the end. Waits where it comes from a pipe that is silent. What
    /// goes wrong underway is the end too, and then problem() says what it was: thus what runs is
    /// brought to its end before the farm fails.
    virtual bool next(Command& command) = 0;
    /// True if next() would not wait: there is a command, or the end.
    virtual bool ready() { return true; }
    /// What to poll for POLLIN before ready() can become true; -1: it is true at any time.
    virtual int wait_fd() const { return -1; }
    /// Why it ended before its time, with the file's name and the line; empty: it did not.
    virtual std::string problem() const { return {}; }
    /// How many commands there are in all, where that is known.
    virtual std::optional<std::uint64_t> size() const { return std::nullopt; }
    /// How many commands are read at once at the most, of those that are there without waiting, to
    /// be put in order, heaviest first.
    virtual std::uint64_t window() const { return 65536; }

protected:
    CommandSource() = default;
    CommandSource(CommandSource const&) = default;
    CommandSource& operator=(CommandSource const&) = default;
};

/// The commands of a source as an input range. A command is only taken from the source when it is
/// looked at, or when the end is asked for: nobody waits for one that is not wanted yet.
class Commands {
    struct State {
        std::unique_ptr<CommandSource> source;
        Command command;
        bool held = false;
        bool ended = false;

        bool has_one()
        {
            if (!held && !ended) {
                command = {};
                held = source->next(command);
                ended = !held;
            }
            return held;
        }
    };

public:
    class Iterator {
    public:
        using iterator_concept = std::input_iterator_tag;
        using value_type = Command;
        using difference_type = std::ptrdiff_t;

        Iterator() = default;
        explicit Iterator(State& state) noexcept : state_(&state) {}
        /// Good until the next ++; may be moved from.
        Command& operator*() const
        {
            state_->has_one();
            return state_->command;
        }
        Iterator& operator++()
        {
            state_->has_one();
            state_->held = false;
            return *this;
        }
        void operator++(int) { ++*this; }
        bool operator==(std::default_sentinel_t) const { return !state_->has_one(); }

    private:
        State* state_ = nullptr;
    };

    explicit Commands(std::unique_ptr<CommandSource> source) : state_(std::make_unique<State>())
    {
        state_->source = std::move(source);
    }
    Iterator begin() noexcept { return Iterator(*state_); }
    std::default_sentinel_t end() const noexcept { return {}; }

    /// As of CommandSource; a command that is held counts.
    bool ready() { return state_->held || state_->ended || state_->source->ready(); }
    int wait_fd() const { return state_->source->wait_fd(); }
    std::uint64_t window() const { return state_->source->window(); }
    CommandSource const& source() const noexcept { return *state_->source; }

private:
    std::unique_ptr<State> state_;
};

} // namespace starmap::farm
