#include "records/process_watch.hpp"

#include <sys/epoll.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <array>
#include <fstream>
#include <sstream>
#include <utility>

namespace starmap::records {

namespace {

constexpr double look_every = 0.25;

std::string stat_of(std::int64_t pid)
{
    std::ifstream file("/proc/" + std::to_string(pid) + "/stat");
    std::string text;
    std::getline(file, text);
    return text;
}

bool runs(ProcessId const& process)
{
    auto const started = start_of(stat_of(process.pid));
    return started != 0 && (process.started == 0 || started == process.started);
}

} // namespace

std::uint64_t start_of(std::string const& stat)
{
    // "PID (NAME) STATE ...", where a name may have blanks and brackets; the start is field 22.
    auto const name_end = stat.rfind(')');
    if (name_end == std::string::npos) return 0;
    std::istringstream fields(stat.substr(name_end + 1));
    char state = 0;
    fields >> state;
    if (!fields || state == 'Z' || state == 'X') return 0;
    std::string passed;
    for (int field = 4; field < 22; ++field) fields >> passed;
    std::uint64_t started = 0;
    fields >> started;
    return fields ? started : 0;
}

ProcessId this_process()
{
    auto const pid = static_cast<std::int64_t>(::getpid());
    return {.pid = pid, .started = start_of(stat_of(pid))};
}

ProcessWatch::ProcessWatch() : events_(::epoll_create1(EPOLL_CLOEXEC)) {}

ProcessWatch::~ProcessWatch()
{
    for (auto const file : files_) ::close(file);
    if (events_ >= 0) ::close(events_);
}

void ProcessWatch::add(ProcessId process, std::uint32_t name)
{
    auto const file = static_cast<int>(::syscall(SYS_pidfd_open, process.pid, 0));
    // Looked at once the file is there: from then on its number cannot become another's.
    if (!runs(process)) {
        if (file >= 0) ::close(file);
        known_.push_back(name);
        return;
    }
    epoll_event event{};
    event.events = EPOLLIN | EPOLLET;
    event.data.u32 = name;
    if (file >= 0) {
        files_.push_back(file);
        if (::epoll_ctl(events_, EPOLL_CTL_ADD, file, &event) == 0) return;
    }
    without_file_.push_back({process, name});
}

void ProcessWatch::add_line(int line, std::uint32_t name)
{
    epoll_event event{};
    event.events = EPOLLIN | EPOLLRDHUP | EPOLLET;
    event.data.u32 = name;
    files_.push_back(line);
    ::epoll_ctl(events_, EPOLL_CTL_ADD, line, &event);
}

std::vector<std::uint32_t> ProcessWatch::ended(double now)
{
    auto found = std::exchange(known_, {});
    std::array<epoll_event, 16> events{};
    // Told once, as the event is that of an edge.
    auto const count =
        files_.empty() ? 0 : ::epoll_wait(events_, events.data(), int{events.size()}, 0);
    for (int i = 0; i < count; ++i) found.push_back(events[static_cast<std::size_t>(i)].data.u32);
    if (now < next_look_) return found;
    next_look_ = now + look_every;
    std::erase_if(without_file_, [&](Watched const& watched) {
        if (runs(watched.process)) return false;
        found.push_back(watched.name);
        return true;
    });
    return found;
}

} // namespace starmap::records
