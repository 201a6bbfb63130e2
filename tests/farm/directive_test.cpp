#include "run/directive.hpp"
#include "run/directive_values.hpp"

#include <starmap/error.hpp>

#include <doctest/doctest.h>

#include <cmath>
#include <random>
#include <string>

using namespace starmap::farm;

namespace {

std::string problem_of(std::string const& text)
{
    try {
        read_directive(text);
    } catch (starmap::UsageError const& error) {
        return error.what();
    }
    return {};
}

Command command_of(std::string const& text)
{
    Command command;
    read_directive(text).directive.apply_to(command);
    return command;
}

} // namespace

TEST_CASE("a directive tells a command what it names, and nothing else")
{
    auto const command =
        command_of("weight=3 key=gpu timeout=10m retries=2 name='a b' mem=4G cores=4 # why");
    CHECK(command.weight == 3);
    CHECK(command.key == "gpu");
    CHECK(command.timeout == 600);
    CHECK(command.retries == 2);
    CHECK(command.name == "a b");
    CHECK(command.memory == 4ULL << 30);
    CHECK(command.cores == 4);
    Command before;
    before.weight = 5;
    before.key = "k";
    read_directive("cores=2 key=").directive.apply_to(before);
    CHECK(before.weight == 5);
    CHECK(before.cores == 2);
    CHECK(before.key.empty());
}

TEST_CASE("times have units")
{
    CHECK(timeout_from("600") == 600);
    CHECK(timeout_from("90s") == 90);
    CHECK(timeout_from("10m") == 600);
    CHECK(timeout_from("1h30m") == 5400);
    CHECK(timeout_from("1d2h3m4.5s") == 86400 + 7200 + 180 + 4.5);
    CHECK(timeout_from("1.5h") == 5400);
    CHECK(timeout_from("0") == 0);
    CHECK(timeout_from("1m30") == 90);
    for (auto const* const bad : {"", "m", "-1", "1m1h", "1s1", "1m2m", "1x", "1e3", "400d", "nan",
                                  "inf", "1:30", " 1", "1 "})
        CHECK_THROWS_AS(timeout_from(bad), starmap::UsageError);
}

TEST_CASE("sizes have units")
{
    CHECK(memory_from("4G") == 4ULL << 30);
    CHECK(memory_from("4GiB") == 4ULL << 30);
    CHECK(memory_from("4GB") == 4ULL << 30);
    CHECK(memory_from("512M") == 512ULL << 20);
    CHECK(memory_from("1.5g") == 1536ULL << 20);
    CHECK(memory_from("2048k") == 2ULL << 20);
    CHECK(memory_from("1T") == 1ULL << 40);
    CHECK(memory_from("1048576") == 1ULL << 20);
    CHECK(memory_from("0") == 0);
    for (auto const* const bad :
         {"", "G", "4", "-4G", "4X", "4Gi", "4GiBs", "1K", "99999999T", "1e9", "4 G", "nan"})
        CHECK_THROWS_AS(memory_from(bad), starmap::UsageError);
}

TEST_CASE("each mistake in a directive is named")
{
    CHECK(problem_of("wieght=3") ==
          "the directive's name \"wieght\" is unknown (there are weight, key, timeout, retries, "
          "name, mem, cores): did you mean weight?");
    CHECK(problem_of("weight=-3") ==
          "the directive's \"weight=-3\" cannot be (it is below 0): write "
          "weight=3, a number from 0");
    CHECK(problem_of("weight=x").find("it does not begin with a number") != std::string::npos);
    CHECK(problem_of("weight=3x").find("it is not a number") != std::string::npos);
    CHECK(problem_of("weight=nan").find("it is no finite number") != std::string::npos);
    CHECK(problem_of("weight=1e999").find("too large") != std::string::npos);
    CHECK(problem_of("weight=").find("\"weight=\" cannot be") != std::string::npos);
    CHECK(problem_of("retries=101").find("not between 0 and 100") != std::string::npos);
    CHECK(problem_of("cores=0").find("not between 1 and 65535") != std::string::npos);
    CHECK(problem_of("cores=1.5").find("not a whole number") != std::string::npos);
    CHECK(problem_of("name=" + std::string(64, 'x')).find("more than 63 bytes") !=
          std::string::npos);
    CHECK(problem_of("key='a\tb'").find("control character") != std::string::npos);
    CHECK(problem_of("cores=2 cores=2").find("says cores= twice") != std::string::npos);
    CHECK(problem_of("weight 3").find("\"weight\" says nothing (it has no =)") !=
          std::string::npos);
    CHECK(problem_of("weight=3 default").find("\"default\" says nothing") != std::string::npos);
    CHECK(problem_of("name='x").find("single quote") != std::string::npos);
    CHECK(problem_of("=3").find("name \"\" is unknown") != std::string::npos);
    CHECK(problem_of("default weight=2").empty());
    CHECK(problem_of("").empty());
}

TEST_CASE("a comment that seems to be meant as a directive is not passed over")
{
    CHECK(is_directive("#STARMAP weight=3"));
    CHECK(is_directive("#STARMAP"));
    CHECK(is_directive("#STARMAP\tdefault"));
    CHECK(!is_directive("# a comment"));
    CHECK(!is_directive("#STARMAPS are nice"));
    CHECK(!is_directive("# see #STARMAP in the docs"));
    CHECK(!is_directive("#"));
    CHECK_THROWS_AS(is_directive("#starmap weight=3"), starmap::UsageError);
    CHECK_THROWS_AS(is_directive("# heavy #STARMAP weight=3"), starmap::UsageError);
}

TEST_CASE("a directive can be written, and read as the same")
{
    auto const seed = 11;
    CAPTURE(seed);
    std::mt19937_64 random(seed);
    auto const coin = [&] { return random() % 2 == 0; };
    auto const text = [&] {
        std::string const letters = "ab '\"\\#=\xc3\xa4";
        std::string made(random() % 6, ' ');
        for (auto& each : made) each = letters[random() % letters.size()];
        return made;
    };
    for (int round = 0; round < 2000; ++round) {
        Directive directive;
        if (coin()) directive.weight = std::ldexp(static_cast<double>(random()), round % 200 - 150);
        if (coin())
            directive.timeout = static_cast<double>(random() % 30000000) * (coin() ? 1 : 1e-7);
        if (coin()) directive.key = text();
        if (coin()) directive.name = text();
        if (coin()) directive.memory = coin() ? 0 : (1ULL << 20) + random() % (1ULL << 50);
        if (coin()) directive.retries = static_cast<std::uint16_t>(random() % 101);
        if (coin()) directive.cores = static_cast<std::uint16_t>(1 + random() % 65535);
        auto const written = text_of(directive);
        CAPTURE(written);
        auto const again = read_directive(written).directive;
        REQUIRE(again.weight == directive.weight);
        REQUIRE(again.timeout == directive.timeout);
        REQUIRE(again.key == directive.key);
        REQUIRE(again.name == directive.name);
        REQUIRE(again.memory == directive.memory);
        REQUIRE(again.retries == directive.retries);
        REQUIRE(again.cores == directive.cores);
    }
    CHECK(text_of({}).empty());
    CHECK(text_of(read_directive("timeout=1000000 mem=4G").directive) == "timeout=1000000 mem=4G");
}
