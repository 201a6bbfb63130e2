#include "run/remaining.hpp"

#include "run/journal.hpp"

#include <utility>

namespace starmap::farm {

Remaining::Remaining(std::unique_ptr<CommandSource> all, EndedCommands const& ended,
                     bool retry_failed)
    : all_(std::move(all)),
      ended_before_(ended),
      retry_failed_(retry_failed)
{
}

bool Remaining::is_done(Command const& command)
{
    if (ended_before_.size() == 0) return false;
    switch (ended_before_.state(id_of(command))) {
    case EndedCommands::State::succeeded: ++done_before_.succeeded; return true;
    case EndedCommands::State::failed:
        if (retry_failed_) return false;
        ++done_before_.failed;
        if (tell_failed_) tell_failed_(command);
        return true;
    case EndedCommands::State::unknown: break;
    }
    return false;
}

void Remaining::take()
{
    Command command;
    if (!all_->next(command)) {
        ended_ = true;
        return;
    }
    command.number = ++read_;
    if (!is_done(command)) held_ = std::move(command);
}

bool Remaining::ready()
{
    while (!held_ && !ended_) {
        if (!all_->ready()) return false;
        take();
    }
    return true;
}

bool Remaining::next(Command& command)
{
    while (!held_ && !ended_) take();
    if (!held_) return false;
    command = std::move(*held_);
    held_.reset();
    if (numbers_.empty() && command.number == in_a_row_ + 1)
        ++in_a_row_;
    else
        numbers_.push_back(command.number);
    return true;
}

std::uint64_t Remaining::number(std::uint64_t index) const noexcept
{
    return index < in_a_row_ ? index + 1 : numbers_[index - in_a_row_];
}

} // namespace starmap::farm
