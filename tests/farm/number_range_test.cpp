#include "run/number_range.hpp"

#include <starmap/error.hpp>

#include <doctest/doctest.h>

#include <random>
#include <string>

using starmap::farm::NumberRange;

namespace {

std::string all(std::string const& text)
{
    NumberRange const range(text);
    std::string joined;
    for (std::uint64_t i = 0; i < range.size(); ++i) joined += (i == 0 ? "" : " ") + range[i];
    return joined;
}

} // namespace

TEST_CASE("whole numbers go up and down")
{
    CHECK(all("1..5") == "1 2 3 4 5");
    CHECK(all("5..1") == "5 4 3 2 1");
    CHECK(all("1..10..3") == "1 4 7 10");
    CHECK(all("1..9..3") == "1 4 7");
    CHECK(all("10..1..3") == "10 7 4 1");
    CHECK(all("10..1..-3") == "10 7 4 1");
    CHECK(all("-1..1") == "-1 0 1");
    CHECK(all("3..3") == "3");
    CHECK(all("+1..+2") == "1 2");
    CHECK(all("1..2..5") == "1");
}

TEST_CASE("decimal numbers are exact and short")
{
    CHECK(all("0..1..0.1") == "0 0.1 0.2 0.3 0.4 0.5 0.6 0.7 0.8 0.9 1");
    CHECK(all("0.5..2") == "0.5 1.5");
    CHECK(all("1..0..0.25") == "1 0.75 0.5 0.25 0");
    CHECK(all("-0.1..0.1..0.1") == "-0.1 0 0.1");
    CHECK(all("1e-3..3e-3..1e-3") == "0.001 0.002 0.003");
    CHECK(all("1e3..3e3..1E+3") == "1000 2000 3000");
    CHECK(all("1.0..3.00") == "1 2 3");
    CHECK(all("0...5...25") == "0 0.25 0.5");
    CHECK(NumberRange("0..1..1e-17").size() == 100'000'000'000'000'001);
    CHECK(NumberRange("0..1..1e-17")[3] == "0.00000000000000003");
}

TEST_CASE("zeros in front are kept")
{
    CHECK(all("008..011") == "008 009 010 011");
    CHECK(all("1..010..3") == "001 004 007 010");
    CHECK(all("-05..05..5") == "-05 000 005");
    CHECK(all("0..2") == "0 1 2");
    CHECK(all("00.5..1.5") == "0.5 1.5");
}

TEST_CASE("long ranges are not stored, and have an end")
{
    NumberRange const range("-999999999999999999..999999999999999999");
    CHECK(range.size() == 1'999'999'999'999'999'999);
    CHECK(range[0] == "-999999999999999999");
    CHECK(range[range.size() - 1] == "999999999999999999");
}

TEST_CASE("what is no range is refused")
{
    for (auto const* const bad : {"",
                                  "1",
                                  "1..",
                                  "..1",
                                  "..",
                                  "1..x",
                                  "a..b",
                                  "1..5..0",
                                  "1..5..0.0",
                                  "1..2..3..4",
                                  "1-5",
                                  "1.. 5",
                                  "nan..1",
                                  "inf..1",
                                  "0x1..2",
                                  "1..9999999999999999999",
                                  "1e40..2",
                                  "1e17..1..0.01",
                                  "1e..2",
                                  "1..2..1e-99",
                                  "--1..2",
                                  "1.5.2..3",
                                  "1e99999999999..2"})
        CHECK_THROWS_AS(NumberRange{bad}, starmap::UsageError);
}

TEST_CASE("as many as fit between the ends, for any step")
{
    auto const seed = 5;
    CAPTURE(seed);
    std::mt19937_64 random(seed);
    for (int round = 0; round < 2000; ++round) {
        auto const first = static_cast<long>(random() % 2000) - 1000;
        auto const last = static_cast<long>(random() % 2000) - 1000;
        auto const step = static_cast<long>(random() % 50) + 1;
        auto const text =
            std::to_string(first) + ".." + std::to_string(last) + ".." + std::to_string(step);
        CAPTURE(text);
        NumberRange const range(text);
        std::uint64_t count = 0;
        for (auto at = first; first <= last ? at <= last : at >= last;
             at += first <= last ? step : -step)
            REQUIRE(range[count++] == std::to_string(at));
        REQUIRE(range.size() == count);
    }
}
