#include "benchmarks.hpp"
#include "raw_reduction.hpp"
#include "runner.hpp"

#include <starmap/starmap.hpp>

#include <ranges>

namespace bench {

namespace {

constexpr int many_items = 1'000'000;

} // namespace

void compare_reduction(Runner const& runner)
{
    // Raw workers count for themselves, Starmap's are sent the numbers: a farm has no equal shares.
    runner.compare(
        {.what = "sum of 8 powers", .unit = "items/s", .amount = many_items},
        [] { return raw::reduce<raw::powers_of>(many_items); },
        [](starmap::Session& session) {
            session.map(starmap::fn<raw::powers_of>, std::views::iota(0, many_items)).reduce();
        });
    runner.compare(
        {.what = "sum of 8 waves", .unit = "items/s", .amount = many_items},
        [] { return raw::reduce<raw::waves_of>(many_items); },
        [](starmap::Session& session) {
            session.map(starmap::fn<raw::waves_of>, std::views::iota(0, many_items)).reduce();
        });
}

} // namespace bench
