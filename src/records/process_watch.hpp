#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace starmap::records {

/// A process of this node, told apart from another one that has its number later.
struct ProcessId {
    std::int64_t pid = 0;
    std::uint64_t started = 0; ///< clock ticks since the node's start; 0: unknown
};
/// The one that asks.
ProcessId this_process();
/// How /proc/PID/stat tells of a process: when it started; 0 if it is not one that runs or could
/// run. For tests.
std::uint64_t start_of(std::string const& stat);

/// Tells which processes have ended. One that is busy or stopped has not. On this node by pidfd,
/// which sees it at once; on kernels before 5.3 by /proc, a few times a second.
class ProcessWatch {
public:
    ProcessWatch();
    ProcessWatch(ProcessWatch const&) = delete;
    ProcessWatch& operator=(ProcessWatch const&) = delete;
    ~ProcessWatch();

    /// `name` is what it is told by.
    void add(ProcessId process, std::uint32_t name);
    /// The process at the other end of a connection, which carries nothing: it has ended when that
    /// is closed. Takes the descriptor over.
    void add_line(int line, std::uint32_t name);
    /// Those that have ended since the last call; `now` by base::now().
    std::vector<std::uint32_t> ended(double now);

private:
    struct Watched {
        ProcessId process;
        std::uint32_t name = 0;
    };
    int events_; ///< of pidfds and lines
    std::vector<int> files_;
    std::vector<Watched> without_file_;
    std::vector<std::uint32_t> known_; ///< ended before they could be watched
    double next_look_ = 0;
};

} // namespace starmap::records
