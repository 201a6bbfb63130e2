#include "run/journal_folder.hpp"

#include "records/host.hpp"

#include <starmap/error.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <filesystem>
#include <memory>
#include <span>
#include <system_error>

namespace starmap::farm {

namespace {

namespace fs = std::filesystem;

constexpr char const* ending = ".ends";

/// The lock's path, once the folder is there.
std::string lock_in(std::string const& path)
{
    std::error_code error;
    if (fs::exists(path, error) && !fs::is_directory(path, error))
        throw UsageError(fmt::format("The journal {} is no folder (a file of that name is there). "
                                     "Choose another place by --journal=FOLDER.",
                                     path));
    fs::create_directories(path, error);
    if (error)
        throw IoError(fmt::format("Cannot make the folder {} of the journal ({}). Choose another "
                                  "place by --journal=FOLDER, or --journal=none.",
                                  path, error.message()));
    return path + "/lock";
}

std::vector<std::string> files_in(std::string const& folder)
{
    std::vector<std::string> found;
    std::error_code error;
    for (fs::directory_iterator at(folder, error), end; !error && at != end; at.increment(error))
        if (at->path().extension() == ending) found.push_back(at->path().string());
    if (error)
        throw IoError(fmt::format("Cannot look into the journal {} ({}). --journal=FOLDER chooses "
                                  "another place.",
                                  folder, error.message()));
    return found;
}

} // namespace

void EndedCommands::finish()
{
    std::sort(ends_.begin(), ends_.end(), [](End const& left, End const& right) {
        return left.id != right.id ? left.id < right.id : left.succeeded > right.succeeded;
    });
    ends_.erase(std::unique(ends_.begin(), ends_.end(),
                            [](End const& left, End const& right) { return left.id == right.id; }),
                ends_.end());
}

EndedCommands::State EndedCommands::state(CommandId const& id) const noexcept
{
    auto const found =
        std::lower_bound(ends_.begin(), ends_.end(), id,
                         [](End const& end, CommandId const& wanted) { return end.id < wanted; });
    if (found == ends_.end() || found->id != id) return State::unknown;
    return found->succeeded ? State::succeeded : State::failed;
}

ReadJournal read_journal(std::string const& folder)
{
    ReadJournal journal;
    auto& ended = journal.ended;
    auto const paths = files_in(folder);
    std::size_t entries = 0;
    for (auto const& path : paths) {
        std::error_code error;
        auto const size = fs::file_size(path, error);
        if (!error) entries += size / entry_size;
    }
    ended.reserve(entries);
    std::vector<std::byte> block(std::size_t{1} << 20);
    for (auto const& path : paths) {
        std::unique_ptr<std::FILE, int (*)(std::FILE*)> const file(std::fopen(path.c_str(), "rbe"),
                                                                   std::fclose);
        EntryScanner scanner;
        std::size_t got = 0;
        while (file && (got = std::fread(block.data(), 1, block.size(), file.get())) != 0)
            scanner.feed(std::span(block).first(got),
                         [&](JournalEntry const& entry) { ended.add(entry); });
        if (!file || std::ferror(file.get()) != 0)
            throw IoError(fmt::format("Cannot read the journal {} ({}). Without it all commands "
                                      "would run again; --fresh wants that.",
                                      path, std::strerror(errno)));
        journal.damaged += scanner.finish();
    }
    ended.finish();
    return journal;
}

JournalFolder::JournalFolder(std::string const& path)
    : path_(path),
      lock_(lock_in(path), {.what = "journal", .setting = "--journal=FOLDER"})
{
}

std::string JournalFolder::file_of_this_node(std::string const& folder)
{
    return fmt::format("{}/{}{}", folder, records::host_name(), ending);
}

void JournalFolder::clear()
{
    for (auto const& path : files_in(path_)) {
        std::error_code error;
        if (!fs::remove(path, error) || error)
            throw IoError(
                fmt::format("Cannot remove {} of the journal ({}).", path, error.message()));
    }
}

} // namespace starmap::farm
