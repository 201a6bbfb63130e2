#include "benchmarks.hpp"
#include "peak_memory.hpp"
#include "runner.hpp"

#include <starmap/starmap.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <cstdint>
#include <limits>
#include <ranges>
#include <stdexcept>
#include <vector>

namespace bench {

namespace {

std::int64_t repeat_number(std::int64_t number) { return number; }

void add_up(starmap::Session& session, std::int64_t length, bool as_map)
{
    auto const input = std::views::iota(std::int64_t{0}, length);
    auto const sum = as_map ? session.map(starmap::fn<repeat_number>, input).reduce()
                            : session.starmap(starmap::fn<repeat_number>, input).reduce();
    if (sum != length * (length - 1) / 2)
        throw std::logic_error("The sum is wrong: tasks are missing.");
}

} // namespace

void show_length(Runner const& runner)
{
    struct Figure {
        std::int64_t length;
        double ns;
        double peak; ///< above what it had before [MB]
    };
    for (bool const as_map : {false, true}) {
        std::vector<Figure> figures;
        for (std::int64_t const length : {1'000, 10'000, 100'000, 1'000'000, 10'000'000}) {
            // Few tasks are over before a clock has moved: they are done often.
            auto const times = std::max<std::int64_t>(1, 100'000 / length);
            Figure figure{
                .length = length, .ns = std::numeric_limits<double>::infinity(), .peak = 0};
            for (int round = 0; round < runner.rounds; ++round) {
                double seconds = 0;
                auto const use = memory_of([&] {
                    runner.session([&](starmap::Session& session) {
                        seconds = seconds_of([&] {
                            for (std::int64_t i = 0; i < times; ++i)
                                add_up(session, length, as_map);
                        });
                    });
                });
                // The shortest: whatever else runs here only adds.
                figure.ns =
                    std::min(figure.ns, 1e9 * seconds / static_cast<double>(length * times));
                figure.peak = std::max(figure.peak, use.peak - use.before);
            }
            figures.push_back(figure);
        }
        if (runner.rank != 0) continue;
        for (auto const& [length, ns, peak] : figures)
            fmt::print(
                "{:<8} {:>9} tasks: {:>7.1f} ns each ({:.2f} times that of 10000), peak RSS of "
                "rank 0 {:+.1f} MB\n",
                as_map ? "map" : "starmap", length, ns, ns / figures[1].ns, peak);
    }
}

} // namespace bench
