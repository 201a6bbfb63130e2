#include "run/words.hpp"

#include <starmap/error.hpp>

#include <doctest/doctest.h>

#include <random>
#include <string>
#include <vector>

#include <sys/wait.h>
#include <unistd.h>

using namespace starmap::farm;
using Words = std::vector<std::string>;

namespace {

std::string problem_of(std::string const& text)
{
    try {
        split_words(text);
    } catch (starmap::UsageError const& error) {
        return error.what();
    }
    return {};
}

std::string random_word(std::mt19937_64& random)
{
    static std::string const letters = "ab=1#'\"\\ \t$`|*~\n\r{\xc3\xa4";
    std::string word(random() % 6, ' ');
    for (auto& each : word) each = letters[random() % letters.size()];
    return word;
}

/// What /bin/sh makes of it, as a judge who is not of the house.
Words words_of_shell(std::string const& line)
{
    int ends[2];
    REQUIRE(::pipe(ends) == 0);
    auto const child = ::fork();
    if (child == 0) {
        ::dup2(ends[1], STDOUT_FILENO);
        ::close(ends[0]);
        auto const script = "printf '%s\\0' " + line;
        ::execl("/bin/sh", "sh", "-c", script.c_str(), nullptr);
        ::_exit(127);
    }
    ::close(ends[1]);
    std::string all;
    char part[4096];
    for (ssize_t got = 0; (got = ::read(ends[0], part, sizeof part)) > 0;)
        all.append(part, static_cast<std::size_t>(got));
    ::close(ends[0]);
    int status = 0;
    ::waitpid(child, &status, 0);
    CHECK(status == 0);
    Words words;
    for (std::size_t at = 0; at < all.size(); at = all.find('\0', at) + 1)
        words.push_back(all.substr(at, all.find('\0', at) - at));
    return words;
}

} // namespace

TEST_CASE("words are split as a shell splits them")
{
    CHECK(split_words("./sim  --a 1\t x ") == Words{"./sim", "--a", "1", "x"});
    CHECK(split_words("").empty());
    CHECK(split_words(" \t").empty());
    CHECK(split_words("'a b' \"c d\" e\\ f") == Words{"a b", "c d", "e f"});
    CHECK(split_words("a'b'\"c\"d") == Words{"abcd"});
    CHECK(split_words("'' x \"\"") == Words{"", "x", ""});
    CHECK(split_words(R"('a\b' "a\b\"\\\$\`" \a\')") == Words{"a\\b", "a\\b\"\\$`", "a'"});
    CHECK(split_words("$HOME *.c | > & ; $(x)") ==
          Words{"$HOME", "*.c", "|", ">", "&", ";", "$(x)"});
    CHECK(split_words("gr\xc3\xbc\xc3\x9f \xff") == Words{"gr\xc3\xbc\xc3\x9f", "\xff"});
}

TEST_CASE("an unquoted # that begins a word begins a comment")
{
    CHECK(split_words("a #b c") == Words{"a"});
    CHECK(split_words("a#b '#c' \\#d \"#e\"") == Words{"a#b", "#c", "#d", "#e"});
    CHECK(split_words("# 'an open quote in a comment is none").empty());
    WordScanner scanner;
    scanner.feed(" ab  #");
    scanner.feed("x y");
    scanner.finish();
    CHECK(scanner.comment() == 5);
    CHECK(scanner.end_of_words() == 3);
}

TEST_CASE("what is open at the end is named")
{
    CHECK(problem_of("echo 'abc") ==
          "the single quote at its character 6 has no end (in the word \"abc\"; a command is one "
          "line): close it, or write a backslash before a quote that is meant as it stands");
    CHECK(problem_of("a \"b'").find("double quote at its character 3 has no end") < 10);
    CHECK(problem_of("a \"b\\").find("double quote at its character 3 has no end") < 10);
    CHECK(problem_of("abc\\").find("a backslash is its last character") == 0);
}

TEST_CASE("quoting is undone by splitting, ours and that of the shell")
{
    auto const seed = 7;
    CAPTURE(seed);
    std::mt19937_64 random(seed);
    std::string all_lines;
    Words all_words;
    for (int round = 0; round < 3000; ++round) {
        Words words(random() % 5);
        for (auto& word : words) word = random_word(random);
        auto const line = quote(words);
        CAPTURE(line);
        REQUIRE(split_words(line) == words);
        if (round % 10 != 0) continue;
        all_lines += " " + line;
        all_words.insert(all_words.end(), words.begin(), words.end());
    }
    CHECK(words_of_shell(all_lines) == all_words);
    CHECK(quote("plain-word_1,2:3/4.5+6@7%8=9") == "plain-word_1,2:3/4.5+6@7%8=9");
    CHECK(quote("") == "''");
    CHECK(quote("it's") == "'it'\\''s'");
}

TEST_CASE("any text is split as the shell splits it, or refused")
{
    auto const seed = 8;
    CAPTURE(seed);
    std::mt19937_64 random(seed);
    std::string const letters = "ab'\"\\ \t#=";
    std::string all_lines;
    Words all_words;
    for (int round = 0; round < 4000; ++round) {
        std::string line(random() % 10, ' ');
        for (auto& each : line) each = letters[random() % letters.size()];
        try {
            auto const words = split_words(line);
            WordScanner in_parts;
            for (auto const each : line) in_parts.feed({&each, 1});
            in_parts.finish();
            REQUIRE(in_parts.words() == words);
            if (in_parts.in_comment()) continue; // it would hide the lines behind it
            all_lines += " " + line;
            all_words.insert(all_words.end(), words.begin(), words.end());
        } catch (starmap::UsageError const&) {
        }
    }
    CHECK(all_words.size() > 1000);
    CHECK(words_of_shell(all_lines) == all_words);
}

TEST_CASE("assignments in front are counted")
{
    CHECK(leading_assignments(Words{"A=1", "_b2=", "./sim", "C=3"}) == 2);
    CHECK(leading_assignments(Words{"./sim=1"}) == 0);
    CHECK(leading_assignments(Words{"=1"}) == 0);
    CHECK(leading_assignments(Words{"1A=1"}) == 0);
    CHECK(leading_assignments(Words{"A"}) == 0);
    CHECK(leading_assignments(Words{}) == 0);
}

TEST_CASE("what only a shell would understand is found")
{
    CHECK(needs_shell("a | b") == "|");
    CHECK(needs_shell("a>b") == ">");
    CHECK(needs_shell("a 2>&1") == ">");
    CHECK(needs_shell("a <b") == "<");
    CHECK(needs_shell("a && b") == "&");
    CHECK(needs_shell("a; b") == ";");
    CHECK(needs_shell("a $(b)") == "$(");
    CHECK(needs_shell("a `b`") == "`");
    CHECK(needs_shell("a \"$(b)\"") == "$(");
    CHECK(needs_shell("a $HOME/x") == "$HOME");
    CHECK(needs_shell("a \"${x}\"") == "${");
    CHECK(needs_shell("a 'b | $(c) $d `' \"e | f\" \\| \\$g").empty());
    CHECK(needs_shell("a $ $1 $- x$").empty());
    CHECK(needs_shell("a # b | c").empty());
    CHECK(needs_shell("a#b | c") == "|");
    CHECK(needs_shell("").empty());
    CHECK(needs_shell("a\\").empty());
}
