#pragma once

#include "journal/content_hash.hpp"
#include "journal/database.hpp"

#include <starmap/detail/bytes.hpp>

#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace starmap::journal {

/// What a checkpoint belongs to.
struct Identity {
    std::string program;      ///< name of the executable, without its folder
    std::uint64_t digest = 0; ///< of the names of all its tasks
    std::string version;      ///< of Starmap
    std::uint64_t seed = 0;   ///< of the session

    std::string text() const;
    static Identity from(std::string_view text);
};

/// What a file holds, entry by entry: which results, and where.
class EarlierRuns {
public:
    /// Reads the whole file once and checks every entry; what cannot be read is passed over.
    void read(Database& database);

    bool has(ContentHash const& key) const { return results_.contains(key); }
    /// Where the first part of a result is; 0 where there is none.
    std::int64_t find(ContentHash const& key) const;
    std::size_t results() const noexcept { return results_.size(); }
    /// Entries, or stretches of the file, that are damaged.
    std::uint64_t damaged() const noexcept { return damaged_; }
    void note_damage(std::uint64_t places = 1) noexcept { damaged_ += places; }

    std::string identity;                          ///< as text; empty: none
    std::map<std::uint64_t, std::string> starmaps; ///< name and type, by number
    std::uint64_t sessions = 0;
    std::uint64_t fruitless = 0;     ///< of the last sessions, how many in a row have added nothing
    std::vector<std::int64_t> rows;  ///< entries with rows of the record
    std::vector<std::int64_t> whole; ///< all entries that are good

private:
    bool take(Entry const& entry);

    std::unordered_map<ContentHash, std::int64_t, HashBits> results_;
    std::uint64_t damaged_ = 0;
    ContentHash open_key_;       ///< of a result whose parts are being read
    std::int64_t open_id_ = 0;   ///< its first part
    std::int64_t open_next_ = 0; ///< the part that must come next
};

/// All parts of the result whose first part is entry `id`. Throws DatabaseError; false where it is
/// no longer whole.
bool read_result(Database& database, std::int64_t id, detail::Bytes& out);

} // namespace starmap::journal
