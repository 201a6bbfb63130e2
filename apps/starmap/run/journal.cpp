#include "run/journal.hpp"

#include "journal/content_hash.hpp"
#include "run/journal_entry.hpp"

#include <starmap/error.hpp>

#include <fmt/format.h>

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <span>

namespace starmap::farm {

namespace {

/// The file of the journal that this process appends to. It is kept open: on a parallel file system
/// opening one costs far more than writing to it.
class Appended {
public:
    Appended() = default;
    Appended(Appended const&) = delete;
    Appended& operator=(Appended const&) = delete;
    ~Appended() { close(); }

    int descriptor(std::string const& path)
    {
        if (fd_ >= 0 && path == path_) return fd_;
        close();
        fd_ = ::open(path.c_str(), O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0666);
        path_ = path;
        return fd_;
    }

private:
    void close() noexcept
    {
        if (fd_ >= 0) ::close(fd_);
    }

    std::string path_;
    int fd_ = -1;
};

[[noreturn]] void refuse(std::string const& file, char const* why)
{
    throw IoError(fmt::format("Cannot write the journal {} ({}). What ends now would be run again "
                              "by the next run; choose another place by --journal=FOLDER.",
                              file, why));
}

} // namespace

CommandId id_of(Command const& command)
{
    auto const text = journal::hash_of(std::as_bytes(std::span(command.text)));
    auto const hash = journal::hash_of(text, {command.occurrence, 0}, 0);
    return {hash.first, hash.second};
}

void note_end(std::string const& file, CommandId const& id, Outcome const& outcome)
{
    thread_local Appended appended;
    auto const fd = appended.descriptor(file);
    if (fd < 0) refuse(file, std::strerror(errno));
    auto const bytes = to_bytes({.id = id,
                                 .seconds = outcome.seconds,
                                 .exit_code = outcome.exit_code,
                                 .rank = outcome.rank,
                                 .attempt = outcome.attempt,
                                 .status = outcome.status});
    ssize_t written = 0;
    do written = ::write(fd, bytes.data(), bytes.size());
    while (written < 0 && errno == EINTR);
    if (written < 0) refuse(file, std::strerror(errno));
    if (static_cast<std::size_t>(written) != bytes.size()) refuse(file, "the disk is full");
}

} // namespace starmap::farm
