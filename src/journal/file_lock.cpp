#include "journal/file_lock.hpp"

#include <starmap/error.hpp>

#include <fmt/format.h>

#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

#include <cerrno>
#include <chrono>
#include <cstring>
#include <thread>
#include <utility>

namespace starmap::journal {

namespace {

/// A run that was killed is gone within this time, whatever it was doing.
constexpr int patience = 100;
constexpr auto between = std::chrono::milliseconds(20);

} // namespace

FileLock::FileLock(std::string const& path, LockedFile const& words)
    : fd_(::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0666))
{
    if (fd_ < 0)
        throw IoError(fmt::format("Cannot open the {} {} ({}). Choose another place by {}.",
                                  words.what, path, std::strerror(errno), words.setting));
    for (int tries = 0; !holds_; ++tries) {
        holds_ = ::flock(fd_, LOCK_EX | LOCK_NB) == 0;
        if (holds_ || (errno != EWOULDBLOCK && errno != EINTR)) return;
        if (tries == patience) {
            ::close(fd_);
            throw UsageError(fmt::format("The {} {} is in use (another run holds it now). Wait for "
                                         "its end, or give this run "
                                         "one of its own by {}.",
                                         words.what, path, words.setting));
        }
        std::this_thread::sleep_for(between);
    }
}

FileLock::FileLock(FileLock&& other) noexcept
    : fd_(std::exchange(other.fd_, -1)),
      holds_(std::exchange(other.holds_, false))
{
}

FileLock& FileLock::operator=(FileLock&& other) noexcept
{
    std::swap(fd_, other.fd_);
    std::swap(holds_, other.holds_);
    return *this;
}

FileLock::~FileLock()
{
    if (fd_ >= 0) ::close(fd_);
}

} // namespace starmap::journal
