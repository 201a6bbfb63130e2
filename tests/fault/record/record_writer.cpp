// Writes a record of rows whose every value follows from the row's index (the checks in
// record_rows.py know the rule), and says on stdout how many rows are flushed.
//
// record_writer FILE ROWS BATCH SECONDS [caller]
//   ROWS 0: without end. SECONDS: between flushes. caller: without a thread of its own.
#include "report/task_info_writer.hpp"

#include <chrono>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <thread>
#include <unistd.h>
#include <vector>

namespace report = starmap::report;

namespace {

starmap::TaskRecord row(std::uint64_t i)
{
    auto const x = static_cast<double>(i);
    auto const n = static_cast<std::int64_t>(i);
    return {.task_no = i + 1,
            .weight = x * 0.1,
            .duration = 1 / (x + 1),
            .received = n * 3,
            .mem_gb = x / 7,
            .starmap = 1,
            .items = static_cast<std::uint32_t>(i % 1000 + 1),
            .start = x * 1e-3,
            .wait = x * 1e-9,
            .cpu = x * 0.7,
            .sent = n * 5,
            .unpack = x * 1e-6,
            .pack = x * 1e-5,
            .rank = static_cast<std::int32_t>(i % 4 + 1),
            .worker = static_cast<std::uint32_t>(i % 4),
            .attempt = static_cast<std::uint16_t>(i % 3 + 1),
            .status = static_cast<starmap::TaskStatus>(i % 6),
            .exit_code = -static_cast<std::int32_t>(i % 16)};
}

} // namespace

int main(int argc, char** argv)
{
    if (argc < 5) return 2;
    std::uint64_t const rows = std::strtoull(argv[2], nullptr, 10);
    std::uint64_t const batch = std::strtoull(argv[3], nullptr, 10);
    double const interval = std::strtod(argv[4], nullptr);
    bool const by_caller = argc > 5;

    report::TaskInfoWriter writer(
        argv[1], {.thread = by_caller ? report::RecordThread::caller : report::RecordThread::own,
                  .buffer_bytes = std::size_t{1} << 20U,
                  .interval = interval});
    writer.run_started({.command_line = "record_writer",
                        .start_time = "2026-01-02T03:04:05Z",
                        .mpi_library = "none",
                        .slurm_job_id = "",
                        .distribute = "no",
                        .num_workers = 4,
                        .seed = 42});
    for (std::uint32_t worker = 0; worker < 4; ++worker)
        writer.worker_changed({.worker = worker,
                               .rank = static_cast<std::int32_t>(worker) + 1,
                               .hostname = "host" + std::to_string(worker),
                               .pid = 100 + worker,
                               .cores = 1,
                               .first = NAN,
                               .last = NAN});
    report::StarmapInfo starmap;
    starmap.starmap = 1;
    starmap.name = "write";
    starmap.end = NAN;
    starmap.policy = "guided";
    writer.starmap_opened(starmap);

    std::uint64_t told = 0;
    std::vector<starmap::TaskRecord> records;
    for (std::uint64_t i = 0; (rows == 0 || i < rows) && writer.failure().empty();) {
        records.clear();
        for (std::uint64_t k = 0; k < batch && (rows == 0 || i < rows); ++k)
            records.push_back(row(i++));
        starmap.tasks = i;
        starmap.items = i;
        writer.tasks_done(starmap, records, static_cast<double>(i));
        starmap::OperationRecord const operation{
            .operation = "reading", .seconds = 0.5, .memory_mb = 2, .counts = 1, .task_no = i};
        writer.operations_done({&operation, 1});
        writer.tick(0);
        if (auto const flushed = writer.flushed_rows(); flushed != told) {
            auto const line = "flushed " + std::to_string(flushed) + "\n";
            if (::write(STDOUT_FILENO, line.data(), line.size()) < 0) return 3;
            told = flushed;
        }
        if (rows == 0) std::this_thread::sleep_for(std::chrono::microseconds(200));
    }
    starmap.end = 1;
    writer.starmap_closed(starmap);
    writer.run_ended(true);
    std::printf("flushed %llu\n", static_cast<unsigned long long>(writer.flushed_rows()));
    if (!writer.failure().empty()) std::printf("failure: %s\n", writer.failure().c_str());
    return 0;
}
