#include "runner.hpp"

#include <chrono>
#include <utility>

namespace bench {

double seconds_of(std::function<void()> const& work)
{
    auto const start = std::chrono::steady_clock::now();
    work();
    return std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
}

starmap::Settings Runner::quiet()
{
    starmap::Settings settings;
    settings.task_info = "none";
    settings.log = "warning";
    settings.progress = "none";
    return settings;
}

double Runner::session(std::function<void(starmap::Session&)> const& work,
                       starmap::Settings const& settings) const
{
    double seconds = 0;
    auto count = argc;
    auto const code = starmap::run(settings, count, argv, [&](starmap::Session& session) {
        seconds = seconds_of([&] { work(session); });
    });
    if (code != 0) throw SessionFailed{code};
    return seconds;
}

void Runner::compare(Comparison comparison, std::function<double()> const& raw,
                     std::function<void(starmap::Session&)> const& ours,
                     starmap::Settings const& settings) const
{
    for (int round = -1; round < rounds; ++round) {
        auto const raw_seconds = raw();
        auto const our_seconds = session(ours, settings);
        if (round < 0) continue; // the first warms up
        comparison.raw.push_back(raw_seconds);
        comparison.starmap.push_back(our_seconds);
    }
    if (rank == 0) print(comparison);
}

} // namespace bench
