#include "run/list_parser.hpp"

#include "run/line_reader.hpp"

#include <starmap/error.hpp>

#include <doctest/doctest.h>

#include <string>
#include <vector>

using namespace starmap::farm;
using Lines = std::vector<std::string>;

namespace {

std::vector<Command> parsed(ListParser parser, Lines const& lines)
{
    std::vector<Command> commands;
    Command command;
    for (auto const& line : lines)
        if (parser.add(line, command)) commands.push_back(command);
    parser.finish();
    return commands;
}

std::vector<Command> parsed(Lines const& lines) { return parsed(ListParser(), lines); }

/// "LINE: PROBLEM" of the first bad line.
std::string problem_of(Lines const& lines, bool shell = false)
{
    ListParser parser({}, shell);
    Command command;
    try {
        for (auto const& line : lines) parser.add(line, command);
        parser.finish();
    } catch (starmap::UsageError const& error) {
        return std::to_string(parser.line()) + ": " + error.what();
    }
    return {};
}

Lines texts(std::vector<Command> const& commands)
{
    Lines all;
    for (auto const& command : commands) all.push_back(command.text);
    return all;
}

} // namespace

TEST_CASE("a command is a line; comments and blank lines are none")
{
    auto const commands =
        parsed({"#!/usr/bin/env starmap", "", "  # x", "\t./a 1 ", " ", "./b # c"});
    CHECK(texts(commands) == Lines{"./a 1", "./b"});
    CHECK(commands[0].line == 4);
    CHECK(commands[1].line == 6);
    CHECK(commands[0].weight == 1);
    CHECK(texts(parsed({"echo a\\ "})) == Lines{"echo a\\ "}); // the blank is quoted
    CHECK(parsed({}).empty());
}

TEST_CASE("a backslash at the end joins lines as in a shell")
{
    auto const commands = parsed({"./a \\", "  1\\", "2", "./b"});
    CHECK(texts(commands) == Lines{"./a   12", "./b"});
    CHECK(commands[0].line == 1);
    CHECK(commands[1].line == 4);
    CHECK(texts(parsed({"echo a\\\\", "b"})) == Lines{"echo a\\\\", "b"}); // quoted itself
    CHECK(texts(parsed({"echo \"a\\", "b\""})) == Lines{"echo \"ab\""});
    CHECK(texts(parsed({"# a comment does not go on \\", "b"})) == Lines{"b"});
    CHECK(texts(parsed({"a # nor does this one \\", "b"})) == Lines{"a", "b"});
    CHECK(texts(parsed({"a \\", "", "b"})) == Lines{"a", "b"});
    CHECK(problem_of({"echo 'a\\", "b'"}).find("1: the single quote") == 0);
    CHECK(problem_of({"x", "a \\"}).find("2: the line \"a \" goes on after the end") == 0);
}

TEST_CASE("a directive behind a command is for it alone")
{
    auto const commands = parsed({"./a #STARMAP weight=3 cores=2", "./b"});
    CHECK(texts(commands) == Lines{"./a", "./b"});
    CHECK(commands[0].weight == 3);
    CHECK(commands[0].cores == 2);
    CHECK(commands[1].weight == 1);
    CHECK(texts(parsed({"./a '#STARMAP weight=3'"})) == Lines{"./a '#STARMAP weight=3'"});
    CHECK(parsed({"./a \\", " #STARMAP weight=4"})[0].weight == 4);
}

TEST_CASE("a directive in front is for the next command alone, and adds up")
{
    auto const commands = parsed(
        {"#STARMAP weight=3", "", "# why", " #STARMAP key=k", "./a #STARMAP cores=2", "./b"});
    CHECK(commands[0].weight == 3);
    CHECK(commands[0].key == "k");
    CHECK(commands[0].cores == 2);
    CHECK(commands[1].weight == 1);
    CHECK(commands[1].key.empty());
    CHECK(problem_of({"#STARMAP weight=3", "./a #STARMAP weight=3"}).find("weight= twice") !=
          std::string::npos);
    CHECK(problem_of({"a", "#STARMAP weight=3", ""}).find("2: the directive has no command") == 0);
}

TEST_CASE("a default is for all that follow, less than a directive and more than the farm's")
{
    Directive given;
    given.retries = 5;
    given.timeout = 7;
    auto const commands = parsed(
        ListParser(given), {"a", "#STARMAP default weight=2 timeout=60", "b", "c #STARMAP weight=9",
                            "#STARMAP default key=k timeout=0", "d", "#STARMAP default", "e"});
    REQUIRE(commands.size() == 5);
    CHECK(commands[0].timeout == 7);
    CHECK(commands[1].weight == 2);
    CHECK(commands[1].timeout == 60);
    CHECK(commands[2].weight == 9);
    CHECK(commands[2].timeout == 60);
    CHECK(commands[3].weight == 2);
    CHECK(commands[3].key == "k");
    CHECK(commands[3].timeout == 0);
    CHECK(commands[4].weight == 1);
    CHECK(commands[4].timeout == 7);
    for (auto const& command : commands) CHECK(command.retries == 5);
    CHECK(problem_of({"a #STARMAP default weight=2"}).find("cannot stand behind a command") !=
          std::string::npos);
    CHECK(problem_of({"#STARMAP weight=2", "#STARMAP default weight=1", "a"})
              .find("2: the directive in line 1 has no command") == 0);
}

TEST_CASE("bad lines are refused, and what was said ahead of them is forgotten")
{
    ListParser parser;
    Command command;
    CHECK(!parser.add("#STARMAP weight=3", command));
    CHECK_THROWS_AS(parser.add("echo 'x", command), starmap::UsageError);
    CHECK(parser.line() == 2);
    CHECK(parser.add("b", command));
    CHECK(command.weight == 1);
    CHECK(command.line == 3);
    parser.finish();
    CHECK(problem_of({"A=1 B=2"}).find("has no command (it only sets variables)") !=
          std::string::npos);
    CHECK(problem_of({"a", "", "b #STARMAP wieght=3"}).find("3: the directive's name \"wieght\"") ==
          0);
}

TEST_CASE("a command of many lines has a limit too")
{
    std::string const part(600000, 'x');
    CHECK(problem_of({part + "\\", part}).find("1: the command \"xxx") == 0);
    CHECK(texts(parsed({part, part})).size() == 2);
}

TEST_CASE("the text for a shell is taken as it is, but for a directive")
{
    auto const shell = [](Lines const& lines) { return parsed(ListParser({}, true), lines); };
    CHECK(texts(shell({" a | b > c "})) == Lines{"a | b > c"});
    CHECK(shell({"a | b #STARMAP weight=3"})[0].weight == 3);
    CHECK(texts(shell({"a | b #STARMAP weight=3"})) == Lines{"a | b"});
    CHECK(texts(shell({"echo \"$(echo \"a #b\")\""})) == Lines{"echo \"$(echo \"a #b\")\""});
    CHECK(texts(shell({"echo \"$(echo '\"')\""})) == Lines{"echo \"$(echo '\"')\""});
    CHECK(texts(shell({"A=1"})) == Lines{"A=1"});
    CHECK(texts(shell({"# x", "", "b"})) == Lines{"b"});
}
