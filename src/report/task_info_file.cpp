#include "report/task_info_file.hpp"

namespace starmap::report {

namespace {

/// Longer texts would not fit into the root's header.
constexpr std::size_t longest_attribute = 4096;

template <class Number, class Row>
void put(hdf5::Dataset& dataset, std::map<Number, std::uint64_t>& places,
         std::map<Number, Row> const& rows)
{
    for (auto const& [number, row] : rows) {
        auto const [place, is_new] = places.try_emplace(number, dataset.size());
        if (is_new)
            dataset.append(&row, 1);
        else
            dataset.replace(place->second, &row);
    }
}

} // namespace

TaskInfoFile::TaskInfoFile(std::string const& path, RunInfo const& run, std::string const& version)
    : file_(hdf5::File::create(path)),
      mark_(path)
{
    try {
        add_attributes(run, version);
        tasks_ = file_.add_dataset(table_of<TaskRow>());
        starmaps_ = file_.add_dataset(table_of<StarmapRow>());
        workers_ = file_.add_dataset(table_of<WorkerRow>());
        operations_ = file_.add_dataset(table_of<OperationRow>());
        failures_ = file_.add_dataset(table_of<FailureRow>());
        costs_ = file_.add_dataset(table_of<CostRow>());
        file_.flush();
        file_.start_live_writing();
    } catch (...) {
        file_.divert();
        throw;
    }
}

TaskInfoFile::~TaskInfoFile()
{
    if (!closed_) file_.divert();
}

void TaskInfoFile::add_attributes(RunInfo const& run, std::string const& version)
{
    auto const text = [&](char const* name, std::string const& value) {
        file_.add_text(name, value.substr(0, fitting_utf8(value, longest_attribute)));
    };
    text("starmap_version", version);
    text("command_line", run.command_line);
    text("start_time", run.start_time);
    text("mpi_library", run.mpi_library);
    text("slurm_job_id", run.slurm_job_id);
    text("distribute", run.distribute);
    file_.add_number("num_workers", Kind::u4, run.num_workers);
    file_.add_number("seed", Kind::u8, run.seed);
    file_.add_number("complete", Kind::u1, 0);
}

void TaskInfoFile::write(TaskInfoBatch const& batch)
{
    put(starmaps_, starmap_places_, batch.starmaps);
    put(workers_, worker_places_, batch.workers);
    put(costs_, cost_places_, batch.costs);
    tasks_.append(batch.tasks.data(), batch.tasks.size());
    task_rows_ = tasks_.size();
    operations_.append(batch.operations.data(), batch.operations.size());
    failures_.append(batch.failures.data(), batch.failures.size());
}

void TaskInfoFile::flush() { file_.flush(); }

void TaskInfoFile::close(bool complete)
{
    // The rows first: a file that says complete has them all.
    file_.flush();
    if (complete) file_.set_number("complete", 1);
    file_.flush();
    for (auto* dataset : {&tasks_, &starmaps_, &workers_, &operations_, &failures_, &costs_})
        *dataset = hdf5::Dataset();
    file_.close();
    closed_ = true;
}

} // namespace starmap::report
