// How a checkpoint is opened, checked and mended; the rest of it is in checkpoint.cpp.
#include "base/log.hpp"
#include "journal/checkpoint.hpp"

#include <starmap/error.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <cstdint>
#include <filesystem>
#include <fstream>
#include <limits>
#include <utility>

namespace starmap::journal {

namespace {

constexpr std::string_view magic{"SQLite format 3\0", 16};
constexpr char const* own_file =
    "Give this run a file of its own by --starmap-checkpoint=FILE, or remove that one.";

/// What follows the name of a file for the log that SQLite keeps beside it.
constexpr char const* log_suffix = "-wal";

void refuse_what_is_no_database(std::string const& path)
{
    std::ifstream file(path, std::ios::binary);
    std::string head(magic.size(), '\0');
    file.read(head.data(), static_cast<std::streamsize>(head.size()));
    auto const got = static_cast<std::size_t>(file.gcount());
    if (got != 0 && head != magic)
        throw UsageError(
            fmt::format("{} is no checkpoint (it is no SQLite database). {}", path, own_file));
}

template <class T>
void refuse_unlike(std::string const& path, char const* what, T const& theirs, T const& ours)
{
    if (theirs != ours)
        throw UsageError(fmt::format("The checkpoint {} is of another {} ({}, and this run has "
                                     "{}). {}",
                                     path, what, theirs, ours, own_file));
}

} // namespace

Checkpoint::Checkpoint(std::string path, Identity const& identity, CheckpointOptions options)
    : path_(std::move(path)),
      options_(options),
      lock_(path_)
{
    if (!lock_.holds())
        base::log_warning("The file system of the checkpoint {} has no locks: see to it that no "
                          "second run uses that file",
                          path_);
    refuse_what_is_no_database(path_);
    try {
        open();
        check(identity);
        if (earlier_.damaged() != 0) salvage();
    } catch (DatabaseError const& error) {
        throw IoError(
            fmt::format("Cannot use the checkpoint {} ({}). {}", path_, error.what(), own_file));
    }
    auto const most = std::uint64_t{std::numeric_limits<std::uint16_t>::max()};
    session_ = static_cast<std::uint16_t>(std::min(earlier_.sessions + 1, most));
    if (earlier_.identity.empty()) {
        auto const text = identity.text();
        append(Kind::identity, {}, std::as_bytes(std::span(text)));
    }
    append(Kind::session, {0, session_}, {});
    thread_ = std::thread([this] { work(); });
}

void Checkpoint::open()
{
    database_ = std::make_unique<Database>(path_);
    try {
        if (!database_->empty()) {
            if (!database_->is_checkpoint())
                throw UsageError(fmt::format("{} is no checkpoint (it is a database of another "
                                             "program). {}",
                                             path_, own_file));
            earlier_.read(*database_);
        }
        database_->create();
    } catch (DatabaseError const& error) {
        if (!error.is_damage()) throw;
        earlier_.note_damage();
    }
}

void Checkpoint::check(Identity const& identity) const
{
    if (earlier_.identity.empty()) return;
    auto const theirs = Identity::from(earlier_.identity);
    refuse_unlike(path_, "program", theirs.program, identity.program);
    refuse_unlike(path_, "version of Starmap", theirs.version, identity.version);
    refuse_unlike(path_, "build of the program, with other tasks", theirs.digest, identity.digest);
    refuse_unlike(path_, "seed", theirs.seed, identity.seed);
}

/// Copies what is whole to a new file, which takes the place of the damaged one.
void Checkpoint::salvage()
{
    namespace fs = std::filesystem;
    auto const fresh_path = path_ + ".new";
    auto const kept_path = path_ + ".damaged";
    for (auto const* suffix : {"", log_suffix}) fs::remove(fresh_path + suffix);
    FileLock fresh_lock(fresh_path);
    {
        Database fresh(fresh_path);
        fresh.create();
        fresh.begin();
        Entry entry;
        for (auto const id : earlier_.whole)
            if (database_->read(id, entry) && entry.whole)
                fresh.append(entry.kind, entry.part, entry.parts, entry.key, entry.data);
        fresh.commit();
    }
    database_.reset();
    fs::rename(path_, kept_path);
    if (fs::exists(path_ + log_suffix)) fs::rename(path_ + log_suffix, kept_path + log_suffix);
    fs::rename(fresh_path, path_);
    lock_ = std::move(fresh_lock);
    auto const damaged = earlier_.damaged();
    earlier_ = {};
    database_ = std::make_unique<Database>(path_);
    earlier_.read(*database_);
    base::log_warning("The checkpoint {} is damaged in {} place{}: {} result{} of it are whole and "
                      "used, the rest is computed again. The damaged file is now {}",
                      path_, damaged, damaged == 1 ? "" : "s", earlier_.results(),
                      earlier_.results() == 1 ? "" : "s", kept_path);
    earlier_.note_damage(damaged);
}

} // namespace starmap::journal
