#include "run/words.hpp"

#include "run/excerpt.hpp"

#include <starmap/error.hpp>

#include <algorithm>
#include <utility>

namespace starmap::farm {

namespace {

bool blank(char each) noexcept { return each == ' ' || each == '\t' || each == '\n'; }

bool letter(char each) noexcept
{
    return (each >= 'a' && each <= 'z') || (each >= 'A' && each <= 'Z') || each == '_';
}

bool digit(char each) noexcept { return each >= '0' && each <= '9'; }

bool safe(char each) noexcept
{
    return letter(each) || digit(each) ||
           std::string_view("@%+=:,./-").find(each) != std::string_view::npos;
}

/// What double quotes do not keep from a backslash.
bool escapable(char each) noexcept
{
    return each == '$' || each == '`' || each == '"' || each == '\\' || each == '\n';
}

/// How long what a shell would expand is that begins at `at`, 0 if it expands nothing.
std::size_t expansion(std::string_view text, std::size_t at) noexcept
{
    if (text[at] == '`') return 1;
    if (text[at] != '$' || at + 1 == text.size()) return 0;
    if (text[at + 1] == '(' || text[at + 1] == '{') return 2;
    auto end = at + 1;
    while (end < text.size() && (letter(text[end]) || (end > at + 1 && digit(text[end])))) ++end;
    return end == at + 1 ? 0 : end - at;
}

} // namespace

void WordScanner::between(char next)
{
    if (blank(next)) return;
    if (next == '#') {
        comment_ = position_;
        state_ = State::comment;
        return;
    }
    state_ = State::word;
    inside(next);
}

void WordScanner::inside(char next)
{
    if (blank(next)) {
        words_.push_back(std::move(word_));
        word_.clear();
        end_ = position_;
        state_ = State::between;
    } else if (next == '\\') {
        state_ = State::escape;
    } else if (next == '\'' || next == '"') {
        opened_ = position_;
        state_ = next == '"' ? State::double_quotes : State::single_quotes;
    } else {
        word_ += next;
    }
}

void WordScanner::quoted(char next)
{
    if (state_ == State::single_quotes && next == '\'') {
        state_ = State::word;
    } else if (state_ == State::double_quotes && (next == '"' || next == '\\')) {
        state_ = next == '"' ? State::word : State::double_escape;
    } else {
        word_ += next;
    }
}

void WordScanner::feed(std::string_view part)
{
    for (auto const next : part) {
        switch (state_) {
        case State::comment: break;
        case State::between: between(next); break;
        case State::word: inside(next); break;
        case State::single_quotes:
        case State::double_quotes: quoted(next); break;
        case State::escape:
            if (next != '\n') word_ += next;
            state_ = State::word;
            break;
        case State::double_escape:
            if (!escapable(next)) word_ += '\\';
            if (next != '\n') word_ += next;
            state_ = State::double_quotes;
            break;
        }
        ++position_;
    }
}

void WordScanner::finish()
{
    switch (state_) {
    case State::between:
    case State::comment: return;
    case State::word:
        words_.push_back(std::move(word_));
        word_.clear();
        end_ = position_;
        state_ = State::between;
        return;
    case State::escape:
        throw UsageError("a backslash is its last character (nothing follows that it could "
                         "quote): remove it, or write two for one");
    default:
        auto const kind = state_ == State::single_quotes ? "single" : "double";
        throw UsageError("the " + std::string(kind) + " quote at its character " +
                         std::to_string(opened_ + 1) + " has no end (in the word " +
                         excerpt(word_) +
                         "; a command is one line): close it, or write a "
                         "backslash before a quote that is meant as it stands");
    }
}

std::vector<std::string> split_words(std::string_view text)
{
    WordScanner scanner;
    scanner.feed(text);
    scanner.finish();
    return std::move(scanner.words());
}

std::string quote(std::string_view word)
{
    if (!word.empty() && std::ranges::all_of(word, safe)) return std::string(word);
    std::string quoted = "'";
    for (auto const each : word)
        if (each == '\'')
            quoted += "'\\''";
        else
            quoted += each;
    return quoted += '\'';
}

std::string quote(std::span<std::string const> words)
{
    std::string line;
    for (auto const& word : words) {
        if (!line.empty()) line += ' ';
        line += quote(word);
    }
    return line;
}

bool is_assignment(std::string_view word) noexcept
{
    auto const name = word.substr(0, word.find('='));
    return name.size() < word.size() && !name.empty() && !digit(name.front()) &&
           std::ranges::all_of(name, [](char each) { return letter(each) || digit(each); });
}

std::size_t leading_assignments(std::span<std::string const> words) noexcept
{
    auto const first = std::ranges::find_if_not(
        words, [](std::string const& word) { return is_assignment(word); });
    return static_cast<std::size_t>(first - words.begin());
}

std::string_view needs_shell(std::string_view text) noexcept
{
    bool in_single = false;
    bool in_double = false;
    bool word_begins = true;
    for (std::size_t at = 0; at < text.size(); ++at) {
        auto const each = text[at];
        auto const begins = std::exchange(word_begins, !in_double && blank(each));
        if (in_single) {
            in_single = each != '\'';
        } else if (each == '\\') {
            ++at;
        } else if (each == '"') {
            in_double = !in_double;
        } else if (auto const length = expansion(text, at); length > 0) {
            return text.substr(at, length);
        } else if (!in_double) {
            if (each == '#' && begins) return {};
            if (std::string_view("|><&;").find(each) != std::string_view::npos)
                return text.substr(at, 1);
            in_single = each == '\'';
        }
    }
    return {};
}

} // namespace starmap::farm
