#include "run/output_archive.hpp"

#include "run/journal.hpp"

#include <starmap/error.hpp>

#include <fmt/format.h>

#include <sqlite3.h>

#include <chrono>
#include <filesystem>
#include <system_error>

namespace starmap::farm {

namespace {

/// A locking file system gets no harm from the VFS without locks, and any other works with it.
constexpr char const* vfs = "unix-none";
constexpr std::int64_t application = 0x536d4f75; // "SmOu"
constexpr std::uint64_t most_waiting = 16 << 20;
constexpr auto longest_wait = std::chrono::milliseconds(500);

std::string const& checked(std::string const& path, OutputArchive::Use use)
{
    std::error_code error;
    if (use == OutputArchive::Use::read && !std::filesystem::exists(path, error))
        throw IoError(fmt::format("Cannot read {} (there is no such file). `starmap run "
                                  "--output=archive` writes outputs.db.",
                                  path));
    return path;
}

void bind(sqlite3_stmt* statement, int column, std::string const& bytes, bool is_text)
{
    if (is_text)
        sqlite3_bind_text64(statement, column, bytes.data(), bytes.size(), SQLITE_STATIC,
                            SQLITE_UTF8);
    else
        sqlite3_bind_blob64(statement, column, bytes.empty() ? "" : bytes.data(), bytes.size(),
                            SQLITE_STATIC);
}

std::string bytes_in(sqlite3_stmt* statement, int column)
{
    auto const* const data = static_cast<char const*>(sqlite3_column_blob(statement, column));
    auto const size = static_cast<std::size_t>(sqlite3_column_bytes(statement, column));
    return data == nullptr ? std::string() : std::string(data, size);
}

} // namespace

void OutputArchive::Close::operator()(sqlite3* database) const noexcept
{
    sqlite3_close_v2(database);
}
void OutputArchive::Close::operator()(sqlite3_stmt* statement) const noexcept
{
    sqlite3_finalize(statement);
}

OutputArchive::OutputArchive(std::string const& path, Use use)
    : path_(checked(path, use)),
      chosen_by_(use == Use::write ? "--archive=FILE" : "starmap output FILE"),
      lock_(path, {.what = "archive", .setting = chosen_by_})
{
    open(use);
    if (use == Use::write)
        committer_ = std::jthread([this](std::stop_token stop) { commit_from_time_to_time(stop); });
}

OutputArchive::~OutputArchive()
{
    if (committer_.joinable()) {
        committer_.request_stop();
        committer_.join();
    }
    if (in_transaction_) sqlite3_exec(database_.get(), "COMMIT", nullptr, nullptr, nullptr);
}

void OutputArchive::refuse()
{
    throw IoError(fmt::format("Cannot use the archive {} ({}). Choose another file by {}.", path_,
                              sqlite3_errmsg(database_.get()), chosen_by_));
}

void OutputArchive::execute(char const* text)
{
    if (sqlite3_exec(database_.get(), text, nullptr, nullptr, nullptr) != SQLITE_OK) refuse();
}

OutputArchive::Statement OutputArchive::prepared(char const* text)
{
    sqlite3_stmt* made = nullptr;
    if (sqlite3_prepare_v2(database_.get(), text, -1, &made, nullptr) != SQLITE_OK) refuse();
    return Statement(made);
}

std::int64_t OutputArchive::number(char const* text)
{
    auto const asked = prepared(text);
    if (sqlite3_step(asked.get()) != SQLITE_ROW) refuse();
    return sqlite3_column_int64(asked.get(), 0);
}

void OutputArchive::open(Use use)
{
    sqlite3* opened = nullptr;
    auto const code =
        sqlite3_open_v2(path_.c_str(), &opened, SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE, vfs);
    database_.reset(opened);
    if (code != SQLITE_OK) refuse();
    execute("PRAGMA locking_mode=EXCLUSIVE; PRAGMA synchronous=NORMAL;");
    auto const found = number("PRAGMA application_id");
    auto const is_new = number("SELECT count(*) FROM sqlite_master") == 0;
    if (is_new && use == Use::write) return create();
    if (found != application)
        throw UsageError(fmt::format("{} is no archive of outputs ({}). Choose another file by {}.",
                                     path_, is_new ? "it is empty" : "another program's database",
                                     chosen_by_));
}

void OutputArchive::create()
{
    execute("PRAGMA journal_mode=WAL; BEGIN; PRAGMA application_id=0x536d4f75;"
            "CREATE TABLE output (id BLOB PRIMARY KEY, task_no INTEGER, line INTEGER,"
            " command TEXT, status TEXT, exit_code INTEGER, seconds REAL, host TEXT,"
            " stdout BLOB, stderr BLOB);"
            "CREATE INDEX output_by_task_no ON output (task_no); COMMIT;");
}

void OutputArchive::take(Ended const& ended)
{
    std::lock_guard const lock(mutex_);
    if (failed_) std::rethrow_exception(failed_);
    if (!in_transaction_) execute("BEGIN");
    in_transaction_ = true;
    insert(ended);
    waiting_ += ended.outcome.out.size() + ended.outcome.err.size();
    if (waiting_ > most_waiting) commit();
}

void OutputArchive::insert(Ended const& ended)
{
    if (!insert_) insert_ = prepared("INSERT OR REPLACE INTO output VALUES (?,?,?,?,?,?,?,?,?,?)");
    auto const& outcome = ended.outcome;
    auto* const row = insert_.get();
    Command command;
    command.text = outcome.text;
    command.occurrence = outcome.occurrence;
    auto const id = id_of(command);
    std::string const status = to_string(outcome.status);
    sqlite3_reset(row);
    sqlite3_bind_blob(row, 1, id.data(), sizeof(id), SQLITE_STATIC);
    sqlite3_bind_int64(row, 2, static_cast<std::int64_t>(ended.number));
    sqlite3_bind_int64(row, 3, static_cast<std::int64_t>(outcome.line));
    bind(row, 4, outcome.text, true);
    bind(row, 5, status, true);
    sqlite3_bind_int64(row, 6, outcome.exit_code);
    sqlite3_bind_double(row, 7, outcome.seconds);
    bind(row, 8, outcome.host, true);
    bind(row, 9, outcome.out, false);
    bind(row, 10, outcome.err, false);
    auto const code = sqlite3_step(row);
    if (code != SQLITE_DONE) refuse();
    sqlite3_reset(row);
}

void OutputArchive::commit()
{
    if (!in_transaction_) return;
    execute("COMMIT");
    in_transaction_ = false;
    waiting_ = 0;
}

void OutputArchive::commit_from_time_to_time(std::stop_token stop)
{
    std::unique_lock lock(mutex_);
    while (!stop.stop_requested() && !failed_) {
        wake_.wait_for(lock, stop, longest_wait, [] { return false; });
        try {
            commit();
        } catch (IoError const&) {
            failed_ = std::current_exception();
        }
    }
}

void OutputArchive::finish()
{
    std::lock_guard const lock(mutex_);
    if (failed_) std::rethrow_exception(failed_);
    commit();
}

std::uint64_t OutputArchive::each(sqlite3_stmt* statement,
                                  std::function<void(ArchivedOutput const&)> const& visit)
{
    std::uint64_t found = 0;
    for (;; ++found) {
        auto const code = sqlite3_step(statement);
        if (code == SQLITE_DONE) return found;
        if (code != SQLITE_ROW) refuse();
        visit({.number = static_cast<std::uint64_t>(sqlite3_column_int64(statement, 0)),
               .line = static_cast<std::uint64_t>(sqlite3_column_int64(statement, 1)),
               .text = bytes_in(statement, 2),
               .status = bytes_in(statement, 3),
               .host = bytes_in(statement, 6),
               .exit_code = sqlite3_column_int64(statement, 4),
               .seconds = sqlite3_column_double(statement, 5),
               .out = bytes_in(statement, 7),
               .err = bytes_in(statement, 8)});
    }
}

std::vector<std::uint64_t>
OutputArchive::read(std::vector<std::uint64_t> const& numbers,
                    std::function<void(ArchivedOutput const&)> const& visit)
{
    std::string const columns = "SELECT task_no, line, command, status, exit_code, seconds, host, "
                                "stdout, stderr FROM output ";
    if (numbers.empty()) {
        each(prepared((columns + "ORDER BY task_no, rowid").c_str()).get(), visit);
        return {};
    }
    std::vector<std::uint64_t> missing;
    auto const one = prepared((columns + "WHERE task_no = ? ORDER BY rowid").c_str());
    for (auto const number : numbers) {
        sqlite3_reset(one.get());
        sqlite3_bind_int64(one.get(), 1, static_cast<std::int64_t>(number));
        if (each(one.get(), visit) == 0) missing.push_back(number);
    }
    return missing;
}

} // namespace starmap::farm
