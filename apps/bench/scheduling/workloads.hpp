#pragma once

#include "scheduling/simulator.hpp"

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

/// Workloads that the literature on loop scheduling judges balance by, and what it compares with.
namespace bench::scheduling {

/// The workloads, by name; `mandelbrot` has 512 x 512 items, of the others there are any number.
enum class Kind : std::uint8_t { constant, exponential, gamma, lognormal, decreasing, mandelbrot };

inline constexpr Kind kinds[]{Kind::constant,  Kind::exponential, Kind::gamma,
                              Kind::lognormal, Kind::decreasing,  Kind::mandelbrot};

char const* to_string(Kind kind) noexcept;

/// Items in input order.
struct Items {
    std::vector<double> seconds;
    std::vector<double> weights;            ///< stated
    std::vector<std::uint32_t> groups = {}; ///< number of each item's key; empty: none has one
};

/// `count` items of 10 ms on average: all alike; exponential; gamma with k = 2; lognormal with
/// sigma 1.5; falling from 20 ms to 0; or as many as the Mandelbrot set has pixels, x -2..0.5,
/// y -1.25..1.25, 1000 iterations. The stated weight is the true one times a lognormal error of
/// sigma `wrong`; 0: exact.
Items make_items(Kind kind, std::size_t count, double wrong, std::uint64_t seed);

/// Gives the items two keys, drawn: of the second, which `share` of them get, a unit of weight
/// takes `ratio` times as long.
void give_two_keys(Items& items, double ratio, double share, std::uint64_t seed);

/// For the production scheduler under its default policy: in canonical order.
starmap::scheduling::SimulatedWork guided(Items const& items);

/// How other runtimes cut a loop. In facts of N items and P workers with R left: STATIC ceil(N/P);
/// SS 1; GSS ceil(R/P) (Polychronopoulos and Kuck 1987); TSS from ceil(N/2P) to 1 in equal steps
/// (Tzeng and Ni 1993); FAC2 batches of P chunks of ceil(R/2P) (Hummel et al. 1992); W5P at most
/// 1/(5P) of the stated weight, filled greedily.
enum class Rule : std::uint8_t { static_, ss, gss, tss, fac2, w5p };

inline constexpr Rule rules[]{Rule::static_, Rule::ss, Rule::gss, Rule::tss, Rule::fac2, Rule::w5p};

char const* to_string(Rule rule) noexcept;

/// The chunks of a rule, in input order: each goes to the next worker that asks.
std::vector<starmap::scheduling::Range> cut(Rule rule, Items const& items, std::size_t workers);

/// The loss of one workload under a rule; without prefetch, which these rules do not know.
starmap::scheduling::SimulatedRun
simulate_rule(Rule rule, Items const& items, starmap::scheduling::SimulatedMachine const& machine);

} // namespace bench::scheduling
