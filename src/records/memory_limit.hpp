#pragma once

#include <cstddef>
#include <functional>
#include <limits>
#include <string>
#include <vector>

namespace starmap::records {

/// How full the memory is that this process may use.
struct MemoryState {
    double percent = 0;    ///< 100 * used / limit; 0 where no limit could be found
    std::size_t used = 0;  ///< [bytes]
    std::size_t limit = 0; ///< [bytes]
    std::string source;    ///< whose limit: a cgroup by its path, Slurm, the node, or "unknown"
};

/// What a worker does before its next chunk.
enum class MemoryVerdict {
    ok,
    soft, ///< warn and go on
    hard, ///< refuse the task
};

/// The answer of MemoryWatch::check().
struct MemoryCheck {
    MemoryVerdict verdict = MemoryVerdict::ok;
    bool is_new = false; ///< the verdict has just become this one: a warning is due once
    std::string text;    ///< empty for ok, else one sentence with percent, sizes, source and host
};

/// Where the limits are looked for; tests give a tree and variables of their own.
struct MemorySources {
    std::string proc = "/proc";
    std::string sys = "/sys";
    /// Environment: null for a variable that is not set.
    std::function<char const*(char const*)> variable;
};

/// Watches the memory that this process may use, against a soft and a hard share of its limit.
/// The limit is that of the first of these that sets one:
///  1. the cgroup of the process and those above it (v2 or v1), less what the kernel can drop from
///     the file cache at once; where several set a limit, the one nearest to being full counts;
///  2. Slurm (SLURM_MEM_PER_NODE, or SLURM_MEM_PER_CPU times SLURM_CPUS_ON_NODE, in MiB), which is
///     not always enforced by a cgroup: used is then this process' memory times the ranks of the
///     node, as if all were alike;
///  3. the node: what /proc/meminfo calls available is free.
class MemoryWatch {
public:
    /// `soft` and `hard` in percent. Finds out which limits there are; they are not looked for
    /// again.
    MemoryWatch(double soft, double hard, MemorySources sources = {});

    /// Soft above `soft` percent, hard from `hard` percent. `now` is any clock [s] that goes on
    /// steadily: within 0.1 s of a reading its verdict is given again.
    MemoryCheck const& check(double now);

    /// One reading of the files, always.
    MemoryState read() const;

private:
    struct Cgroup {
        std::string folder;
        bool is_v2;
        std::size_t limit;
    };

    void find_cgroups(std::string const& below, std::string const& path, bool is_v2);
    void find_slurm();
    std::size_t cgroup_used(Cgroup const& cgroup) const;
    /// Of all ranks of this node, if they are like this one; what they share counts once.
    std::size_t rss_of_ranks() const;

    double soft_;
    double hard_;
    MemorySources sources_;
    std::size_t node_total_ = 0;
    std::vector<Cgroup> cgroups_;
    std::size_t slurm_limit_ = 0;
    std::size_t local_ranks_ = 1;
    std::string slurm_source_;
    double read_at_ = -std::numeric_limits<double>::infinity();
    MemoryCheck last_;
};

} // namespace starmap::records
