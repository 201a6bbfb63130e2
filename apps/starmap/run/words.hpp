#pragma once

#include <cstddef>
#include <cstdint>
#include <limits>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace starmap::farm {

/// Splits a command line into words by the quoting of a POSIX shell, part after part: single
/// quotes, double quotes, backslashes, and a comment from an unquoted # that begins a word. Nothing
/// is expanded: `$`, `*`, `|`, `>` and the like are characters as any other.
class WordScanner {
public:
    static constexpr std::size_t nowhere = std::numeric_limits<std::size_t>::max();

    /// Goes on with the next part of the line, as if nothing were between the parts.
    void feed(std::string_view part);
    /// Ends the line. Throws UsageError, whose text does not say which line it was, where a quote
    /// is open or a backslash is the last character.
    void finish();

    /// True behind an unquoted backslash, or one in double quotes: it takes the next character.
    bool in_escape() const noexcept
    {
        return state_ == State::escape || state_ == State::double_escape;
    }
    bool in_single_quotes() const noexcept { return state_ == State::single_quotes; }
    bool in_comment() const noexcept { return state_ == State::comment; }
    /// Where the # of the comment is in all that was fed, or nowhere.
    std::size_t comment() const noexcept { return comment_; }
    /// Where, in all that was fed, the last word ended (behind its last character); 0 without one.
    std::size_t end_of_words() const noexcept { return end_; }
    /// After finish().
    std::vector<std::string> const& words() const noexcept { return words_; }
    std::vector<std::string>& words() noexcept { return words_; }

private:
    enum class State : std::uint8_t {
        between,
        word,
        escape,
        single_quotes,
        double_quotes,
        double_escape,
        comment
    };
    void between(char next);
    void inside(char next);
    void quoted(char next);

    State state_ = State::between;
    std::size_t position_ = 0;
    std::size_t opened_ = 0; ///< where the quote that is open began
    std::size_t end_ = 0;
    std::size_t comment_ = nowhere;
    std::string word_;
    std::vector<std::string> words_;
};

/// The words of a whole line, without its comment. Throws UsageError as WordScanner::finish().
std::vector<std::string> split_words(std::string_view text);

/// A word so that split_words() and any POSIX shell give it back: as it is where that is safe, else
/// in single quotes.
std::string quote(std::string_view word);
/// Words with a blank between each two: split_words(quote(words)) == words.
std::string quote(std::span<std::string const> words);

/// True for NAME=value with a name that a shell's variable may have.
bool is_assignment(std::string_view word) noexcept;
/// How many words at the beginning are NAME=value: they are for the environment of the command,
/// as in `OMP_NUM_THREADS=4 ./sim`.
std::size_t leading_assignments(std::span<std::string const> words) noexcept;

/// The first thing in a line that only a shell would understand: one of | > < & ; ` $( $NAME ${
/// that is not quoted, or one of the last four in double quotes; empty where there is none. A
/// reason to warn, not to refuse: a program may want an & as it stands. A part of `text`.
std::string_view needs_shell(std::string_view text) noexcept;

} // namespace starmap::farm
