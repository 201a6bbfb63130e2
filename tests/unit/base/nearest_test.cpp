#include "base/nearest.hpp"

#include <doctest/doctest.h>

#include <string>
#include <vector>

using starmap::base::nearest;

TEST_CASE("the candidate with the fewest edits is the nearest")
{
    std::vector<std::string> const names{"retries", "seed", "soft_mem", "hard_mem"};
    CHECK(nearest("retires", names) == "retries"); // one swap
    CHECK(nearest("sed", names) == "seed");        // one inserted
    CHECK(nearest("sseed", names) == "seed");      // one removed
    CHECK(nearest("soft-mem", names) == "soft_mem");
    CHECK(nearest("hart_mem", names) == "hard_mem");
    CHECK(nearest("seed", names) == "seed");
}

TEST_CASE("a swap of neighbours is one edit, so it beats two replacements")
{
    std::vector<std::string> const names{"axxd", "acbd"};
    CHECK(nearest("abcd", names) == "acbd");
}

TEST_CASE("of equally near ones the first is taken")
{
    std::vector<std::string> const names{"bar", "car"};
    CHECK(nearest("far", names) == "bar");
}

TEST_CASE("nothing is suggested where nothing is near")
{
    CHECK(nearest("checkpoint", std::vector<std::string>{"log", "seed"}).empty());
    CHECK(nearest("", std::vector<std::string>{"log"}).empty());
    CHECK(nearest("log", std::vector<std::string>{}).empty());
}
