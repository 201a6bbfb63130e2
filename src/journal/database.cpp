#include "journal/database.hpp"

#include <sqlite3.h>

#include <array>

namespace starmap::journal {

namespace {

/// A locking file system gets no harm from the VFS without locks, and any other works with it.
constexpr char const* vfs = "unix-none";
constexpr std::int64_t application = 0x53746d70;

ContentHash checksum(Kind kind, std::int64_t part, std::int64_t parts, ContentHash const& key,
                     std::span<std::byte const> data)
{
    std::array const words{static_cast<std::int64_t>(kind), part, parts};
    auto const head = hash_of(std::as_bytes(std::span(words)));
    return hash_of(hash_of(head, key, 0), hash_of(data), data.size());
}

ContentHash hash_in(sqlite3_stmt* statement, int column)
{
    ContentHash hash;
    hash.first = static_cast<std::uint64_t>(sqlite3_column_int64(statement, column));
    hash.second = static_cast<std::uint64_t>(sqlite3_column_int64(statement, column + 1));
    return hash;
}

void bind(sqlite3_stmt* statement, int column, ContentHash const& hash)
{
    sqlite3_bind_int64(statement, column, static_cast<std::int64_t>(hash.first));
    sqlite3_bind_int64(statement, column + 1, static_cast<std::int64_t>(hash.second));
}

} // namespace

bool DatabaseError::is_damage() const noexcept
{
    auto const primary = code_ & 0xff;
    return primary == SQLITE_CORRUPT || primary == SQLITE_NOTADB || primary == SQLITE_ERROR ||
           primary == SQLITE_MISMATCH || primary == SQLITE_TOOBIG ||
           code_ == SQLITE_IOERR_SHORT_READ;
}

void Database::Close::operator()(sqlite3* database) const noexcept { sqlite3_close_v2(database); }
void Database::Close::operator()(sqlite3_stmt* statement) const noexcept
{
    sqlite3_finalize(statement);
}

Database::Database(std::string const& path)
{
    sqlite3* opened = nullptr;
    auto const code =
        sqlite3_open_v2(path.c_str(), &opened,
                        SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_FULLMUTEX, vfs);
    database_.reset(opened);
    if (code != SQLITE_OK) refuse(code);
    // Exclusive before the first access: only then the log needs no shared memory. With a schema
    // that may be written a file is read that is shorter than it says.
    execute("PRAGMA locking_mode=EXCLUSIVE; PRAGMA writable_schema=ON; PRAGMA synchronous=FULL;");
}

Database::~Database() = default;

void Database::refuse(int code) const
{
    auto const* const text = database_ ? sqlite3_errmsg(database_.get()) : sqlite3_errstr(code);
    throw DatabaseError(text, database_ ? sqlite3_extended_errcode(database_.get()) : code);
}

void Database::execute(char const* text)
{
    auto const code = sqlite3_exec(database_.get(), text, nullptr, nullptr, nullptr);
    if (code != SQLITE_OK) refuse(code);
}

std::int64_t Database::number(char const* text)
{
    Statement statement;
    auto& prepared_one = prepared(statement, text);
    auto const code = sqlite3_step(&prepared_one);
    if (code != SQLITE_ROW) refuse(code);
    return sqlite3_column_int64(&prepared_one, 0);
}

bool Database::empty() { return number("SELECT count(*) FROM sqlite_master") == 0; }
bool Database::is_checkpoint() { return number("PRAGMA application_id") == application; }

void Database::create()
{
    execute("PRAGMA journal_mode=WAL; BEGIN; PRAGMA application_id=0x53746d70;"
            "CREATE TABLE IF NOT EXISTS entry (id INTEGER PRIMARY KEY, kind INTEGER, part INTEGER,"
            " parts INTEGER, key1 INTEGER, key2 INTEGER, sum1 INTEGER, sum2 INTEGER, data BLOB);"
            "COMMIT;");
}

void Database::begin() { execute("BEGIN"); }
void Database::commit() { execute("COMMIT"); }

sqlite3_stmt& Database::prepared(Statement& statement, char const* text)
{
    if (!statement) {
        sqlite3_stmt* made = nullptr;
        auto const code = sqlite3_prepare_v2(database_.get(), text, -1, &made, nullptr);
        statement.reset(made);
        if (code != SQLITE_OK) refuse(code);
    }
    sqlite3_reset(statement.get());
    return *statement;
}

void Database::append(Kind kind, std::int64_t part, std::int64_t parts, ContentHash const& key,
                      std::span<std::byte const> data)
{
    auto* const statement =
        &prepared(append_, "INSERT INTO entry (kind, part, parts, key1, key2, sum1, sum2, data) "
                           "VALUES (?, ?, ?, ?, ?, ?, ?, ?)");
    sqlite3_bind_int64(statement, 1, static_cast<std::int64_t>(kind));
    sqlite3_bind_int64(statement, 2, part);
    sqlite3_bind_int64(statement, 3, parts);
    bind(statement, 4, key);
    bind(statement, 6, checksum(kind, part, parts, key, data));
    // Null would be no empty blob.
    sqlite3_bind_blob64(statement, 8, data.empty() ? "" : static_cast<void const*>(data.data()),
                        data.size(), SQLITE_STATIC);
    auto const code = sqlite3_step(statement);
    if (code != SQLITE_DONE) refuse(code);
    sqlite3_reset(statement);
}

bool Database::read(std::int64_t id, Entry& entry)
{
    return read(read_, "SELECT * FROM entry WHERE id = ?", id, entry);
}

bool Database::read_from(std::int64_t id, Entry& entry)
{
    return read(read_from_, "SELECT * FROM entry WHERE id >= ? ORDER BY id LIMIT 1", id, entry);
}

bool Database::read(Statement& kept, char const* text, std::int64_t id, Entry& entry)
{
    auto* const statement = &prepared(kept, text);
    sqlite3_bind_int64(statement, 1, id);
    auto const code = sqlite3_step(statement);
    if (code == SQLITE_DONE) {
        sqlite3_reset(statement);
        return false;
    }
    if (code != SQLITE_ROW) {
        auto const why = DatabaseError(sqlite3_errmsg(database_.get()),
                                       sqlite3_extended_errcode(database_.get()));
        sqlite3_reset(statement);
        throw why;
    }
    entry.id = sqlite3_column_int64(statement, 0);
    entry.kind = static_cast<Kind>(sqlite3_column_int64(statement, 1));
    entry.part = sqlite3_column_int64(statement, 2);
    entry.parts = sqlite3_column_int64(statement, 3);
    entry.key = hash_in(statement, 4);
    auto const* const data = static_cast<std::byte const*>(sqlite3_column_blob(statement, 8));
    entry.data = {
        data, data == nullptr ? 0 : static_cast<std::size_t>(sqlite3_column_bytes(statement, 8))};
    entry.whole = hash_in(statement, 6) ==
                  checksum(entry.kind, entry.part, entry.parts, entry.key, entry.data);
    return true;
}

} // namespace starmap::journal
