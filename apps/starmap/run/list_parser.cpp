#include "run/list_parser.hpp"

#include "run/excerpt.hpp"
#include "run/line_reader.hpp"

#include <starmap/error.hpp>

#include <algorithm>
#include <utility>

namespace starmap::farm {

namespace {

std::string_view trimmed(std::string_view text)
{
    constexpr std::string_view blanks = " \t";
    auto const first = std::min(text.find_first_not_of(blanks), text.size());
    text.remove_prefix(first);
    return text.substr(0, text.find_last_not_of(blanks) + 1); // npos + 1 is 0
}

} // namespace

void ListParser::begin()
{
    begun_ = lines_;
    scanner_ = {};
    text_.clear();
}

/// Adds the line to the command; true where the next one belongs to it too.
bool ListParser::goes_on(std::string_view line)
{
    if (text_.size() + line.size() > most_line_bytes)
        throw UsageError("the command " + excerpt(text_) +
                         " is too long (its lines have more than 1 MiB together): put a part of it "
                         "into a file of its own");
    if (!line.ends_with('\\')) {
        scanner_.feed(line);
        text_ += line;
        return false;
    }
    auto const before = line.substr(0, line.size() - 1);
    scanner_.feed(before);
    text_ += before;
    if (!scanner_.in_escape() && !scanner_.in_single_quotes() && !scanner_.in_comment())
        return true;
    scanner_.feed("\\");
    text_ += '\\';
    return false;
}

bool ListParser::add(std::string_view line, Command& command)
{
    ++lines_;
    if (!std::exchange(open_, false)) begin();
    try {
        open_ = goes_on(line);
        return !open_ && complete(command);
    } catch (UsageError const&) {
        ahead_ = {};
        ahead_line_ = 0;
        throw;
    }
}

/// False where the text is for a shell and its quotes are beyond us.
bool ListParser::scanned()
{
    try {
        scanner_.finish();
        return true;
    } catch (UsageError const&) {
        if (!shell_) throw;
        scanner_.words().clear();
        return false;
    }
}

/// The text from its first character on. A scan of words may take for a comment what a shell does
/// not, so for one only a directive is taken away. Blanks at the end may belong to the last word.
std::string_view ListParser::command_text(bool whole) const
{
    std::string_view const text = text_;
    if (whole) return trimmed(text);
    auto const words = text.substr(0, scanner_.end_of_words());
    return words.substr(std::min(words.find_first_not_of(" \t"), words.size()));
}

bool ListParser::complete(Command& command)
{
    auto const known = scanned();
    auto const comment = known && scanner_.comment() != WordScanner::nowhere
                             ? std::string_view(text_).substr(scanner_.comment())
                             : std::string_view();
    auto const directed = is_directive(comment);
    auto const alone = known && scanner_.words().empty();
    if (alone && !directed) return false;
    Directive directive;
    if (directed) {
        auto read =
            read_directive(comment.substr(std::min(comment.find_first_of(" \t"), comment.size())));
        if (read.is_default && !alone)
            throw UsageError("the directive " + excerpt(comment) +
                             " cannot stand behind a command (a default is for all that follow): "
                             "give it a line of its own");
        if (read.is_default) {
            take_default(read.directive);
            return false;
        }
        directive = std::move(read.directive);
    }
    auto const first_line = ahead_line_ == 0 ? lines_ : ahead_line_;
    ahead_.add(directive);
    if (alone) {
        ahead_line_ = first_line;
        return false;
    }
    if (!shell_ && leading_assignments(scanner_.words()) == scanner_.words().size())
        throw UsageError("the line " + excerpt(text_) +
                         " has no command (it only sets variables): write the command behind them");
    command = {};
    command.text = command_text(shell_ && (!known || (!comment.empty() && !directed)));
    command.line = begun_;
    given_.apply_to(command);
    defaults_.apply_to(command);
    std::exchange(ahead_, {}).apply_to(command);
    ahead_line_ = 0;
    return true;
}

void ListParser::take_default(Directive const& directive)
{
    if (ahead_line_ != 0)
        throw UsageError("the directive in line " + std::to_string(ahead_line_) +
                         " has no command (a default comes next): put it in front of one");
    if (text_of(directive).empty())
        defaults_ = {};
    else
        defaults_.replace_by(directive);
}

void ListParser::finish()
{
    if (std::exchange(open_, false))
        throw UsageError("the line " + excerpt(text_) +
                         " goes on after the end (its last character is a backslash): complete the "
                         "list, or remove the backslash");
    if (ahead_line_ == 0) return;
    begun_ = std::exchange(ahead_line_, 0);
    ahead_ = {};
    throw UsageError("the directive has no command (nothing follows it): remove it, or begin it "
                     "with default if it is for all that might follow");
}

} // namespace starmap::farm
