#pragma once

#include "report/hdf5_file.hpp"
#include "report/task_info_batch.hpp"
#include "report/writer_mark.hpp"

#include <cstdint>
#include <map>
#include <string>
#include <utility>

namespace starmap::report {

/// The file of the record while it is written. All members throw IoError; after that it can only
/// be destroyed, which never fails.
class TaskInfoFile {
public:
    /// Makes the file with all its attributes and datasets, readable from then on.
    TaskInfoFile(std::string const& path, RunInfo const& run, std::string const& version);
    /// Leaves the file as a kill would, unless it was closed.
    ~TaskInfoFile();
    TaskInfoFile(TaskInfoFile const&) = delete;
    TaskInfoFile& operator=(TaskInfoFile const&) = delete;

    void write(TaskInfoBatch const& batch);
    void flush();
    /// Flushes, says whether the run ended in order, and closes.
    void close(bool complete);

    std::uint64_t task_rows() const noexcept { return task_rows_; }

private:
    void add_attributes(RunInfo const& run, std::string const& version);

    hdf5::File file_;
    WriterMark mark_;
    hdf5::Dataset tasks_;
    hdf5::Dataset starmaps_;
    hdf5::Dataset workers_;
    hdf5::Dataset operations_;
    hdf5::Dataset failures_;
    hdf5::Dataset costs_;
    std::map<std::uint32_t, std::uint64_t> starmap_places_; ///< number to index of its row
    std::map<std::uint32_t, std::uint64_t> worker_places_;
    std::map<std::pair<std::uint32_t, std::uint32_t>, std::uint64_t> cost_places_;
    std::uint64_t task_rows_ = 0;
    bool closed_ = false;
};

} // namespace starmap::report
