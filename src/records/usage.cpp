#include "records/usage.hpp"

#include <fcntl.h>
#include <sys/resource.h>
#include <sys/types.h>
#include <time.h>
#include <unistd.h>

#include <array>
#include <charconv>
#include <cstdio>
#include <string_view>

namespace starmap::records {

namespace {

double seconds(timeval const& time)
{
    return static_cast<double>(time.tv_sec) + 1e-6 * static_cast<double>(time.tv_usec);
}

/// Resident pages, as an open statm of /proc tells; 0 if it does not.
std::size_t resident_pages_in(int file) noexcept
{
    std::array<char, 128> text;
    auto const length = file < 0 ? -1 : ::pread(file, text.data(), text.size(), 0);
    if (length <= 0) return 0;
    std::string_view const line(text.data(), static_cast<std::size_t>(length));
    auto const blank = line.find(' ');
    if (blank == std::string_view::npos) return 0;
    std::size_t pages = 0;
    auto const [end, error] =
        std::from_chars(line.data() + blank + 1, line.data() + line.size(), pages);
    (void)end;
    return error == std::errc{} ? pages : 0;
}

std::size_t page_size() noexcept
{
    static auto const size = static_cast<std::size_t>(::sysconf(_SC_PAGESIZE));
    return size;
}

/// A kept descriptor of /proc/self/statm.
class Statm {
public:
    Statm() = default;
    Statm(Statm const&) = delete;
    Statm& operator=(Statm const&) = delete;
    ~Statm()
    {
        if (file_ >= 0 && opened_by_ == ::getpid()) ::close(file_);
    }

    /// Resident pages, or 0.
    std::size_t resident_pages() noexcept
    {
        // "self" was resolved when the file was opened: after fork it is still the parent. The old
        // number is forgotten, not closed: by now it may be someone else's file.
        if (opened_by_ != ::getpid()) file_ = -1;
        if (auto const pages = read_once(); pages != 0) return pages;
        file_ = -1;
        return read_once();
    }

private:
    std::size_t read_once() noexcept
    {
        if (file_ < 0) {
            file_ = ::open("/proc/self/statm", O_RDONLY | O_CLOEXEC);
            opened_by_ = ::getpid();
        }
        return resident_pages_in(file_);
    }

    int file_ = -1;
    ::pid_t opened_by_ = 0;
};

} // namespace

Usage process_usage() noexcept
{
    rusage used{};
    ::getrusage(RUSAGE_SELF, &used);
    return {.cpu_seconds = seconds(used.ru_utime) + seconds(used.ru_stime),
            .peak_rss_bytes = static_cast<std::size_t>(used.ru_maxrss) * 1024};
}

double process_cpu_seconds() noexcept
{
    timespec time{};
    ::clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time);
    return static_cast<double>(time.tv_sec) + 1e-9 * static_cast<double>(time.tv_nsec);
}

std::size_t current_rss() noexcept
{
    static thread_local Statm statm;
    return statm.resident_pages() * page_size();
}

std::size_t resident_bytes(long pid) noexcept
{
    std::array<char, 32> path{};
    std::snprintf(path.data(), path.size(), "/proc/%ld/statm", pid);
    int const file = ::open(path.data(), O_RDONLY | O_CLOEXEC);
    auto const pages = resident_pages_in(file);
    if (file >= 0) ::close(file);
    return pages * page_size();
}

double thread_cpu_seconds() noexcept
{
    timespec time{};
    ::clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time);
    return static_cast<double>(time.tv_sec) + 1e-9 * static_cast<double>(time.tv_nsec);
}

} // namespace starmap::records
