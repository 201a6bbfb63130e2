#pragma once

#include "report/observer.hpp"
#include "report/task_info_batch.hpp"

#include <atomic>
#include <condition_variable>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <mutex>
#include <string>
#include <thread>

namespace starmap::report {

class TaskInfoFile;

/// Who writes the record.
enum class RecordThread {
    automatic, ///< a thread of its own where HDF5 allows calls from several, else the caller
    own,
    caller
};

/// How the record is written; the defaults are for every real run.
struct TaskInfoOptions {
    RecordThread thread = RecordThread::automatic;
    /// Memory for rows not yet written [bytes]; beyond it observer calls wait for the disk. As
    /// much again may be on its way to the file.
    std::size_t buffer_bytes = std::size_t{32} << 20U;
    /// Seconds between flushes, so also what a kill can lose at most.
    double interval = 0.5;
};

/// Writes the record task_info.h5 of a session (docs/task_info.md). The calls only copy rows into
/// a buffer; a thread of its own hands them to HDF5 in batches. A file that cannot be written does
/// not end the run: failure() says so once, and nothing more is recorded.
///
/// The file appears with the first Starmap, so that a run which ends before leaves none.
class TaskInfoWriter final : public Observer {
public:
    explicit TaskInfoWriter(std::string path, TaskInfoOptions options = {});
    ~TaskInfoWriter() override;
    TaskInfoWriter(TaskInfoWriter const&) = delete;
    TaskInfoWriter& operator=(TaskInfoWriter const&) = delete;

    void run_started(RunInfo const& run) override;
    void worker_changed(WorkerInfo const& worker) override;
    void starmap_opened(StarmapInfo const& starmap) override;
    void named_tasks_done(StarmapInfo const& starmap, std::span<TaskRecord const> records,
                          std::span<std::string const> names, double done_weight) override;
    void tasks_done(StarmapInfo const& starmap, std::span<TaskRecord const> records,
                    double done_weight) override;
    void costs_learned(StarmapInfo const& starmap, std::span<CostInfo const> costs) override;
    void operations_done(std::span<OperationRecord const> records) override;
    void task_failed(TaskFailure const& failure) override;
    void starmap_closed(StarmapInfo const& starmap) override;
    void tick(double now) override;
    void run_ended(bool in_order) override;
    std::string failure() const override;

    /// Rows of earlier runs, which are to stand before those of this one: before the first Starmap.
    void add_earlier(std::span<TaskRow const> rows);

    /// How many rows of /task_info no kill can take away any more.
    std::uint64_t flushed_rows() const noexcept { return flushed_rows_; }

private:
    enum class State { idle, recording, ending, ended };

    template <class Add>
    void append(Add add);
    void start();
    void end(bool complete) noexcept;
    void work() noexcept;
    void drain(std::unique_lock<std::mutex>& lock) noexcept;
    void record(bool last);
    void open_file();
    void fail(char const* why) noexcept;

    std::string const path_;
    TaskInfoOptions const options_;
    RunInfo run_;

    mutable std::mutex mutex_; ///< guards what follows up to thread_
    std::condition_variable wake_;
    std::condition_variable room_;
    TaskInfoBatch pending_;
    State state_ = State::idle;
    bool complete_ = false;
    std::string failure_;
    std::thread thread_;

    std::atomic<bool> failed_ = false;
    std::atomic<std::uint64_t> flushed_rows_ = 0;

    // Of the writing thread alone.
    TaskInfoBatch writing_;
    std::unique_ptr<TaskInfoFile> file_;
    double last_flush_ = 0;
    double last_drain_ = 0;
    bool dirty_ = false;
};

} // namespace starmap::report
