#include "run/output.hpp"

#include "run/explaining.hpp"

#include <starmap/error.hpp>

#include <fmt/format.h>

#include <fcntl.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <utility>

namespace starmap::farm {

namespace {

constexpr int first_other_file = 3;
constexpr std::size_t out_pipe = 0;
constexpr std::size_t err_pipe = 1;
constexpr std::size_t piece = 64 * 1024;

[[noreturn]] void fail(std::string const& what, int why, char const* advice)
{
    throw IoError(fmt::format("{} ({}). {}", what, std::strerror(why), advice));
}

constexpr char const* raise_the_limit = "Raise the limit of open files (ulimit -n).";

/// The same file by a number above those of stdin, stdout and stderr, of which this process may
/// have none.
int above_the_first(int file)
{
    if (file < 0 || file >= first_other_file) return file;
    auto const moved = ::fcntl(file, F_DUPFD_CLOEXEC, first_other_file);
    auto const why = errno;
    ::close(file);
    errno = why;
    return moved;
}

void close_file(int& file) noexcept
{
    if (file >= 0) ::close(std::exchange(file, -1));
}

} // namespace

CommandOutput::CommandOutput(Running const& how, std::uint64_t task_no)
    : where_(how.output),
      most_(how.most_output),
      nothing_(above_the_first(::open("/dev/null", O_RDWR | O_CLOEXEC)))
{
    try {
        if (nothing_ < 0) fail("/dev/null cannot be opened", errno, raise_the_limit);
        if (where_ == Output::files)
            open_files(how, task_no);
        else
            open_pipe(err_pipe);
        if (where_ == Output::collected) open_pipe(out_pipe);
    } catch (...) {
        close_all();
        throw;
    }
}

CommandOutput::~CommandOutput() { close_all(); }

void CommandOutput::close_all() noexcept
{
    close_file(nothing_);
    for (auto& file : for_command_) close_file(file);
    for (auto& file : pipes_) close_file(file);
}

void CommandOutput::open_files(Running const& how, std::uint64_t task_no)
{
    auto const base = fmt::format("{}/{}", how.folder, task_no);
    err_file_ = base + ".err";
    constexpr auto flags = O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC;
    for (auto const which : {out_pipe, err_pipe}) {
        auto const path = which == err_pipe ? err_file_ : base + ".out";
        for_command_[which] = above_the_first(::open(path.c_str(), flags, 0666));
        if (for_command_[which] < 0)
            fail("its output cannot be written to " + path, errno,
                 "The directory must be there and writable, with room, on every node.");
    }
}

void CommandOutput::open_pipe(std::size_t which)
{
    std::array<int, 2> ends{-1, -1};
    if (::pipe2(ends.data(), O_CLOEXEC) != 0)
        fail("no pipe can be had for its output", errno, raise_the_limit);
    pipes_[which] = above_the_first(ends[0]);
    for_command_[which] = above_the_first(ends[1]);
    if (pipes_[which] < 0 || for_command_[which] < 0)
        fail("no pipe can be had for its output", errno, raise_the_limit);
    // Of this end alone: a command must not be surprised by a pipe that does not block.
    ::fcntl(pipes_[which], F_SETFL, O_NONBLOCK);
}

void CommandOutput::command_has_them()
{
    for (auto const which : {out_pipe, err_pipe})
        if (pipes_[which] >= 0) close_file(for_command_[which]);
}

bool CommandOutput::take(std::size_t pipe, std::size_t most)
{
    std::array<char, piece> text; // NOLINT: read() fills it
    auto const length = ::read(pipes_[pipe], text.data(), std::min(most, text.size()));
    if (length < 0) return errno == EINTR;
    if (length == 0) {
        close_file(pipes_[pipe]);
        return false;
    }
    auto const size = static_cast<std::size_t>(length);
    if (where_ == Output::collected) {
        auto const room = most_ - std::min<std::uint64_t>(most_, kept_[0].size() + kept_[1].size());
        auto const keep = static_cast<std::size_t>(std::min<std::uint64_t>(room, size));
        kept_[pipe].append(text.data(), keep);
        cut_ += size - keep;
    }
    if (pipe == err_pipe) {
        auto const end = std::min(size, 2 * most_last_words);
        err_end_.append(text.data() + size - end, end);
        if (err_end_.size() > 4 * most_last_words)
            err_end_.erase(0, err_end_.size() - 2 * most_last_words);
    }
    return true;
}

void CommandOutput::read(std::size_t pipe)
{
    // A piece at a time: one that writes without end does not keep its caller from the clock.
    take(pipe, piece);
}

void CommandOutput::finish()
{
    for (auto const pipe : {out_pipe, err_pipe}) {
        int there = 0;
        if (pipes_[pipe] < 0 || ::ioctl(pipes_[pipe], FIONREAD, &there) != 0) continue;
        auto left = static_cast<std::size_t>(std::max(0, there));
        while (left > 0 && pipes_[pipe] >= 0) {
            auto const size = std::min(left, piece);
            if (!take(pipe, size)) break;
            left -= size;
        }
        close_file(pipes_[pipe]);
    }
    if (where_ != Output::files || for_command_[err_pipe] < 0) return;
    struct stat status {};
    if (::fstat(for_command_[err_pipe], &status) != 0) return;
    if (status.st_size == 0) {
        // Most commands say nothing there, and many small files are a burden to file systems.
        ::unlink(err_file_.c_str());
        return;
    }
    err_end_.resize(2 * most_last_words);
    auto const at = std::max<off_t>(0, status.st_size - static_cast<off_t>(err_end_.size()));
    auto const length = ::pread(for_command_[err_pipe], err_end_.data(), err_end_.size(), at);
    err_end_.resize(static_cast<std::size_t>(std::max<ssize_t>(0, length)));
}

std::string CommandOutput::last_words() const { return farm::last_words(err_end_); }

} // namespace starmap::farm
