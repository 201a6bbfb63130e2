#pragma once

#include "journal/content_hash.hpp"

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <stdexcept>
#include <string>

struct sqlite3;
struct sqlite3_stmt;

namespace starmap::journal {

/// What SQLite could not do.
class DatabaseError : public std::runtime_error {
public:
    DatabaseError(std::string const& why, int code) : std::runtime_error(why), code_(code) {}
    /// The file's content is the reason, and not the disk or the system.
    bool is_damage() const noexcept;

private:
    int code_;
};

/// What an entry is.
enum class Kind : std::int64_t { identity, starmap, session, result, rows };

/// One row of the file; a large entry takes several.
struct Entry {
    std::int64_t id = 0;
    Kind kind = Kind::result;
    std::int64_t part = 0;
    std::int64_t parts = 1;
    ContentHash key;
    std::span<std::byte const> data; ///< valid until the next call
    bool whole = true;               ///< its checksum holds
};

/// The SQLite database of a checkpoint: one table, to which entries are appended, each with a
/// checksum. It is opened without the locks of POSIX, which some file systems of clusters lack
/// (FileLock keeps others out), and with its index of the log in memory and not in shared memory.
class Database {
public:
    /// Throws DatabaseError.
    explicit Database(std::string const& path);
    Database(Database const&) = delete;
    Database& operator=(Database const&) = delete;
    ~Database();

    /// No table is there yet.
    bool empty();
    /// It was made by create().
    bool is_checkpoint();
    void create();
    void begin();
    void commit();
    /// Appends what is then the last entry.
    void append(Kind kind, std::int64_t part, std::int64_t parts, ContentHash const& key,
                std::span<std::byte const> data);
    /// The entry with this id; false if there is none. Throws DatabaseError where it is unreadable.
    bool read(std::int64_t id, Entry& entry);
    /// The first entry from this id on; likewise.
    bool read_from(std::int64_t id, Entry& entry);

private:
    struct Close {
        void operator()(sqlite3* database) const noexcept;
        void operator()(sqlite3_stmt* statement) const noexcept;
    };
    using Statement = std::unique_ptr<sqlite3_stmt, Close>;

    void execute(char const* text);
    std::int64_t number(char const* text);
    sqlite3_stmt& prepared(Statement& statement, char const* text);
    bool read(Statement& statement, char const* text, std::int64_t id, Entry& entry);
    [[noreturn]] void refuse(int code) const;

    std::unique_ptr<sqlite3, Close> database_;
    Statement append_;
    Statement read_;
    Statement read_from_;
};

} // namespace starmap::journal
