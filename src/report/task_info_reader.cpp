#include "report/task_info_reader.hpp"

#include "report/hdf5_file.hpp"
#include "report/task_info_batch.hpp"
#include "report/writer_mark.hpp"

#include <algorithm>
#include <bit>
#include <filesystem>
#include <map>
#include <span>

#include <fmt/format.h>

namespace starmap::report {

namespace {

constexpr std::uint64_t rows_at_once = 16384;

void check_is_file(std::string const& path)
{
    std::error_code error;
    auto const status = std::filesystem::status(path, error);
    if (!std::filesystem::exists(status))
        throw IoError(fmt::format("Cannot open {} ({})", path,
                                  error ? error.message() : "No such file or directory"));
    if (std::filesystem::is_directory(status))
        throw IoError(fmt::format("Cannot open {} (it is a directory) Name the record in it, "
                                  "{}/task_info.h5 perhaps?",
                                  path, path));
}

/// Reads rows [first, last) into `rows`. Where the file was never closed, its end may lead to
/// places that were not written any more: then only what can be read before.
template <class Row>
void read_rows(hdf5::Dataset const& dataset, std::uint64_t first, std::uint64_t last, bool closed,
               std::vector<Row>& rows)
{
    rows.resize(last - first);
    try {
        dataset.read(first, last - first, rows.data());
    } catch (hdf5::Failure const&) {
        if (closed) throw;
        std::uint64_t readable = 0;
        for (auto step = std::bit_ceil(last - first) / 2; step > 0; step /= 2) {
            if (first + readable + step > last) continue;
            try {
                dataset.read(first + readable, step, rows.data() + readable);
                readable += step;
            } catch (hdf5::Failure const&) {
                continue;
            }
        }
        rows.resize(readable);
    }
}

/// Of rows [first, end). Gives the index behind the last one that was written.
template <class Row, class Use>
std::uint64_t for_each_block(hdf5::File const& file, bool closed, Use use, std::uint64_t first = 0,
                             std::uint64_t end = all_rows)
{
    hdf5::QuietErrors const quiet;
    auto const dataset = file.dataset(table_of<Row>());
    end = std::min(end, dataset.size());
    auto written = first;
    std::vector<Row> rows;
    for (; first < end; first += rows_at_once) {
        auto const last = std::min(first + rows_at_once, end);
        read_rows(dataset, first, last, closed, rows);
        bool const was_short = rows.size() < last - first;
        for (std::uint64_t i = rows.size(); i > 0; --i) {
            if (!is_written(rows[i - 1])) continue;
            written = first + i;
            break;
        }
        std::erase_if(rows, [](Row const& row) { return !is_written(row); });
        use(std::span<Row const>(rows));
        if (was_short) break;
    }
    return written;
}

} // namespace

char const* to_string(RecordState state) noexcept
{
    switch (state) {
    case RecordState::complete: return "complete";
    case RecordState::failed: return "failed";
    case RecordState::writing: return "writing";
    case RecordState::killed: return "killed";
    }
    return "unknown";
}

struct TaskInfoReader::Parts {
    hdf5::File file;
    RecordState state = RecordState::killed;
    RunInfo run;
    std::string version;
    bool closed = false;
};

namespace {

/// A closed file opens for everybody; one that is not only for those who read it live.
std::pair<hdf5::File, bool> open_anyhow(std::string const& path)
{
    try {
        return {hdf5::File::open(path, hdf5::Access::plain), true};
    } catch (hdf5::Failure const& failure) {
        if (failure.why().find("signature") != std::string::npos)
            throw IoError(fmt::format("Cannot open {} (it is not an HDF5 file) Name a task_info.h5 "
                                      "written by Starmap",
                                      path));
        // A kill may also come when the file's new size is written down and not yet made.
        bool const unclosed = failure.why().find("already open for write") != std::string::npos ||
                              failure.why().find("truncated file") != std::string::npos;
        if (!unclosed) throw;
    }
    return {hdf5::File::open(path, hdf5::Access::live), false};
}

void check_is_record(hdf5::File const& file)
{
    for (auto const* table : {&table_of<TaskRow>(), &table_of<StarmapRow>(), &table_of<WorkerRow>(),
                              &table_of<OperationRow>(), &table_of<FailureRow>()})
        if (!file.has_dataset(table->name))
            throw IoError(fmt::format("Cannot read {} (an HDF5 file without the dataset {} is no "
                                      "record of Starmap) Name a task_info.h5 written by Starmap",
                                      file.path(), table->name));
}

RunInfo read_attributes(hdf5::File const& file)
{
    auto const text = [&](char const* name) {
        return file.has_attribute(name) ? file.text(name) : std::string();
    };
    auto const number = [&](char const* name) {
        return file.has_attribute(name) ? file.number(name) : 0;
    };
    return {.command_line = text("command_line"),
            .start_time = text("start_time"),
            .mpi_library = text("mpi_library"),
            .slurm_job_id = text("slurm_job_id"),
            .distribute = text("distribute"),
            .num_workers = static_cast<std::uint32_t>(number("num_workers")),
            .seed = number("seed")};
}

} // namespace

TaskInfoReader::TaskInfoReader(std::string const& path)
{
    hdf5::QuietErrors const quiet;
    check_is_file(path);
    // Asked before opening: a run that ends in between is then called writing, not killed.
    bool const writing = is_being_written(path);
    auto [file, closed] = open_anyhow(path);
    check_is_record(file);
    auto run = read_attributes(file);
    auto version = file.has_attribute("starmap_version") ? file.text("starmap_version") : "";
    bool const complete = file.has_attribute("complete") && file.number("complete") != 0;
    auto state = closed ? RecordState::failed : RecordState::killed;
    if (writing) state = RecordState::writing;
    if (complete) state = RecordState::complete;
    parts_ = std::make_unique<Parts>(
        Parts{std::move(file), state, std::move(run), std::move(version), closed});
}

TaskInfoReader::~TaskInfoReader()
{
    hdf5::QuietErrors const quiet;
    parts_.reset();
}

RecordState TaskInfoReader::state() const noexcept { return parts_->state; }
RunInfo const& TaskInfoReader::run() const noexcept { return parts_->run; }
std::string const& TaskInfoReader::starmap_version() const noexcept { return parts_->version; }

std::uint64_t TaskInfoReader::for_each_task(
    std::function<void(TaskRecord const&, std::string_view name)> const& use, std::uint64_t first,
    std::uint64_t end) const
{
    Text<64> packed{};
    std::string name;
    auto const use_rows = [&](std::span<TaskRow const> rows) {
        for (auto const& row : rows) {
            if (row.taskname != packed) { // few names, millions of rows
                packed = row.taskname;
                name = from_text(packed);
            }
            use(from_row(row), name);
        }
    };
    return for_each_block<TaskRow>(parts_->file, parts_->closed, use_rows, first, end);
}

std::uint64_t
TaskInfoReader::for_each_operation(std::function<void(OperationRecord const&)> const& use,
                                   std::uint64_t first) const
{
    auto const use_rows = [&](std::span<OperationRow const> rows) {
        for (auto const& row : rows) use(from_row(row));
    };
    return for_each_block<OperationRow>(parts_->file, parts_->closed, use_rows, first);
}

std::vector<StarmapInfo> TaskInfoReader::starmaps() const
{
    std::vector<StarmapInfo> all;
    for_each_block<StarmapRow>(parts_->file, parts_->closed, [&](std::span<StarmapRow const> rows) {
        for (auto const& row : rows) all.push_back(from_row(row));
    });
    return all;
}

std::vector<WorkerInfo> TaskInfoReader::workers() const
{
    std::vector<WorkerInfo> all;
    for_each_block<WorkerRow>(parts_->file, parts_->closed, [&](std::span<WorkerRow const> rows) {
        for (auto const& row : rows) all.push_back(from_row(row));
    });
    return all;
}

std::vector<CostRow> TaskInfoReader::costs() const
{
    std::vector<CostRow> all;
    if (!parts_->file.has_dataset(table_of<CostRow>().name)) return all;
    for_each_block<CostRow>(parts_->file, parts_->closed, [&](std::span<CostRow const> rows) {
        all.insert(all.end(), rows.begin(), rows.end());
    });
    return all;
}

std::vector<TaskFailure> TaskInfoReader::failures(std::size_t most) const
{
    std::map<std::uint32_t, std::string> names;
    for (auto const& starmap : starmaps()) names[starmap.starmap] = starmap.name;
    std::map<std::int32_t, std::string> hosts;
    for (auto const& worker : workers()) hosts[worker.rank] = worker.hostname;
    std::vector<TaskFailure> all;
    for_each_block<FailureRow>(parts_->file, parts_->closed, [&](std::span<FailureRow const> rows) {
        for (auto const& row : rows) {
            if (all.size() >= most) return;
            auto& failure = all.emplace_back(from_row(row));
            failure.name = names[failure.starmap];
            failure.host = hosts[failure.rank];
        }
    });
    return all;
}

void TaskInfoReader::for_each_batch(std::function<void(TaskInfoBatch const&)> const& use) const
{
    auto const& file = parts_->file;
    bool const closed = parts_->closed;
    TaskInfoBatch batch;
    auto const pass_on = [&] {
        use(batch);
        batch.clear();
    };
    for_each_block<StarmapRow>(file, closed, [&](auto rows) {
        for (auto const& row : rows) batch.starmaps[row.starmap] = row;
    });
    for_each_block<WorkerRow>(file, closed, [&](auto rows) {
        for (auto const& row : rows) batch.workers[row.worker] = row;
    });
    std::uint32_t group = 0;
    for (auto const& row : costs()) batch.costs[{row.starmap, group++}] = row;
    pass_on();
    for_each_block<TaskRow>(file, closed, [&](auto rows) {
        batch.tasks.assign(rows.begin(), rows.end());
        pass_on();
    });
    for_each_block<OperationRow>(file, closed, [&](auto rows) {
        batch.operations.assign(rows.begin(), rows.end());
        pass_on();
    });
    for_each_block<FailureRow>(file, closed, [&](auto rows) {
        batch.failures.assign(rows.begin(), rows.end());
        pass_on();
    });
}

} // namespace starmap::report
