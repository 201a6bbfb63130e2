#pragma once

#include <cstdint>
#include <map>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace starmap::farm {

/// What a command can learn from its environment of where and as what it runs.
struct TaskPlace {
    std::uint64_t task_no = 0;
    std::uint64_t seed = 0;
    std::uint32_t worker = 0;
    std::uint32_t local_worker = 0; ///< among the workers of its node, from 0
    std::uint32_t attempt = 1;
    std::uint32_t cores = 1;
    bool shares_threads = false; ///< OMP_NUM_THREADS is a worker's share, and not the user's word
    std::uint32_t gpus = 0;      ///< of the node, shared out among its workers; 0: not touched
    int rank = 0;
    std::string mark; ///< by which its processes can be told from others of this node
};

/// The variable that has the mark.
inline constexpr std::string_view mark_variable = "STARMAP_COMMAND";

/// The environment of a command: that of this process, less what makes an MPI program take itself
/// for a rank of this job, with what the place says, and above all the assignments (NAME=value).
class CommandEnvironment {
public:
    CommandEnvironment(char const* const* own, TaskPlace const& place,
                       std::span<std::string const> assignments);

    /// Of a variable; null if it is not set.
    char const* value(std::string_view name) const;
    /// For execve(); valid while this lives and is not changed.
    std::vector<char*> pointers();

private:
    void set(std::string_view name, std::string_view value);
    void share_out_gpus(TaskPlace const& place);

    std::map<std::string, std::string, std::less<>> entries_; ///< "NAME=value" by name
};

/// True for a variable by which a launcher tells a process that it is a rank, and which one, or how
/// to reach the launcher: Open MPI's mpirun, PMIx, PMI (Hydra, srun), a job step of Slurm.
bool is_of_a_rank(std::string_view name) noexcept;

/// The `index`-th device of a list as CUDA_VISIBLE_DEVICES has it, counted from 0 and round and
/// round; the number itself, below `count`, where there is no list.
std::string device(char const* list, std::uint32_t index, std::uint32_t count);

} // namespace starmap::farm
