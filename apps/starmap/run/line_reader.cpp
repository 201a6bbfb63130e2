#include "run/line_reader.hpp"

#include "run/excerpt.hpp"

#include <starmap/error.hpp>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <utility>

#include <fcntl.h>
#include <poll.h>
#include <sys/stat.h>
#include <unistd.h>

namespace starmap::farm {

namespace {

constexpr std::size_t read_bytes = 64 << 10;

[[noreturn]] void refuse(std::string const& name, int error)
{
    auto const advice = error == ENOENT   ? ": look for a slip in its name"
                        : error == EACCES ? ": look at its permissions"
                                          : "";
    throw IoError(name + " cannot be read (" + std::strerror(error) + ")" + advice);
}

} // namespace

LineReader::LineReader(std::string const& path) : name_(path == "-" ? "standard input" : path)
{
    // Not to wait for a writer of a FIFO here; poll() tells when there is one.
    if (path == "-")
        fd_ = STDIN_FILENO;
    else if ((fd_ = ::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK)) < 0)
        refuse(name_, errno);
    struct stat status {};
    if (::fstat(fd_, &status) != 0) {
        auto const error = errno;
        if (path == "-") throw IoError("standard input cannot be read (it is closed): name a file");
        ::close(fd_);
        refuse(name_, error);
    }
    if (S_ISDIR(status.st_mode)) {
        if (fd_ != STDIN_FILENO) ::close(fd_);
        throw IoError(name_ + " cannot be read (it is a directory): name a file in it");
    }
    is_stream_ = !S_ISREG(status.st_mode);
    if (!is_stream_) start_ = ::lseek(fd_, 0, SEEK_CUR);
}

LineReader::LineReader(LineReader&& other) noexcept
    : name_(std::move(other.name_)),
      buffer_(std::move(other.buffer_)),
      begin_(other.begin_),
      searched_(other.searched_),
      problem_(std::move(other.problem_)),
      offset_(other.offset_),
      line_(other.line_),
      start_(other.start_),
      fd_(std::exchange(other.fd_, -1)),
      is_stream_(other.is_stream_),
      ended_(other.ended_)
{
}

LineReader::~LineReader()
{
    if (fd_ > STDIN_FILENO) ::close(fd_);
}

LineReader::Read LineReader::next(std::string_view& line, bool wait)
{
    while (!take_line(line)) {
        if (ended_) {
            if (!problem_.empty()) throw UsageError(std::exchange(problem_, {}));
            if (begin_ == buffer_.size()) return Read::end;
            ++line_;
            line = without_mark(std::string_view(buffer_).substr(begin_));
            begin_ = searched_ = buffer_.size();
            return Read::line;
        }
        if (!fill(wait)) return Read::nothing;
    }
    return Read::line;
}

bool LineReader::take_line(std::string_view& line)
{
    auto const end = buffer_.find('\n', searched_);
    if (end == std::string::npos) {
        searched_ = buffer_.size();
        return false;
    }
    ++line_;
    line = without_mark(std::string_view(buffer_).substr(begin_, end - begin_));
    begin_ = searched_ = end + 1;
    return true;
}

std::string_view LineReader::without_mark(std::string_view line)
{
    if (line.ends_with('\r')) line.remove_suffix(1);
    constexpr std::string_view mark = "\xef\xbb\xbf";
    if (line_ == 1 && line.starts_with(mark)) line.remove_prefix(mark.size());
    return line;
}

bool LineReader::something_there(bool wait)
{
    if (!is_stream_) return true;
    pollfd asked{fd_, POLLIN, 0};
    for (;;) {
        auto const found = ::poll(&asked, 1, wait ? -1 : 0);
        if (found > 0) return true;
        if (found == 0) return false;
        if (errno != EINTR) refuse(name_, errno);
        if (!wait) return false;
    }
}

bool LineReader::fill(bool wait)
{
    // What was given goes, so that the buffer holds the beginning of one line and what follows it.
    buffer_.erase(0, begin_);
    searched_ -= begin_;
    offset_ += std::exchange(begin_, 0);
    for (;;) {
        if (!something_there(wait)) return false;
        auto const kept = buffer_.size();
        buffer_.resize(kept + read_bytes);
        auto const got = ::read(fd_, buffer_.data() + kept, read_bytes);
        auto const error = errno;
        buffer_.resize(kept + (got > 0 ? static_cast<std::size_t>(got) : 0));
        if (got > 0) {
            check(std::string_view(buffer_).substr(kept));
            return true;
        }
        if (got == 0) {
            ended_ = true;
            return true;
        }
        if (error == EINTR || (error == EAGAIN && wait)) continue;
        if (error == EAGAIN) return false;
        ended_ = true;
        buffer_.clear();
        searched_ = 0;
        refuse(name_, error);
    }
}

void LineReader::check(std::string_view part)
{
    if (auto const at = part.find('\0'); at != std::string_view::npos) {
        auto const in_buffer = buffer_.size() - part.size() + at;
        auto const wide =
            offset_ == 0 && (buffer_.starts_with("\xff\xfe") || buffer_.starts_with("\xfe\xff"));
        end_before(buffer_.rfind('\n', in_buffer) + 1, // npos + 1 is 0
                   "the byte at offset " + std::to_string(offset_ + in_buffer) + " is NUL (" +
                       (wide ? "it seems to be UTF-16): save it as UTF-8"
                             : "this is no text): give a list of command lines"));
    }
    // No line ends before searched_: the first one has been growing for as many parts.
    for (std::size_t from = 0; from < buffer_.size();) {
        auto const end = std::min(buffer_.find('\n', std::max(from, searched_)), buffer_.size());
        if (end - from > most_line_bytes) {
            end_before(from, "the line " + excerpt(std::string_view(buffer_).substr(from, 100)) +
                                 " is too long (it has more than 1 MiB): put a part of it into a "
                                 "file of its own");
            return;
        }
        from = end + 1;
    }
}

void LineReader::end_before(std::size_t bad_line, std::string const& problem)
{
    auto const end = buffer_.begin() + static_cast<std::ptrdiff_t>(bad_line);
    auto const before = static_cast<std::uint64_t>(std::count(buffer_.begin(), end, '\n'));
    problem_ = name_ + ":" + std::to_string(line_ + before + 1) + ": " + problem;
    buffer_.resize(bad_line);
    searched_ = std::min(searched_, bad_line);
    ended_ = true;
}

void LineReader::rewind()
{
    if (::lseek(fd_, start_, SEEK_SET) < 0) refuse(name_, errno);
    buffer_.clear();
    problem_.clear();
    begin_ = searched_ = 0;
    offset_ = line_ = 0;
    ended_ = false;
}

} // namespace starmap::farm
