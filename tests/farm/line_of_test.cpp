#include "run/line_of.hpp"

#include "run/command_list.hpp"
#include "run/words.hpp"

#include "support/scratch_directory.hpp"

#include <doctest/doctest.h>

#include <random>
#include <string>
#include <vector>

using namespace starmap::farm;

namespace {

std::vector<Command> read(std::string const& content, ListReading const& how)
{
    starmap::test::ScratchDirectory directory;
    CommandList list(directory.with_file("list", content), how);
    std::vector<Command> commands;
    for (Command command; list.next(command);) commands.push_back(command);
    return commands;
}

std::string written(std::vector<Command> const& commands, Directive const& defaults)
{
    std::string lines;
    for (auto const& command : commands) lines += line_of(command, defaults);
    return lines;
}

void check_same(std::vector<Command> const& left, std::vector<Command> const& right)
{
    REQUIRE(left.size() == right.size());
    for (std::size_t i = 0; i < left.size(); ++i) {
        CAPTURE(left[i].text);
        CHECK(left[i].text == right[i].text);
        CHECK(left[i].name == right[i].name);
        CHECK(left[i].key == right[i].key);
        CHECK(left[i].occurrence == right[i].occurrence);
        CHECK(left[i].weight == right[i].weight);
        CHECK(left[i].timeout == right[i].timeout);
        CHECK(left[i].memory == right[i].memory);
        CHECK(left[i].retries == right[i].retries);
        CHECK(left[i].cores == right[i].cores);
    }
}

} // namespace

TEST_CASE("what was written is read as the same, with the farm's defaults and without")
{
    auto const* const list = "./sim 1\n"
                             "./sim 2 #STARMAP weight=0.1 name='a b' timeout=1h mem=1.5G\n"
                             "#STARMAP default retries=2 key=k timeout=60\n"
                             "./sim \\\n 3 #STARMAP timeout=0 key=\n"
                             "echo 'it''s # not' \"a\\\\b\"\\ \n"
                             "python3 fit.py --n=3 #STARMAP cores=4\n"
                             "./sim 1\n";
    Directive defaults;
    defaults.retries = 1;
    defaults.timeout = 30;
    for (auto const& how : {ListReading{}, ListReading{defaults, false}}) {
        auto const commands = read(list, how);
        CHECK(commands.size() == 6);
        check_same(read(written(commands, how.defaults), how), commands);
    }
    auto const plain = read(list, {});
    CHECK(line_of(plain[0]) == "./sim 1\n");
    CHECK(line_of(plain[1]) == "#STARMAP weight=0.1 timeout=3600 name='a b' mem=1536M\n./sim 2\n");
    CHECK(line_of(plain[2]) == "#STARMAP retries=2\n./sim  3\n");
}

TEST_CASE("so is what is for a shell")
{
    ListReading const how{{}, true};
    auto const commands = read("a | b # not a directive\n"
                               "for i in 1 2; do echo \"$(echo '\"')\"; done\n"
                               "c > 'd e' #STARMAP weight=2\n",
                               how);
    CHECK(commands.size() == 3);
    check_same(read(written(commands, {}), how), commands);
}

TEST_CASE("so are any words")
{
    auto const seed = 12;
    CAPTURE(seed);
    std::mt19937_64 random(seed);
    std::string const letters = "ab=1#'\"\\ \t$|\r{\xc3\xa4";
    std::string list;
    for (int i = 0; i < 2000; ++i) {
        std::vector<std::string> words(1 + random() % 4);
        for (auto& word : words) {
            word.resize(random() % 6);
            for (auto& each : word) each = letters[random() % letters.size()];
        }
        words.emplace_back("x");
        list += quote(words) + (random() % 3 == 0 ? " #STARMAP weight=3 key='#'\n" : "\n");
    }
    auto const commands = read(list, {});
    CHECK(commands.size() == 2000);
    check_same(read(written(commands, {}), {}), commands);
}
