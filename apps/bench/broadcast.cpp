#include "benchmarks.hpp"
#include "report.hpp"
#include "runner.hpp"

#include <starmap/starmap.hpp>

#include <fmt/format.h>
#include <mpi.h>

#include <algorithm>
#include <chrono>
#include <functional>
#include <string>
#include <thread>
#include <vector>

namespace bench {

namespace {

constexpr std::size_t many_doubles = 32 * 1024 * 1024; // 256 MB

using Numbers = std::vector<double>;

/// The last element: proof that all has come. It lasts long enough for each worker to get one.
double last_of(int, Numbers const& numbers)
{
    std::this_thread::sleep_for(std::chrono::milliseconds(1));
    return numbers.back();
}
double last_of_array(int, starmap::NodeArray<double> const& numbers)
{
    std::this_thread::sleep_for(std::chrono::milliseconds(1));
    return numbers[numbers.size() - 1];
}

struct Broadcast {
    Runner const& runner;
    int rank = runner.rank;
    int size = runner.workers + 1;
    Numbers data = {}; ///< on rank 0

    /// Seconds until rank 0 has heard of all others that they have it, each in a vector of its own,
    /// as a program has that gets its data once.
    double raw(std::function<void(double*)> const& spread)
    {
        MPI_Barrier(MPI_COMM_WORLD);
        double sum = 0;
        auto const seconds = seconds_of([&] {
            if (rank == 0) {
                spread(data.data());
                for (int i = 1; i < size; ++i) {
                    double last = 0;
                    MPI_Recv(&last, 1, MPI_DOUBLE, MPI_ANY_SOURCE, 2, MPI_COMM_WORLD,
                             MPI_STATUS_IGNORE);
                    sum += last;
                }
            } else {
                Numbers own(many_doubles);
                spread(own.data());
                MPI_Send(&own.back(), 1, MPI_DOUBLE, 0, 2, MPI_COMM_WORLD);
            }
        });
        return sum < 0 ? 0 : seconds;
    }
    double flat_loop()
    {
        return raw([this](double* to) {
            if (rank != 0)
                MPI_Recv(to, many_doubles, MPI_DOUBLE, 0, 1, MPI_COMM_WORLD, MPI_STATUS_IGNORE);
            for (int i = 1; rank == 0 && i < size; ++i)
                MPI_Send(to, many_doubles, MPI_DOUBLE, i, 1, MPI_COMM_WORLD);
        });
    }
    double collective()
    {
        return raw([](double* to) { MPI_Bcast(to, many_doubles, MPI_DOUBLE, 0, MPI_COMM_WORLD); });
    }
    /// Seconds of a Starmap with a task for each worker.
    double session(bool node_array)
    {
        double seconds = 0;
        runner.session([&](starmap::Session& session) {
            std::vector<int> const items(static_cast<std::size_t>(size - 1));
            auto const concurrent = items.size();
            // As raw MPI has it: the data lie ready, those who take part are there.
            auto shared = starmap::shared(node_array ? Numbers() : std::move(data));
            starmap::NodeArray<double> const array(node_array ? data : Numbers());
            auto arrays = starmap::shared(array);
            session.map([](int i) { return i; }, items).wait();
            double sum = 0;
            seconds = seconds_of([&] {
                sum = node_array ? session
                                       .map(starmap::fn<last_of_array>, items, arrays,
                                            {.concurrent_tasks = concurrent})
                                       .reduce()
                                 : session
                                       .map(starmap::fn<last_of>, items, std::move(shared),
                                            {.concurrent_tasks = concurrent})
                                       .reduce();
            });
            if (sum < 0) seconds = 0;
        });
        if (rank == 0 && data.empty()) data.assign(many_doubles, 1.5);
        return seconds;
    }
};

} // namespace

void compare_broadcasts(Runner const& runner)
{
    auto const rounds = runner.rounds;
    Broadcast broadcast{.runner = runner};
    if (broadcast.rank == 0) broadcast.data.assign(many_doubles, 1.5);
    struct Way {
        std::string what;
        std::function<double()> run;
        std::vector<double> seconds = {};
    };
    std::vector<Way> ways{
        {"flat loop of MPI_Send", [&] { return broadcast.flat_loop(); }},
        {"MPI_Bcast", [&] { return broadcast.collective(); }},
        {"starmap, a vector", [&] { return broadcast.session(false); }},
        {"starmap, a NodeArray", [&] { return broadcast.session(true); }},
    };
    for (int round = -1; round < rounds; ++round)
        for (auto& way : ways) {
            auto const seconds = way.run();
            if (round >= 0) way.seconds.push_back(seconds); // the first warms up
        }
    if (broadcast.rank != 0) return;
    fmt::print("{} to {} worker(s), medians of {} rounds taken in turns\n",
               starmap::humansize(many_doubles * sizeof(double)), broadcast.size - 1, rounds);
    for (auto const& way : ways) {
        std::vector<double> ratios;
        for (std::size_t i = 0; i < way.seconds.size(); ++i)
            ratios.push_back(ways.front().seconds[i] / way.seconds[i]);
        auto const [lowest, highest] = std::minmax_element(ratios.begin(), ratios.end());
        fmt::print("{:<34} {:>8.3f} s   flat loop's time / its {:>7.3f} ({:.3f} to {:.3f})\n",
                   way.what, median(way.seconds), median(ratios), *lowest, *highest);
    }
}

} // namespace bench
