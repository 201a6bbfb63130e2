#include "base/deadline_text.hpp"

#include <starmap/error.hpp>

#include <doctest/doctest.h>

#include <string>

using starmap::base::deadline_from;

TEST_CASE("a deadline is a time in one of several forms")
{
    CHECK_FALSE(deadline_from("", 0));
    CHECK_FALSE(deadline_from("none", 0));
    CHECK(deadline_from("+90", 1000) == 1090);
    CHECK(deadline_from("1798137000", 5) == 1798137000);
    // date -d TIME +%s
    for (auto const* const same : {"2026-12-24T18:30:00Z", "2026-12-24T18:30Z",
                                   "2026-12-24T19:30:00+01:00", "2026-12-24T13:00:00-0530"})
        CHECK_MESSAGE(deadline_from(same, 0) == 1798137000, same);
    CHECK(deadline_from("2028-02-29T00:00:00Z", 0) == 1835395200);
    CHECK(deadline_from("2026-12-24T18:30:00", 0));
}

TEST_CASE("what is no time is refused")
{
    for (auto const* const text :
         {"tomorrow", "+", "+-5", "-5", "12:30", "2026-12-24", "2026-12-24 18:30",
          "2026-02-30T10:00", "2026-13-01T10:00", "2026-12-24T24:00", "2026-12-24T18:30:00X",
          "2026-12-24T18:30:00Z5", "+1e99", "12x", "nan", "+inf"})
        CHECK_THROWS_AS_MESSAGE(deadline_from(text, 0), starmap::UsageError, std::string(text));
}
