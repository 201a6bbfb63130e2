#include "benchmarks.hpp"
#include "raw_mpi.hpp"
#include "runner.hpp"

#include <starmap/starmap.hpp>

#include <fmt/format.h>
#include <unistd.h>

#include <filesystem>
#include <vector>

namespace bench {

namespace {

using raw::Task;

Task echo(Task task)
{
    task.x += 1;
    return task;
}

double square(double x) { return x * x; }

} // namespace

void compare_tasks(Runner const& runner)
{
    constexpr long tasks = 200'000;
    std::vector<Task> const input(tasks);
    auto const record = std::filesystem::temp_directory_path() /
                        fmt::format("bench-{}.h5", static_cast<long>(::getpid()));
    auto recorded = Runner::quiet();
    recorded.task_info = record.string();
    runner.compare(
        {.what = "empty starmap tasks, recorded", .unit = "tasks/s", .amount = tasks},
        [] { return raw::farm(tasks); },
        [&](starmap::Session& session) {
            session.starmap(starmap::fn<echo>, input).reduce([](Task a, Task b) {
                return Task{a.x + b.x, a.i + b.i};
            });
        },
        recorded);
    std::filesystem::remove(record);
    constexpr long items = 2'000'000;
    std::vector<double> const numbers(items, 1.0);
    runner.compare(
        {.what = "empty map items (raw: tasks)", .unit = "items/s", .amount = items},
        [] { return 10 * raw::farm(tasks); },
        [&](starmap::Session& session) { session.map(starmap::fn<square>, numbers).reduce(); });
}

} // namespace bench
