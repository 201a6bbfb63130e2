#include <starmap/humansize.hpp>

#include <doctest/doctest.h>

#include <cstdint>
#include <limits>

using starmap::humansize;

TEST_CASE("bytes are told in the largest unit that leaves at least 1")
{
    CHECK(humansize(0) == "0 B");
    CHECK(humansize(100) == "100 B");
    CHECK(humansize(1023) == "1023 B");
    CHECK(humansize(1024) == "1 KB");
    CHECK(humansize(1025) == "1 KB");
    CHECK(humansize(1536) == "1.5 KB");
    CHECK(humansize(1234567) == "1.18 MB");
    CHECK(humansize(std::uint64_t{5} << 30) == "5 GB");
    CHECK(humansize(std::int64_t{3} << 40) == "3 TB");
    CHECK(humansize(std::int64_t{1} << 50) == "1 PB");
}

TEST_CASE("PB is the last unit")
{
    CHECK(humansize(std::int64_t{1} << 60) == "1024 PB");
    CHECK(humansize(std::numeric_limits<std::uint64_t>::max()) == "16384 PB");
}

TEST_CASE("fractions of a byte have two decimals at most")
{
    CHECK(humansize(2500.5) == "2.44 KB");
    CHECK(humansize(0.25) == "0.25 B");
    CHECK(humansize(0.001) == "0 B");
    CHECK(humansize(20.0F) == "20 B");
}

TEST_CASE("a negative number keeps its sign, unless it rounds to nothing")
{
    CHECK(humansize(-1) == "-1 B");
    CHECK(humansize(-1536) == "-1.5 KB");
    CHECK(humansize(std::numeric_limits<std::int64_t>::min()) == "-8192 PB");
    CHECK(humansize(-0.001) == "0 B");
}

TEST_CASE("the largest and the unmeasurable do not overflow")
{
    CHECK(humansize(std::numeric_limits<double>::infinity()) == "inf PB");
    CHECK(humansize(std::numeric_limits<double>::quiet_NaN()) == "nan B");
    CHECK(humansize(std::numeric_limits<double>::max()).size() == 294 + 3);
}
