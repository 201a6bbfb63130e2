#pragma once

#include "journal/file_lock.hpp"
#include "run/journal_entry.hpp"

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

namespace starmap::farm {

/// How commands have ended in earlier runs, by what the journal knows them by.
class EndedCommands {
public:
    enum class State : std::uint8_t { unknown, succeeded, failed };

    void reserve(std::size_t entries) { ends_.reserve(entries); }
    void add(JournalEntry const& entry)
    {
        ends_.push_back({entry.id, entry.status == TaskStatus::ok});
    }
    /// After the last add(), before the first look. One that has succeeded in any run did not run
    /// after that, so the order of entries does not matter.
    void finish();

    State state(CommandId const& id) const noexcept;
    std::size_t size() const noexcept { return ends_.size(); }

private:
    struct End {
        CommandId id;
        bool succeeded;
    };
    std::vector<End> ends_; ///< sorted by id
};

/// What a folder holds.
struct ReadJournal {
    EndedCommands ended;
    std::uint64_t damaged = 0; ///< entries that were passed over: cut short or changed
};
/// Reads what all nodes have noted in a folder. Throws IoError.
ReadJournal read_journal(std::string const& folder);

/// The journal of a farm: a folder with a file for each node, to which the processes there append,
/// and the lock of the one farm that may use it.
class JournalFolder {
public:
    /// Makes the folder if it is not there. Throws UsageError where another farm uses it, or what
    /// is there is no folder of a journal; IoError where it cannot be made.
    explicit JournalFolder(std::string const& path);

    ReadJournal read() const { return read_journal(path_); }
    /// Forgets all of it. Throws IoError.
    void clear();

    /// The file of a journal that the processes of a node append to.
    static std::string file_of_this_node(std::string const& folder);

private:
    std::string path_;
    journal::FileLock lock_;
};

} // namespace starmap::farm
