#include "simulation/cluster.hpp"
#include "support/skewed.hpp"

#include <doctest/doctest.h>

using simulation::Cluster;
using simulation::for_clusters;

TEST_CASE("with 0 to 8 workers, retries, windows and any order of messages the bits are the same")
{
    for_clusters(2, [](Cluster& cluster) {
        skewed::check_all_ways(
            cluster.session(), 4'500,
            [](auto const& found, auto const& expected) { CHECK(found == expected); });
    });
}
