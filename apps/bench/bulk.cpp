#include "benchmarks.hpp"
#include "raw_mpi.hpp"
#include "runner.hpp"

#include <starmap/starmap.hpp>

#include <fmt/format.h>

#include <cstddef>
#include <vector>

namespace bench {

namespace {

/// A result that lies ready, as it does in the raw program: what is measured is its way.
std::vector<double> const& ready(std::size_t doubles)
{
    static std::vector<double> data;
    data.resize(doubles, 1.0);
    return data;
}

std::vector<double> bulk(std::size_t doubles) { return ready(doubles); }

} // namespace

void compare_bulk(Runner const& runner)
{
    struct Case {
        int count;
        std::size_t bytes;
        char const* name;
    };
    for (auto const& [count, bytes, name] :
         {Case{400, 1'000'000, "1 MB"}, Case{10, 100'000'000, "100 MB"}})
        for (bool const fresh : {true, false}) {
            auto const results = count * runner.workers;
            std::vector<std::size_t> const sizes(static_cast<std::size_t>(results),
                                                 bytes / sizeof(double));
            runner.compare(
                {.what =
                     fmt::format("{} results ({})", name, fresh ? "made and kept" : "one buffer"),
                 .unit = "B/s",
                 .amount = static_cast<double>(bytes) * results},
                [&, n = count, b = bytes] { return raw::transfer(n, b, fresh); },
                [&](starmap::Session& session) {
                    double sum = 0;
                    for (auto const& result : session.starmap(starmap::fn<bulk>, sizes).results())
                        sum += result[result.size() / 2];
                });
        }
}

} // namespace bench
