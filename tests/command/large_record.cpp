// Writes a record of so many tasks, as a run would: large_record FILE ROWS.
#include "report/task_info_writer.hpp"

#include <cmath>
#include <cstdlib>
#include <string>
#include <vector>

using namespace starmap;
using namespace starmap::report;

namespace {

constexpr std::uint32_t workers = 64;
constexpr std::uint64_t rows_at_once = 1024;

/// Every number follows from the task's own, so that a reader can be checked.
TaskRecord record_of(std::uint64_t i)
{
    TaskRecord record;
    record.task_no = i + 1;
    record.starmap = 1;
    record.items = 1;
    record.weight = 1 + static_cast<double>(i % 97);
    record.duration = 1e-3 * record.weight * (1 + 0.1 * std::sin(static_cast<double>(i)));
    record.cpu = record.duration;
    record.worker = static_cast<std::uint32_t>(i % workers);
    record.rank = static_cast<std::int32_t>(1 + i % workers);
    record.start = 0.05 * static_cast<double>(i / workers);
    record.received = 100;
    record.sent = 50;
    return record;
}

} // namespace

int main(int argc, char** argv)
{
    if (argc != 3) return 2;
    auto const rows = std::stoull(argv[2]);
    TaskInfoWriter writer(argv[1]);
    RunInfo run;
    run.command_line = "large_record";
    run.num_workers = workers;
    writer.run_started(run);
    for (std::uint32_t i = 0; i < workers; ++i) {
        WorkerInfo worker;
        worker.worker = i;
        worker.rank = static_cast<std::int32_t>(i + 1);
        worker.hostname = "node" + std::to_string(i / 16);
        worker.pid = 1 + i;
        writer.worker_changed(worker);
    }
    StarmapInfo starmap;
    starmap.starmap = 1;
    starmap.name = "large";
    starmap.policy = "each";
    writer.starmap_opened(starmap);
    std::vector<TaskRecord> records;
    for (std::uint64_t i = 0; i < rows;) {
        records.clear();
        for (; i < rows && records.size() < rows_at_once; ++i) records.push_back(record_of(i));
        writer.tasks_done(starmap, records, 0);
    }
    starmap.tasks = starmap.items = rows;
    starmap.end = 0.05 * static_cast<double>(rows / workers + 2);
    writer.starmap_closed(starmap);
    writer.run_ended(true);
    return writer.failure().empty() ? 0 : 1;
}
