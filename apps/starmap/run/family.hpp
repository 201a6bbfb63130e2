#pragma once

#include <sys/resource.h>
#include <sys/types.h>

#include <cstddef>
#include <cstdint>
#include <set>
#include <string>
#include <vector>

namespace starmap::farm {

/// The processes of a command: the one that was started, its *leader*, and all that descends from
/// it. When a process of it ends, the children of that one become children of this process, which
/// is their subreaper: its *orphans*, whatever session or group they are in.
class Family {
public:
    /// `mark` is the value of mark_variable in the leader's environment.
    Family(pid_t leader, std::string mark);
    Family(Family const&) = delete;
    Family& operator=(Family const&) = delete;
    /// Kills all of it, if the leader has not been waited for.
    ~Family();

    /// Sends a signal to all of it. Only while the leader has not been waited for.
    void signal(int signal) const;
    /// Memory that is resident now, summed up over all of it [bytes].
    std::size_t resident_bytes() const;

    /// Waits for the leader, if it has ended. True then, and `status` is how.
    bool reap_leader(int& status);
    /// Waits for orphans that have ended by themselves.
    void reap_orphans();
    /// Once the leader is gone: ends what is left of the family. Each gets SIGTERM, and SIGKILL
    /// after `grace` seconds. Returns how many they were.
    std::uint16_t end_orphans(double grace);

    /// Of all that were waited for: user + system time [s], and the largest peak RSS [bytes].
    double cpu_seconds() const noexcept { return cpu_seconds_; }
    std::uint64_t peak_rss() const noexcept { return peak_rss_; }

private:
    bool is_orphan(pid_t child) const;
    std::vector<pid_t> orphans() const;
    void note_session(pid_t pid) const;
    bool reap(pid_t pid, int& status);

    pid_t self_;
    pid_t leader_;
    std::string mark_;
    mutable std::set<pid_t> sessions_; ///< that its processes are known to be in
    bool leader_is_gone_ = false;
    double cpu_seconds_ = 0;
    std::uint64_t peak_rss_ = 0;
};

} // namespace starmap::farm
