#include "run/family.hpp"

#include "base/clock.hpp"
#include "execution/orphans.hpp"
#include "records/process_tree.hpp"
#include "records/usage.hpp"
#include "run/environment.hpp"

#include <poll.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <fstream>
#include <limits>
#include <set>
#include <utility>

namespace starmap::farm {

namespace {

// A process that is about to end by itself is given so long before it counts as left behind.
constexpr double end_by_itself = 10e-3;
// And one that was killed so long to be gone: the kernel may keep it in a call for ever.
constexpr double patience = 2.0;
constexpr int look_every_ms = 2;

double seconds(timeval const& time)
{
    return static_cast<double>(time.tv_sec) + 1e-6 * static_cast<double>(time.tv_usec);
}

/// A child that has ended and was not waited for; 0: none has; -1: there are no children.
pid_t ended_child()
{
    siginfo_t ended{};
    if (::waitid(P_ALL, 0, &ended, WEXITED | WNOHANG | WNOWAIT | __WALL) != 0)
        return errno == ECHILD ? -1 : 0;
    return ended.si_pid;
}

void signal_each(std::vector<pid_t> const& processes, int signal)
{
    for (auto const pid : processes) ::kill(pid, signal);
    // One that is stopped ends only when it goes on.
    if (signal != SIGKILL)
        for (auto const pid : processes) ::kill(pid, SIGCONT);
}

} // namespace

Family::Family(pid_t leader, std::string mark)
    : self_(::getpid()),
      leader_(leader),
      mark_(std::string(mark_variable) + '=' + std::move(mark)),
      sessions_{leader}
{
}

Family::~Family()
{
    if (leader_is_gone_) return;
    signal(SIGKILL);
    while (::waitpid(leader_, nullptr, 0) < 0 && errno == EINTR) {
    }
    leader_is_gone_ = true;
    end_orphans(0);
}

void Family::signal(int signal) const
{
    ::kill(-leader_, signal);
    if (signal != SIGKILL) ::kill(-leader_, SIGCONT);
    // Those that have left its group.
    auto others = records::with_descendants({leader_});
    auto const more = records::with_descendants(orphans());
    others.insert(others.end(), more.begin(), more.end());
    for (auto const pid : others) note_session(pid);
    std::erase_if(others, [&](pid_t pid) { return ::getpgid(pid) == leader_; });
    signal_each(others, signal);
}

std::size_t Family::resident_bytes() const
{
    auto roots = orphans();
    roots.push_back(leader_);
    std::size_t sum = 0;
    for (auto const pid : records::with_descendants(std::move(roots)))
        sum += records::resident_bytes(pid);
    return sum;
}

bool Family::is_orphan(pid_t child) const
{
    if (child == leader_ && !leader_is_gone_) return false;
    if (execution::runs_tasks_alone()) return true;
    // Other threads have commands too, and this process may have children of its own. One that has
    // ended has no environment any more, but still its session.
    if (sessions_.contains(::getsid(child))) return true;
    std::ifstream file("/proc/" + std::to_string(child) + "/environ", std::ios::binary);
    for (std::string entry; std::getline(file, entry, '\0');)
        if (entry == mark_) {
            note_session(child);
            return true;
        }
    return false;
}

void Family::note_session(pid_t pid) const
{
    auto const session = ::getsid(pid);
    if (session > 0 && session != ::getsid(0)) sessions_.insert(session);
}

std::vector<pid_t> Family::orphans() const
{
    auto children = records::children_of(self_);
    std::erase_if(children, [&](pid_t child) { return !is_orphan(child); });
    return children;
}

bool Family::reap(pid_t pid, int& status)
{
    rusage usage{};
    if (::wait4(pid, &status, WNOHANG | __WALL, &usage) != pid) return false;
    cpu_seconds_ += seconds(usage.ru_utime) + seconds(usage.ru_stime);
    peak_rss_ = std::max(peak_rss_, static_cast<std::uint64_t>(usage.ru_maxrss) * 1024);
    return true;
}

bool Family::reap_leader(int& status)
{
    leader_is_gone_ = leader_is_gone_ || reap(leader_, status);
    return leader_is_gone_;
}

void Family::reap_orphans()
{
    int status = 0;
    if (execution::runs_tasks_alone()) {
        for (pid_t pid = 0; (pid = ended_child()) > 0 && pid != leader_;)
            if (!reap(pid, status)) return;
    } else if (ended_child() > 0) {
        for (auto const pid : orphans()) reap(pid, status);
    }
}

std::uint16_t Family::end_orphans(double grace)
{
    std::set<pid_t> found;
    auto const begun = base::now();
    auto const end_at = begun + end_by_itself;
    auto const kill_at = end_at + grace;
    while (ended_child() >= 0) {
        int status = 0;
        auto left = orphans();
        std::erase_if(left, [&](pid_t pid) { return reap(pid, status); });
        auto const now = base::now();
        if (left.empty() || now > kill_at + patience) break;
        if (now >= end_at) {
            auto const all = records::with_descendants(left);
            std::vector<pid_t> fresh;
            for (auto const pid : all)
                if (found.insert(pid).second) {
                    fresh.push_back(pid);
                    note_session(pid);
                }
            signal_each(now >= kill_at ? all : fresh, now >= kill_at ? SIGKILL : SIGTERM);
        }
        ::poll(nullptr, 0, look_every_ms);
    }
    return static_cast<std::uint16_t>(
        std::min<std::size_t>(found.size(), std::numeric_limits<std::uint16_t>::max()));
}

} // namespace starmap::farm
