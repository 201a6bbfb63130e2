#include "report/task_info_writer.hpp"

#include "report/task_info_reader.hpp"
#include "support/scratch_directory.hpp"

#include <doctest/doctest.h>

#include <cmath>
#include <limits>
#include <random>

using namespace starmap;
using namespace starmap::report;
using test::ScratchDirectory;

namespace {

constexpr double unknown = std::numeric_limits<double>::quiet_NaN();

RunInfo some_run()
{
    return {.command_line = "./app --size 3",
            .start_time = "2026-01-02T03:04:05Z",
            .mpi_library = "Some MPI 1.2",
            .slurm_job_id = "77",
            .distribute = "mpi",
            .num_workers = 3,
            .seed = std::numeric_limits<std::uint64_t>::max()};
}

StarmapInfo open_starmap(std::uint32_t number, std::string name)
{
    StarmapInfo info;
    info.starmap = number;
    info.name = std::move(name);
    info.is_private = info.name.starts_with('_');
    info.start = 0.5;
    info.end = unknown;
    info.policy = "guided";
    return info;
}

TaskRecord random_record(std::mt19937_64& random)
{
    auto const real = [&] { return std::uniform_real_distribution(0.0, 1e6)(random); };
    auto const whole = [&](auto largest) {
        return std::uniform_int_distribution<decltype(largest)>(1, largest)(random);
    };
    return {.task_no = whole(std::numeric_limits<std::uint64_t>::max()),
            .weight = real(),
            .duration = real(),
            .received = whole(std::numeric_limits<std::int64_t>::max()),
            .mem_gb = real(),
            .starmap = 1,
            .items = whole(std::numeric_limits<std::uint32_t>::max()),
            .start = real(),
            .wait = real(),
            .cpu = real(),
            .sent = whole(std::numeric_limits<std::int64_t>::max()),
            .unpack = real(),
            .pack = real(),
            .rank = whole(std::numeric_limits<std::int32_t>::max()),
            .worker = whole(std::numeric_limits<std::uint32_t>::max()),
            .attempt = whole(std::numeric_limits<std::uint16_t>::max()),
            .status = static_cast<TaskStatus>(whole(6) - 1),
            .exit_code = -whole(64)};
}

bool equal(TaskRecord const& a, TaskRecord const& b)
{
    auto const all = [](TaskRecord const& r) {
        return std::tie(r.task_no, r.weight, r.duration, r.received, r.mem_gb, r.starmap, r.items,
                        r.start, r.wait, r.cpu, r.sent, r.unpack, r.pack, r.rank, r.worker,
                        r.attempt, r.status, r.exit_code);
    };
    return all(a) == all(b);
}

} // namespace

TEST_CASE("what is recorded is read back, by a thread of its own and by the caller")
{
    constexpr unsigned seed = 20;
    INFO("seed " << seed);
    for (auto thread : {RecordThread::own, RecordThread::caller}) {
        std::mt19937_64 random(seed);
        ScratchDirectory const directory;
        auto const path = (directory / "task_info.h5").string();
        std::vector<TaskRecord> records;
        {
            // A buffer of few rows: the calls have to wait for the file again and again.
            TaskInfoWriter writer(path,
                                  {.thread = thread, .buffer_bytes = 10000, .interval = 0.001});
            writer.run_started(some_run());
            WorkerInfo worker{.worker = 2,
                              .rank = 5,
                              .hostname = "node-1",
                              .pid = 4711,
                              .cores = 2,
                              .tasks = 0,
                              .busy = 0,
                              .first = unknown,
                              .last = unknown};
            writer.worker_changed(worker);
            auto starmap = open_starmap(1, "compute");
            writer.starmap_opened(starmap);
            for (int batch = 0; batch < 100; ++batch) {
                std::vector<TaskRecord> some;
                for (auto n = random() % 50; n > 0; --n) some.push_back(random_record(random));
                records.insert(records.end(), some.begin(), some.end());
                starmap.tasks = records.size();
                writer.tasks_done(starmap, some, 0);
            }
            std::vector<OperationRecord> const operations{{"reading/parsing", 1.5, -2, 3, 9}};
            writer.operations_done(operations);
            TaskFailure failure;
            failure.task_no = 9;
            failure.starmap = 1;
            failure.rank = 5;
            failure.attempt = 2;
            failure.first_item = 8;
            failure.type = "std::out_of_range";
            failure.text = "too far";
            writer.task_failed(failure);
            worker.tasks = 7;
            worker.busy = 2.5;
            worker.first = 1;
            worker.last = 4;
            writer.worker_changed(worker);
            starmap.end = 12;
            starmap.sent = 100;
            starmap.received = 200;
            starmap.items = 300;
            starmap.failures = 1;
            writer.starmap_closed(starmap);
            writer.starmap_opened(open_starmap(2, "never finished"));
            writer.run_ended(true);
            CHECK(writer.failure() == "");
            CHECK(writer.flushed_rows() == records.size());
        }
        auto const info = read_task_info(path);
        CHECK(info.state == RecordState::complete);
        CHECK(info.run.command_line == "./app --size 3");
        CHECK(info.run.start_time == "2026-01-02T03:04:05Z");
        CHECK(info.run.mpi_library == "Some MPI 1.2");
        CHECK(info.run.slurm_job_id == "77");
        CHECK(info.run.distribute == "mpi");
        CHECK(info.run.num_workers == 3);
        CHECK(info.run.seed == std::numeric_limits<std::uint64_t>::max());
        REQUIRE(info.tasks.size() == records.size());
        for (std::size_t i = 0; i < records.size(); ++i) REQUIRE(equal(info.tasks[i], records[i]));
        CHECK(info.names == std::vector<std::string>{"compute"});
        REQUIRE(info.starmaps.size() == 2);
        CHECK(info.starmaps[0].end == 12);
        CHECK(info.starmaps[0].tasks == records.size());
        CHECK(info.starmaps[0].items == 300);
        CHECK(info.starmaps[0].sent == 100);
        CHECK(info.starmaps[0].received == 200);
        CHECK(info.starmaps[0].failures == 1);
        CHECK(info.starmaps[0].policy == "guided");
        CHECK(std::isnan(info.starmaps[1].end));
        REQUIRE(info.workers.size() == 1);
        CHECK(info.workers[0].tasks == 7);
        CHECK(info.workers[0].hostname == "node-1");
        CHECK(info.workers[0].pid == 4711);
        CHECK(info.workers[0].busy == 2.5);
        CHECK(info.workers[0].last == 4);
        REQUIRE(info.operations.size() == 1);
        CHECK(info.operations[0].operation == "reading/parsing");
        CHECK(info.operations[0].memory_mb == -2);
        REQUIRE(info.failures.size() == 1);
        CHECK(info.failures[0].text == "std::out_of_range: too far");
        CHECK(info.failures[0].name == "compute");
        CHECK(info.failures[0].host == "node-1");
        CHECK(info.failures[0].first_item == 8);
        CHECK(directory.entries() == 1);
    }
}

TEST_CASE("a run without a Starmap leaves no file and moves none")
{
    ScratchDirectory const directory;
    auto const path = directory.with_file("task_info.h5", "old");
    {
        TaskInfoWriter writer(path.string());
        writer.run_started(some_run());
        writer.worker_changed({});
        writer.tick(1);
        writer.run_ended(true);
    }
    CHECK(directory.entries() == 1);
    CHECK(std::filesystem::file_size(path) == 3);
}

TEST_CASE("private Starmaps leave no rows, and an earlier record is moved")
{
    ScratchDirectory const directory;
    auto const path = directory.with_file("task_info.h5", "old").string();
    TaskInfoWriter writer(path);
    writer.run_started(some_run());
    auto const hidden = open_starmap(1, "_hidden");
    writer.starmap_opened(hidden);
    std::vector<TaskRecord> const records(3, TaskRecord{.task_no = 1});
    writer.tasks_done(hidden, records, 3);
    writer.starmap_closed(hidden);
    writer.run_ended(true);
    auto const info = read_task_info(path);
    CHECK(info.tasks.empty());
    CHECK(info.starmaps.empty());
    CHECK(std::filesystem::file_size(directory / "task_info.1.h5") == 3);
}

TEST_CASE("a run that an error ended is closed, but not complete")
{
    ScratchDirectory const directory;
    for (bool told : {true, false}) {
        auto const path = (directory / (told ? "told.h5" : "destroyed.h5")).string();
        {
            TaskInfoWriter writer(path);
            writer.starmap_opened(open_starmap(1, "compute"));
            if (told) writer.run_ended(false);
        }
        CHECK(TaskInfoReader(path).state() == RecordState::failed);
    }
}

TEST_CASE("nothing is recorded after the end")
{
    ScratchDirectory const directory;
    auto const path = (directory / "task_info.h5").string();
    TaskInfoWriter writer(path);
    auto const starmap = open_starmap(1, "compute");
    writer.starmap_opened(starmap);
    writer.run_ended(true);
    std::vector<TaskRecord> const records(3, TaskRecord{.task_no = 1});
    writer.tasks_done(starmap, records, 3);
    writer.run_ended(true);
    CHECK(read_task_info(path).tasks.empty());
    CHECK(read_task_info(path).state == RecordState::complete);
}

TEST_CASE("a file that cannot be made ends the recording, not the run")
{
    ScratchDirectory const directory;
    for (auto thread : {RecordThread::own, RecordThread::caller}) {
        auto const path = (directory / "missing/task_info.h5").string();
        TaskInfoWriter writer(path, {.thread = thread});
        auto const starmap = open_starmap(1, "compute");
        writer.starmap_opened(starmap);
        std::vector<TaskRecord> const records(100000, TaskRecord{.task_no = 1});
        writer.tasks_done(starmap, records, 3);
        writer.run_ended(true);
        CHECK(writer.failure() == "Cannot go on recording in " + path +
                                      " (No such file or directory): the run continues without "
                                      "further rows");
        CHECK(writer.flushed_rows() == 0);
    }
}
