#include "run/command_template.hpp"

#include "run/words.hpp"

#include "support/scratch_directory.hpp"

#include <starmap/error.hpp>

#include <doctest/doctest.h>

#include <string>
#include <vector>

using namespace starmap::farm;
using Kind = Parameter::Kind;
using Words = std::vector<std::string>;

namespace {

std::vector<Command> made(std::vector<Parameter> const& parameters, Words const& words,
                          TemplateReading const& how = {})
{
    CommandTemplate source(parameters, words, how);
    std::vector<Command> commands;
    for (Command command; source.next(command);) commands.push_back(command);
    CHECK(source.problem() == "");
    CHECK(source.size() == commands.size());
    return commands;
}

Words texts(std::vector<Parameter> const& parameters, Words const& words,
            TemplateReading const& how = {})
{
    Words all;
    for (auto const& command : made(parameters, words, how)) all.push_back(command.text);
    return all;
}

std::string problem_of(std::vector<Parameter> const& parameters, Words const& words,
                       TemplateReading const& how = {})
{
    try {
        CommandTemplate const source(parameters, words, how);
    } catch (starmap::UsageError const& error) {
        return error.what();
    }
    return {};
}

Parameter range(std::string text) { return {Kind::range, std::move(text)}; }
Parameter set(std::string text) { return {Kind::set, std::move(text)}; }

} // namespace

TEST_CASE("a row of a table is a command")
{
    starmap::test::ScratchDirectory directory;
    Parameter const each{Kind::each, directory.with_file("p.csv", "alpha,name,unused\n"
                                                                  "0.1,a,x\n"
                                                                  "0.2,\"b, c\",y\n"
                                                                  "0.3,it's $HOME,z\n")};
    auto const commands = made({each}, {"./sim", "--alpha", "{alpha}", "--out={name}.dat"});
    REQUIRE(commands.size() == 3);
    CHECK(commands[0].text == "./sim --alpha 0.1 --out=a.dat");
    CHECK(commands[1].text == "./sim --alpha 0.2 '--out=b, c.dat'");
    CHECK(commands[2].text == "./sim --alpha 0.3 '--out=it'\\''s $HOME.dat'");
    CHECK(split_words(commands[2].text)[3] == "--out=it's $HOME.dat");
    CHECK(commands[0].name == "sim --alpha # --out=*");
    CHECK(commands[2].line == 3);
}

TEST_CASE("parameters multiply, the first varies slowest")
{
    CHECK(texts({range("i=1..2"), set("m=a,b,c")}, {"x", "{i}", "{m}"}) ==
          Words{"x 1 a", "x 1 b", "x 1 c", "x 2 a", "x 2 b", "x 2 c"});
    CHECK(texts({set("m=\"a,b\",c d,")}, {"x", "{m}"}) == Words{"x a,b", "x 'c d'", "x ''"});
    CHECK(texts({}, {"x"}) == Words{"x"});
    CHECK(texts({range("i=1..3")}, {"x"}) == Words{"x", "x", "x"});
}

TEST_CASE("an empty table makes no commands")
{
    starmap::test::ScratchDirectory directory;
    Parameter const each{Kind::each, directory.with_file("p.csv", "a\n")};
    CHECK(texts({range("i=1..2"), each}, {"x", "{a}"}).empty());
}

TEST_CASE("places are names, numbers, or the next one")
{
    std::vector<Parameter> const two{set("a=1"), set("b=2")};
    CHECK(texts(two, {"x", "{b}{a}", "{{a}}", "}}{{"}) == Words{"x 21 '{a}' '}{'"});
    CHECK(texts(two, {"x", "{}-{}"}) == Words{"x 1-2"});
    CHECK(texts(two, {"x", "{2}{1}{2}"}) == Words{"x 212"});
    CHECK(texts({set("a=1")}, {"cp", "{}", "{}.bak"}) == Words{"cp 1 1.bak"});
    CHECK(texts({set("a=5,6")}, {"x", "{n}:{a}"}) == Words{"x 1:5", "x 2:6"});
    CHECK(texts({set("n=5,6")}, {"x", "{n}"}) == Words{"x 5", "x 6"});
    CHECK(problem_of(two, {"x", "{}{}{}"}).find("more {} than parameters (there are 2)") !=
          std::string::npos);
    CHECK(problem_of(two, {"x", "{3}"}).find("\"3\"} is no parameter") != std::string::npos);
    CHECK(problem_of(two, {"x", "{0}"}).find("\"0\"} is no parameter") != std::string::npos);
}

TEST_CASE("a wrong template says what is wrong")
{
    CHECK(problem_of({set("alpha=1")}, {"x", "{aplha}"}) ==
          "the template's {\"aplha\"} is no parameter (there are {n}, \"alpha\"): did you mean "
          "{alpha}? A brace that is meant as it stands is written twice");
    CHECK(problem_of({set("a=1")}, {"awk", "{print $1}"}).find("{\"print $1\"} is no parameter") !=
          std::string::npos);
    CHECK(problem_of({}, {"x", "{task_no}"}).find("STARMAP_TASK_NO") != std::string::npos);
    CHECK(problem_of({}, {"x", "{a"}).find("the brace at \"{a\" of the template has no other") ==
          0);
    CHECK(problem_of({}, {"x", "a}"}).find("the brace at \"}\"") == 0);
    CHECK(problem_of({}, {"x", "{a{b}}"}).find("the brace at \"{a{b}}\"") == 0);
    CHECK(problem_of({}, {}).find("has no words") != std::string::npos);
    CHECK(problem_of({}, {"x", "a\nb"}).find("\"a?b\" cannot be part of a command") !=
          std::string::npos);
    CHECK(problem_of({range("i=1..2"), set("i=1")}, {"x"}).find("\"i\" is there twice") !=
          std::string::npos);
    CHECK(problem_of({range("i=1..x")}, {"x"}) ==
          "--range \"i=1..x\" cannot be (\"x\" is no number of at most 18 digits): write "
          "NAME=FIRST..LAST as in i=1..10, or with a step as in a=0..1..0.1");
    CHECK(problem_of({range("1..2")}, {"x"}).find("it has no =") != std::string::npos);
    CHECK(problem_of({set("=2")}, {"x"}).find("its name is empty") != std::string::npos);
    CHECK(problem_of({range("i=1..999999999999"), range("j=1..99999999")}, {"x"})
              .find("more than 9e18 combinations") != std::string::npos);
}

TEST_CASE("a directive is filled in as well, and looked into beforehand")
{
    starmap::test::ScratchDirectory directory;
    Parameter const each{Kind::each, directory.with_file("p.csv", "w,k\n2,a b\n3,c\n")};
    auto const commands =
        made({each}, {"x", "{w}"}, {{}, {"weight={w} cores=4", "key={k} name=run{n}"}, false});
    CHECK(commands[0].weight == 2);
    CHECK(commands[1].weight == 3);
    CHECK(commands[0].cores == 4);
    CHECK(commands[0].key == "a b");
    CHECK(commands[1].name == "run2");
    Parameter const bad{Kind::each, directory.with_file("q.csv", "w\n2\nx\n")};
    auto const problem = problem_of({bad}, {"x"}, {{}, {"weight={w}"}, false});
    CHECK(problem.find("row 2 of the template (") == 0);
    CHECK(problem.find("q.csv:3): the directive's \"weight=x\" cannot be") != std::string::npos);
    CHECK(problem_of({}, {"x"}, {{}, {"wieght=1"}, false}).find("did you mean weight?") !=
          std::string::npos);
    CHECK(problem_of({}, {"x"}, {{}, {"default weight=1"}, false}).find("cannot be a default") !=
          std::string::npos);
    Directive defaults;
    defaults.timeout = 9;
    CHECK(made({}, {"x"}, {defaults, {"weight=2"}, false})[0].timeout == 9);
}

TEST_CASE("equal commands are counted, and only where there may be some")
{
    auto const occurrences = [](std::vector<Parameter> const& parameters, Words const& words) {
        std::string all;
        for (auto const& command : made(parameters, words))
            all += std::to_string(command.occurrence);
        return all;
    };
    CHECK(occurrences({range("i=1..3")}, {"x"}) == "123");
    CHECK(occurrences({set("a=1,2,1")}, {"x", "{a}"}) == "112");
    CHECK(occurrences({set("a=1,11"), set("b=11,1")}, {"x", "{a}{b}"}) == "1112"); // 111 twice
    CHECK(occurrences({range("i=1..2"), set("a=1,2")}, {"x", "{a}"}) == "1122");
    CHECK(occurrences({range("i=1..2"), set("a=1,1")}, {"x", "{n}"}) == "1111");
    starmap::test::ScratchDirectory directory;
    Parameter const each{Kind::each, directory.with_file("p.csv", "a,b\n1,2\n1,3\n1,2\n")};
    CHECK(occurrences({each}, {"x", "{a}", "{b}"}) == "112");
    CHECK(occurrences({each}, {"x", "{a}"}) == "123");
}

TEST_CASE("a billion combinations are not stored")
{
    std::vector<Parameter> const parameters{range("i=1..1000"), range("j=1..1000"),
                                            range("k=1..1000")};
    CommandTemplate source(parameters, {"./sim", "{i}", "{j}", "{k}"});
    CHECK(source.size() == 1'000'000'000);
    Command command;
    for (int i = 0; i < 1001; ++i) REQUIRE(source.next(command));
    CHECK(command.text == "./sim 1 2 1");
    CHECK(command.line == 1001);
    CHECK(command.occurrence == 1);
}

TEST_CASE("for a shell the words stay as they are, and values are quoted")
{
    CHECK(texts({set("f=a b,c;d,e")}, {"sort {f} | head > {f}.top"}, {{}, {}, true}) ==
          Words{"sort 'a b' | head > 'a b'.top", "sort 'c;d' | head > 'c;d'.top",
                "sort e | head > e.top"});
    CHECK(texts({}, {"echo", "$HOME", "&&", "x"}, {{}, {}, true}) == Words{"echo $HOME && x"});
    CHECK(made({set("f=a b")}, {"sort {f} | head"}, {{}, {}, true})[0].name == "sort *");
}

TEST_CASE("a row that is no command is the end")
{
    CommandTemplate source(std::vector<Parameter>{set("a=x,A=1,y")}, {"{a}"});
    Command command;
    CHECK(source.next(command));
    CHECK(!source.next(command));
    CHECK(source.problem().find("row 2 of the template: the words \"A=1\" are no command") == 0);
    CHECK(!source.next(command));
}
