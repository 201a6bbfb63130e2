#pragma once

#include "journal/content_hash.hpp"
#include "journal/database.hpp"
#include "journal/earlier_runs.hpp"
#include "journal/file_lock.hpp"
#include "report/observer.hpp"
#include "report/task_info_rows.hpp"

#include <starmap/detail/bytes.hpp>

#include <atomic>
#include <condition_variable>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

namespace starmap::journal {

/// How a checkpoint is written; the defaults are for every real run.
struct CheckpointOptions {
    /// Memory for what is not yet written [bytes]; beyond it results wait for the disk. As much
    /// again may be on its way there.
    std::size_t buffer_bytes = std::size_t{64} << 20U;
    /// Seconds between transactions, so also what a kill can lose at most, or little more.
    double interval = 0.2;
    /// Bytes of a result in one entry; a larger one is in parts.
    std::size_t part_bytes = std::size_t{256} << 20U;
};

/// The journal of finished results (docs/checkpoint.md). What was finished in earlier runs is
/// found by its key; what finishes now is appended by a thread of its own, in transactions. A disk
/// that fails does not end the run: failure() says so, and nothing more is written.
class Checkpoint final : public report::Observer {
public:
    /// Opens the file, or makes it. Reads all of it; what is damaged is left out, with a warning,
    /// and the file is made anew of the rest. Throws UsageError for a file that is no checkpoint,
    /// one of another program, version or seed, and one that another run uses; IoError where it
    /// cannot be read or made.
    Checkpoint(std::string path, Identity const& identity, CheckpointOptions options = {});
    ~Checkpoint() override;
    Checkpoint(Checkpoint const&) = delete;
    Checkpoint& operator=(Checkpoint const&) = delete;

    /// Of this run: 1 for the first with this file.
    std::uint16_t session() const noexcept { return session_; }
    /// Results of earlier runs.
    std::size_t results() const noexcept { return earlier_.results(); }
    /// Earlier runs in a row, up to the last one, that have added no result.
    std::uint64_t fruitless() const noexcept { return earlier_.fruitless; }
    std::uint64_t damaged() const noexcept { return earlier_.damaged(); }

    /// Throws UsageError if that number had another name or type in an earlier run.
    void begin_starmap(std::uint32_t number, std::string_view name, std::string_view type);
    bool has(ContentHash const& key) const { return earlier_.has(key); }
    /// A result of an earlier run; nothing if it cannot be read any more.
    std::optional<detail::Bytes> fetch(ContentHash const& key);
    /// Journals a result. Waits where the buffer is full.
    void keep(ContentHash const& key, std::span<std::byte const> value);
    /// Calls `visit` with the rows of the record that earlier runs have left.
    void each_row(std::function<void(std::span<report::TaskRow const>)> const& visit);

    void named_tasks_done(report::StarmapInfo const& starmap, std::span<TaskRecord const> records,
                          std::span<std::string const> names, double done_weight) override;
    void tasks_done(report::StarmapInfo const& starmap, std::span<TaskRecord const> records,
                    double done_weight) override;
    void run_ended(bool in_order) override;
    std::string failure() const override;

private:
    struct Pending {
        Kind kind = Kind::result;
        ContentHash key;
        std::size_t bytes = 0; ///< in the buffer, behind those before
    };
    struct Batch {
        std::vector<Pending> entries;
        detail::Bytes bytes;
        std::vector<report::TaskRow> rows;
        std::size_t size() const noexcept
        {
            return bytes.size() + entries.size() * sizeof(Pending) +
                   rows.size() * sizeof(report::TaskRow);
        }
    };

    void open();
    void check(Identity const& identity) const;
    void salvage();
    template <class Add>
    void append(Add add);
    void append(Kind kind, ContentHash const& key, std::span<std::byte const> data);
    void end() noexcept;
    void work() noexcept;
    void write(Batch& batch);
    void fail(char const* why) noexcept;

    std::string const path_;
    CheckpointOptions const options_;
    FileLock lock_;
    std::mutex database_mutex_; ///< guards the database, which both threads use
    std::unique_ptr<Database> database_;
    EarlierRuns earlier_;
    std::uint16_t session_ = 1;

    mutable std::mutex mutex_; ///< guards what follows up to failure_
    std::condition_variable wake_;
    std::condition_variable room_;
    Batch pending_;
    bool ending_ = false;
    std::string failure_;

    std::atomic<bool> failed_ = false;
    Batch writing_; ///< of the writing thread alone
    std::thread thread_;
};

} // namespace starmap::journal
