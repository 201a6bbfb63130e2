#pragma once

#include "journal/file_lock.hpp"
#include "run/outputs.hpp"

#include <condition_variable>
#include <cstdint>
#include <exception>
#include <functional>
#include <memory>
#include <mutex>
#include <stop_token>
#include <string>
#include <thread>
#include <vector>

struct sqlite3;
struct sqlite3_stmt;

namespace starmap::farm {

/// What an archive keeps of a command.
struct ArchivedOutput {
    std::uint64_t number = 0;
    std::uint64_t line = 0;
    std::string text;
    std::string status;
    std::string host;
    std::int64_t exit_code = 0;
    double seconds = 0;
    std::string out;
    std::string err;
};

/// The outputs of all commands of a farm in one file, an SQLite database with the table `output`. A
/// command that is run again replaces what there was of it. POSIX locks are not used, as some file
/// systems of clusters lack them; a FileLock keeps others out.
class OutputArchive final : public Outputs {
public:
    enum class Use : std::uint8_t { write, read };

    /// Throws UsageError where the file is no archive, or another farm writes it; IoError where it
    /// cannot be opened, or is not there and is to be read.
    OutputArchive(std::string const& path, Use use);
    OutputArchive(OutputArchive const&) = delete;
    OutputArchive& operator=(OutputArchive const&) = delete;
    ~OutputArchive() override;

    /// What was taken is in the file half a second later at the latest.
    void take(Ended const& ended) override;
    void finish() override;

    /// Visits the outputs of these commands, of all if none is named, in the order of their
    /// numbers. Returns the numbers that are not there.
    std::vector<std::uint64_t> read(std::vector<std::uint64_t> const& numbers,
                                    std::function<void(ArchivedOutput const&)> const& visit);

private:
    struct Close {
        void operator()(sqlite3* database) const noexcept;
        void operator()(sqlite3_stmt* statement) const noexcept;
    };
    using Statement = std::unique_ptr<sqlite3_stmt, Close>;

    void open(Use use);
    void create();
    void insert(Ended const& ended);
    void commit();
    void commit_from_time_to_time(std::stop_token stop);
    void execute(char const* text);
    std::int64_t number(char const* text);
    Statement prepared(char const* text);
    std::uint64_t each(sqlite3_stmt* statement,
                       std::function<void(ArchivedOutput const&)> const& visit);
    [[noreturn]] void refuse();

    std::string path_;
    char const* chosen_by_; ///< how a user names the file
    journal::FileLock lock_;
    std::unique_ptr<sqlite3, Close> database_;
    Statement insert_;
    std::mutex mutex_; ///< of all above, once the thread runs
    bool in_transaction_ = false;
    std::uint64_t waiting_ = 0; ///< bytes in the transaction
    std::exception_ptr failed_; ///< in the thread
    std::condition_variable_any wake_;
    std::jthread committer_; ///< last to be made, first to go
};

} // namespace starmap::farm
