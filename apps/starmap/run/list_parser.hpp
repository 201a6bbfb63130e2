#pragma once

#include "run/command.hpp"
#include "run/directive.hpp"
#include "run/words.hpp"

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace starmap::farm {

/// Makes commands of the lines of a list. A command is a line; a line that ends in an unquoted
/// backslash, or one in double quotes, goes on with the next one, as in a shell. What follows an
/// unquoted # that begins a word is a comment, and may be a directive (directive.hpp). Lines with
/// nothing else are left out.
class ListParser {
public:
    /// `defaults` holds for all commands, as far as the list says nothing else. With `shell` the
    /// text is for a shell, which may understand quotes in it that a scan of words does not: then
    /// it is taken as it is, with its comments, and only a directive is looked for.
    explicit ListParser(Directive defaults = {}, bool shell = false)
        : given_(std::move(defaults)),
          shell_(shell)
    {
    }

    /// Takes the next line, without its end. True where a command is complete with it: then
    /// `command` has all but its occurrence, and its name only where a directive gave one, and
    /// words() are its words. Throws UsageError, without the place of the line; one may go on with
    /// the next.
    bool add(std::string_view line, Command& command);
    /// The list ends here. Throws UsageError where something was to follow.
    void finish();

    /// Where the command that add() completed, or refused, began: the number of its line, from 1.
    std::uint64_t line() const noexcept { return begun_; }
    /// Of the command that add() completed; none where it is for a shell and cannot be split.
    std::vector<std::string> const& words() const noexcept { return scanner_.words(); }

private:
    void begin();
    bool goes_on(std::string_view line);
    bool complete(Command& command);
    bool scanned();
    void take_default(Directive const& directive);
    std::string_view command_text(bool whole) const;

    Directive given_;              ///< from the farm's command line
    Directive defaults_;           ///< from the list
    Directive ahead_;              ///< from lines before the command
    std::uint64_t ahead_line_ = 0; ///< of the first of these, 0: there is none
    WordScanner scanner_;
    std::string text_;
    std::uint64_t lines_ = 0;
    std::uint64_t begun_ = 0;
    bool open_ = false; ///< the command goes on
    bool shell_;
};

} // namespace starmap::farm
