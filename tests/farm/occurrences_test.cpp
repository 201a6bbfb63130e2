#include "run/occurrences.hpp"

#include <doctest/doctest.h>

#include <map>
#include <random>
#include <string>

using starmap::farm::Occurrences;

TEST_CASE("equal texts are counted as a map counts them")
{
    auto const seed = 3;
    CAPTURE(seed);
    std::mt19937_64 random(seed);
    std::map<std::string, std::uint64_t> expected;
    Occurrences occurrences;
    for (int round = 0; round < 50000; ++round) {
        auto const text = "./sim " + std::to_string(random() % 20000);
        REQUIRE(occurrences.count(text) == ++expected[text]);
    }
    CHECK(occurrences.distinct() == expected.size());
    CHECK(occurrences.count("") == 1);
    CHECK(occurrences.count("") == 2);
}

TEST_CASE("a million texts take less than 24 bytes each")
{
    Occurrences occurrences;
    for (int i = 0; i < 1'000'000; ++i) {
        REQUIRE(occurrences.count("./sim --index " + std::to_string(i)) == 1);
        if (i > 100000 && i % 1000 == 0) REQUIRE(occurrences.bytes() < 24ULL * (i + 1));
    }
    CHECK(occurrences.distinct() == 1'000'000);
}
