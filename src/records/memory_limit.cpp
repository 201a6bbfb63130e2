#include "records/memory_limit.hpp"

#include "records/cgroups.hpp"

#include "records/host.hpp"

#include <starmap/humansize.hpp>

#include <fmt/format.h>

#include <unistd.h>

#include <algorithm>
#include <charconv>
#include <cstdlib>
#include <fstream>
#include <optional>
#include <string_view>
#include <utility>

namespace starmap::records {

namespace {

constexpr double seconds_between_readings = 0.1;
constexpr std::size_t mebibyte = std::size_t{1} << 20;

std::optional<std::size_t> amount(std::string_view text)
{
    std::size_t value = 0;
    auto const [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    (void)end;
    return error == std::errc{} ? std::optional(value) : std::nullopt;
}

/// The number in the first line of a file; nothing for "max" or where there is no such file.
std::optional<std::size_t> number_in(std::string const& file)
{
    std::ifstream in(file);
    std::string line;
    return std::getline(in, line) ? amount(line) : std::nullopt;
}

/// The number behind `name` in a file of lines "name number" (memory.stat, meminfo).
std::optional<std::size_t> field_in(std::string const& file, std::string_view name)
{
    std::ifstream in(file);
    std::string word;
    std::string rest;
    while (in >> word) {
        std::getline(in >> std::ws, rest);
        if (word == name) return amount(rest);
    }
    return std::nullopt;
}

MemoryState state(std::size_t used, std::size_t limit, std::string source)
{
    return {.percent = 100 * static_cast<double>(used) / static_cast<double>(limit),
            .used = used,
            .limit = limit,
            .source = std::move(source)};
}

} // namespace

MemoryWatch::MemoryWatch(double soft, double hard, MemorySources sources)
    : soft_(soft),
      hard_(hard),
      sources_(std::move(sources))
{
    if (!sources_.variable) sources_.variable = [](char const* name) { return std::getenv(name); };
    node_total_ = 1024 * field_in(sources_.proc + "/meminfo", "MemTotal:").value_or(0);

    auto const root = sources_.sys + "/fs/cgroup";
    for (auto const& [path, is_v2] : own_cgroups("memory", sources_.proc)) {
        find_cgroups(root + (is_v2 ? "" : "/memory"), path, is_v2);
        if (is_v2) find_cgroups(root + "/unified", path, is_v2);
    }
    find_slurm();
}

void MemoryWatch::find_cgroups(std::string const& below, std::string const& path, bool is_v2)
{
    for (auto const& folder : folders_upward(below, path)) {
        auto const limit = number_in(folder + (is_v2 ? "/memory.max" : "/memory.limit_in_bytes"));
        // v1 writes "no limit" as a number near 2^63; whatever the node does not have is none.
        auto const most = node_total_ != 0 ? node_total_ : std::size_t{1} << 60;
        if (limit && *limit > 0 && *limit < most) cgroups_.push_back({folder, is_v2, *limit});
    }
}

void MemoryWatch::find_slurm()
{
    auto const variable = [this](char const* name) -> std::size_t {
        auto const* const text = sources_.variable(name);
        return text == nullptr ? 0 : amount(text).value_or(0);
    };
    if (auto const per_node = variable("SLURM_MEM_PER_NODE"); per_node != 0) {
        slurm_limit_ = per_node * mebibyte;
        slurm_source_ = "Slurm (SLURM_MEM_PER_NODE)";
    } else if (auto const per_cpu = variable("SLURM_MEM_PER_CPU"); per_cpu != 0) {
        slurm_limit_ =
            per_cpu * mebibyte * std::max<std::size_t>(1, variable("SLURM_CPUS_ON_NODE"));
        slurm_source_ = "Slurm (SLURM_MEM_PER_CPU x SLURM_CPUS_ON_NODE)";
    }
    local_ranks_ = std::max<std::size_t>(1, variable("OMPI_COMM_WORLD_LOCAL_SIZE"));
}

std::size_t MemoryWatch::cgroup_used(Cgroup const& cgroup) const
{
    auto const current =
        number_in(cgroup.folder + (cgroup.is_v2 ? "/memory.current" : "/memory.usage_in_bytes"))
            .value_or(0);
    auto const droppable = field_in(cgroup.folder + "/memory.stat",
                                    cgroup.is_v2 ? "inactive_file" : "total_inactive_file")
                               .value_or(0);
    return current - std::min(current, droppable);
}

std::size_t MemoryWatch::rss_of_ranks() const
{
    static auto const page = static_cast<std::size_t>(::sysconf(_SC_PAGESIZE));
    std::ifstream in(sources_.proc + "/self/statm");
    std::size_t size = 0;
    std::size_t resident = 0;
    std::size_t shared = 0; // of files, and arrays that a node shares
    if (!(in >> size >> resident >> shared)) return 0;
    shared = std::min(shared, resident);
    return ((resident - shared) * local_ranks_ + shared) * page;
}

MemoryState MemoryWatch::read() const
{
    if (!cgroups_.empty()) {
        MemoryState fullest;
        for (auto const& cgroup : cgroups_) {
            auto one = state(cgroup_used(cgroup), cgroup.limit, "cgroup " + cgroup.folder);
            if (fullest.limit == 0 || one.percent > fullest.percent) fullest = std::move(one);
        }
        return fullest;
    }
    if (slurm_limit_ != 0) return state(rss_of_ranks(), slurm_limit_, slurm_source_);
    auto const available = field_in(sources_.proc + "/meminfo", "MemAvailable:");
    if (node_total_ == 0 || !available) return {.source = "unknown"};
    return state(node_total_ - std::min(node_total_, 1024 * *available), node_total_, "the node");
}

MemoryCheck const& MemoryWatch::check(double now)
{
    if (now - read_at_ < seconds_between_readings) {
        last_.is_new = false;
        return last_;
    }
    read_at_ = now;
    auto const memory = read();
    auto const before = last_.verdict;
    last_.verdict = memory.limit == 0         ? MemoryVerdict::ok
                    : memory.percent >= hard_ ? MemoryVerdict::hard
                    : memory.percent > soft_  ? MemoryVerdict::soft
                                              : MemoryVerdict::ok;
    last_.is_new = last_.verdict != before;
    last_.text.clear();
    if (last_.verdict == MemoryVerdict::ok) return last_;
    auto const is_hard = last_.verdict == MemoryVerdict::hard;
    last_.text = fmt::format(
        "memory is {:.1f}% full on {} ({} of the {} of {}; {} is {}%); {}", memory.percent,
        host_name(), humansize(memory.used), humansize(memory.limit), memory.source,
        is_hard ? "hard_mem" : "soft_mem", is_hard ? hard_ : soft_,
        is_hard ? "the task is refused: start fewer ranks on a node, or ask for more memory"
                : "going on");
    return last_;
}

} // namespace starmap::records
