#include "run/command_list.hpp"

#include "support/scratch_directory.hpp"

#include <starmap/error.hpp>

#include <doctest/doctest.h>

#include <fstream>
#include <ranges>
#include <string>
#include <vector>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

using namespace starmap::farm;
static_assert(std::ranges::input_range<Commands>);

namespace {

std::vector<Command> all_of(CommandSource& source)
{
    std::vector<Command> commands;
    for (Command command; source.next(command);) commands.push_back(command);
    return commands;
}

std::string problem_of(std::string const& content)
{
    starmap::test::ScratchDirectory directory;
    try {
        CommandList const list(directory.with_file("list", content));
    } catch (starmap::UsageError const& error) {
        std::string text = error.what();
        auto const folder = (directory / "").string();
        for (std::size_t at = 0; (at = text.find(folder)) != std::string::npos;)
            text.erase(at, folder.size());
        return text;
    }
    return {};
}

} // namespace

TEST_CASE("a list gives its commands with line, occurrence and name")
{
    starmap::test::ScratchDirectory directory;
    CommandList list(directory.with_file(
        "list", "./sim 1\n./sim 1 # again\n\n./sim 2 #STARMAP name=two weight=5\n  ./sim 1\n"));
    auto const commands = all_of(list);
    REQUIRE(commands.size() == 4);
    CHECK(commands[0].text == "./sim 1");
    CHECK(commands[0].name == "sim #");
    CHECK(commands[0].occurrence == 1);
    CHECK(commands[1].occurrence == 2);
    CHECK(commands[2].occurrence == 1);
    CHECK(commands[2].name == "two");
    CHECK(commands[3].occurrence == 3);
    CHECK(commands[3].line == 5);
    CHECK(list.size() == 4);
    CHECK(list.wait_fd() == -1);
    CHECK(list.ready());
    CHECK(list.problem().empty());
    CHECK(list.window() == 65536);
    REQUIRE(list.summary());
    CHECK(list.summary()->weight == 8);
    CHECK(list.summary()->heaviest == 5);
    CHECK(list.summary()->shell_line == 0);
}

TEST_CASE("the first line that seems to be for a shell is known beforehand")
{
    starmap::test::ScratchDirectory directory;
    auto const path = directory.with_file("list", "a\nb > c\nd | e\n");
    CHECK(CommandList(path).summary()->shell_line == 2);
    CHECK(CommandList(path).summary()->shell_word == ">");
    CHECK(CommandList(path, {{}, true}).summary()->shell_line == 0);
}

TEST_CASE("a file is looked over before anything runs")
{
    CHECK(problem_of("a\nb 'c\nd #STARMAP wieght=1\ne\n") ==
          "list:2: the single quote at its character 3 has no end (in the word \"c\"; a command is "
          "one line): close it, or write a backslash before a quote that is meant as it stands\n"
          "list:3: the directive's name \"wieght\" is unknown (there are weight, key, timeout, "
          "retries, name, mem, cores): did you mean weight?");
    std::string many;
    for (int i = 0; i < 25; ++i) many += "x '\nok\n";
    auto const text = problem_of(many);
    CHECK(text.find("list:19: ") != std::string::npos);
    CHECK(text.find("list:21: ") == std::string::npos);
    CHECK(text.ends_with("\nlist: and 15 more such lines"));
    CHECK(problem_of(std::string("a '\nb\0c", 7)).find("list:2: the byte at offset 5 is NUL") !=
          std::string::npos);
    CHECK(problem_of("a\n#STARMAP weight=2\n").find("list:2: the directive has no command") == 0);
    CHECK(problem_of("").empty());
}

TEST_CASE("a range takes a command only when it is looked at")
{
    starmap::test::ScratchDirectory directory;
    auto const path = (directory / "fifo").string();
    REQUIRE(::mkfifo(path.c_str(), 0600) == 0);
    Commands commands(std::make_unique<CommandList>(path));
    CHECK(commands.window() == 65536);
    CHECK(commands.wait_fd() >= 0);
    CHECK(!commands.ready());
    auto const writer = ::open(path.c_str(), O_WRONLY);
    REQUIRE(writer >= 0);
    auto const write = [&](std::string const& text) {
        REQUIRE(::write(writer, text.data(), text.size()) == static_cast<ssize_t>(text.size()));
    };
    write("# a comment\n#STARMAP weight=2\n./a \\\n");
    CHECK(!commands.ready()); // no command is complete
    write("1\n./b");
    CHECK(commands.ready());
    auto at = commands.begin();
    CHECK((*at).text == "./a 1");
    CHECK((*at).weight == 2);
    CHECK((*at).line == 3);
    ++at; // does not wait for the next one
    CHECK(!commands.ready());
    write(" 2\n./c 'x\n./d\n");
    CHECK(commands.ready());
    CHECK((*at).text == "./b 2");
    ++at;
    CHECK(commands.ready()); // the end, as a line is bad
    CHECK(at == commands.end());
    CHECK(commands.source().problem().find("/fifo:6: the single quote") != std::string::npos);
    CHECK(commands.ready());
    ::close(writer);
}

TEST_CASE("a FIFO ends with its last writer")
{
    starmap::test::ScratchDirectory directory;
    auto const path = (directory / "fifo").string();
    REQUIRE(::mkfifo(path.c_str(), 0600) == 0);
    CommandList list(path);
    CHECK(!list.size());
    CHECK(!list.summary());
    auto const writer = ::open(path.c_str(), O_WRONLY);
    REQUIRE(::write(writer, "a\nb", 3) == 3);
    ::close(writer);
    CHECK(all_of(list).size() == 2);
    CHECK(list.problem().empty());
}

TEST_CASE("a list that is changed while it runs ends at what is bad in it")
{
    starmap::test::ScratchDirectory directory;
    auto const path = directory.with_file("list", "a\n");
    CommandList list(path);
    std::ofstream(path, std::ios::app) << "b\nc 'd\ne\n";
    CHECK(all_of(list).size() == 2);
    CHECK(list.problem().find("/list:3: the single quote") != std::string::npos);
}
