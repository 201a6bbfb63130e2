// Random nodes, widths, failures, deaths and losses: no node is ever asked for more than it has,
// each unit ends once, and each run ends.
#include "support/sanitized.hpp"
#include "unit/scheduling/cores_world.hpp"

#include <doctest/doctest.h>

#include <cstdint>

TEST_CASE("random nodes, widths and deaths: nodes are never overfull, each unit ends once")
{
    unsigned wide = 0;
    unsigned refused = 0;
    constexpr std::uint64_t runs = sanitized ? 500 : 3000;
    for (std::uint64_t seed = 1; seed <= runs; ++seed) {
        CAPTURE(seed);
        cores::World world(seed);
        world.run();
        wide += world.wide();
        refused += world.refused();
    }
    MESSAGE(wide << " units of several cores, " << refused << " refused after losses");
    CHECK(wide > runs);
    CHECK(refused > runs / 30);
}
