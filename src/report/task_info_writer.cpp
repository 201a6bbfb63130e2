#include "report/task_info_writer.hpp"

#include "base/clock.hpp"
#include "report/record_path.hpp"
#include "report/task_info_file.hpp"

#include <starmap/error.hpp>
#include <starmap/version.hpp>

#include <algorithm>
#include <chrono>

#include <fmt/format.h>

#include <unistd.h>

namespace starmap::report {

namespace {

/// A batch of this size is worth writing before its time has come.
constexpr std::size_t wake_bytes = std::size_t{1} << 20U;
/// Rows that come at once, at most, or nearly so: those of a bundle of short tasks.
constexpr std::size_t largest_addition = 1024;

} // namespace

TaskInfoWriter::TaskInfoWriter(std::string path, TaskInfoOptions options)
    : path_(std::move(path)),
      options_(options)
{
}

TaskInfoWriter::~TaskInfoWriter() { end(false); }

/// Copies rows into the buffer. Waits where the buffer is full, which ends because the writing
/// thread empties it always, into the file or, after a failure, into nothing.
template <class Add>
void TaskInfoWriter::append(Add add)
try {
    if (failed_.load(std::memory_order_relaxed)) return;
    std::unique_lock lock(mutex_);
    auto const full = std::max(options_.buffer_bytes, std::size_t{1});
    if (thread_.joinable()) room_.wait(lock, [&] { return pending_.bytes() < full; });
    if (state_ == State::ending || state_ == State::ended) return;
    auto const before = pending_.bytes();
    add(pending_);
    auto const worth_writing = std::min(wake_bytes, full);
    if (before >= worth_writing || pending_.bytes() < worth_writing) return;
    if (thread_.joinable())
        wake_.notify_one();
    else if (state_ == State::recording)
        drain(lock);
} catch (std::exception const& error) {
    fail(error.what());
}

void TaskInfoWriter::add_earlier(std::span<TaskRow const> rows)
{
    start();
    append([&](TaskInfoBatch& batch) {
        batch.tasks.insert(batch.tasks.end(), rows.begin(), rows.end());
    });
}

void TaskInfoWriter::run_started(RunInfo const& run)
{
    std::unique_lock const lock(mutex_);
    run_ = run;
}

void TaskInfoWriter::worker_changed(WorkerInfo const& worker)
{
    append([&](TaskInfoBatch& batch) { batch.workers[worker.worker] = to_row(worker); });
}

void TaskInfoWriter::starmap_opened(StarmapInfo const& starmap)
{
    start();
    if (starmap.is_private) return;
    append([&](TaskInfoBatch& batch) { batch.starmaps[starmap.starmap] = to_row(starmap); });
}

void TaskInfoWriter::tasks_done(StarmapInfo const& starmap, std::span<TaskRecord const> records,
                                double)
{
    if (starmap.is_private) return;
    auto const row = to_row(starmap);
    append([&](TaskInfoBatch& batch) {
        for (auto const& record : records) batch.tasks.push_back(to_row(record, row.name));
        batch.starmaps[starmap.starmap] = row;
    });
}

void TaskInfoWriter::named_tasks_done(StarmapInfo const& starmap,
                                      std::span<TaskRecord const> records,
                                      std::span<std::string const> names, double)
{
    if (starmap.is_private) return;
    append([&](TaskInfoBatch& batch) {
        for (std::size_t i = 0; i < records.size(); ++i)
            batch.tasks.push_back(to_row(records[i], to_text<64>(names[i])));
        batch.starmaps[starmap.starmap] = to_row(starmap);
    });
}

void TaskInfoWriter::costs_learned(StarmapInfo const& starmap, std::span<CostInfo const> costs)
{
    if (starmap.is_private) return;
    append([&](TaskInfoBatch& batch) {
        for (auto const& cost : costs)
            batch.costs[{starmap.starmap, cost.group}] = to_row(cost, starmap);
    });
}

void TaskInfoWriter::operations_done(std::span<OperationRecord const> records)
{
    append([&](TaskInfoBatch& batch) {
        for (auto const& record : records) batch.operations.push_back(to_row(record));
    });
}

void TaskInfoWriter::task_failed(TaskFailure const& failure)
{
    append([&](TaskInfoBatch& batch) { batch.failures.push_back(to_row(failure)); });
}

void TaskInfoWriter::starmap_closed(StarmapInfo const& starmap)
{
    if (starmap.is_private) return;
    append([&](TaskInfoBatch& batch) { batch.starmaps[starmap.starmap] = to_row(starmap); });
}

void TaskInfoWriter::tick(double)
{
    if (failed_.load(std::memory_order_relaxed)) return;
    std::unique_lock lock(mutex_);
    if (thread_.joinable() || state_ != State::recording) return;
    if (base::now() - last_drain_ >= options_.interval) drain(lock);
}

void TaskInfoWriter::run_ended(bool in_order) { end(in_order); }

std::string TaskInfoWriter::failure() const
{
    std::unique_lock const lock(mutex_);
    return failure_;
}

void TaskInfoWriter::start()
try {
    std::unique_lock lock(mutex_);
    if (state_ != State::idle) return;
    state_ = State::recording;
    bool const own = options_.thread == RecordThread::automatic
                         ? hdf5::is_thread_safe()
                         : options_.thread == RecordThread::own;
    if (own) {
        // At once, though only what is used takes memory: a vector that grows to this size leaves
        // as much behind in the blocks that it has outgrown.
        auto const rows = options_.buffer_bytes / sizeof(TaskRow) + largest_addition;
        pending_.tasks.reserve(rows);
        writing_.tasks.reserve(rows);
        thread_ = std::thread([this] { work(); });
    } else {
        drain(lock);
    }
} catch (std::exception const& error) {
    fail(error.what());
}

void TaskInfoWriter::end(bool complete) noexcept
{
    std::unique_lock lock(mutex_);
    if (state_ != State::recording) {
        state_ = State::ended;
        return;
    }
    state_ = State::ending;
    complete_ = complete;
    if (thread_.joinable()) {
        lock.unlock();
        wake_.notify_one();
        thread_.join();
    } else {
        drain(lock);
    }
}

/// Ends after the drain that begins in state ending: end() sets it and wakes us, and nothing is
/// appended any more in that state, so that drain has the last rows.
void TaskInfoWriter::work() noexcept
{
    std::unique_lock lock(mutex_);
    auto const interval = std::chrono::duration<double>(options_.interval);
    auto const worth_writing = std::min(wake_bytes, options_.buffer_bytes);
    while (state_ != State::ended) {
        drain(lock);
        if (state_ == State::recording)
            wake_.wait_for(lock, interval, [&] {
                return state_ == State::ending || pending_.bytes() >= worth_writing;
            });
    }
}

/// Writes what is pending, without the lock. The rows pending when the state is ending are the
/// last.
void TaskInfoWriter::drain(std::unique_lock<std::mutex>& lock) noexcept
{
    bool const last = state_ == State::ending;
    std::swap(pending_, writing_);
    lock.unlock();
    room_.notify_all();
    last_drain_ = base::now();
    if (!failed_) {
        hdf5::QuietErrors const quiet;
        try {
            record(last);
        } catch (hdf5::Failure const& failure) {
            file_.reset();
            fail(failure.why().c_str());
        } catch (std::exception const& error) {
            file_.reset();
            fail(error.what());
        }
    }
    writing_.clear();
    lock.lock();
    if (last) state_ = State::ended;
}

void TaskInfoWriter::record(bool last)
{
    if (!file_) open_file();
    if (!writing_.empty()) {
        file_->write(writing_);
        dirty_ = true;
    }
    if (last) {
        file_->close(complete_);
        flushed_rows_ = file_->task_rows();
        file_.reset();
    } else if (dirty_ && base::now() - last_flush_ >= options_.interval) {
        file_->flush();
        flushed_rows_ = file_->task_rows();
        last_flush_ = base::now();
        dirty_ = false;
    }
}

/// The file gets its name only when it can be read: whoever looks there finds the old one, none
/// for a moment, or the new one.
void TaskInfoWriter::open_file()
{
    auto const hidden = hidden_name(path_);
    try {
        file_ = std::make_unique<TaskInfoFile>(hidden.string(), run_, version);
        publish(hidden, path_);
    } catch (...) {
        file_.reset();
        ::unlink(hidden.c_str());
        throw;
    }
}

void TaskInfoWriter::fail(char const* why) noexcept
try {
    failed_ = true;
    std::unique_lock const lock(mutex_);
    if (!failure_.empty()) return;
    failure_ = fmt::format(
        "Cannot go on recording in {} ({}): the run continues without further rows", path_, why);
} catch (std::exception const&) {
    failed_ = true;
}

} // namespace starmap::report
