// node_memory MIB NODES: a NodeArray of MIB mebibytes, seen by every worker, may lie once in the
// memory of each of NODES nodes. Exit code 0 if that is so.
#include <starmap/starmap.hpp>

#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <map>
#include <string>
#include <unistd.h>
#include <vector>

namespace {

using Numbers = starmap::NodeArray<std::uint64_t>;

/// This process's share of what it has in memory [bytes]: a page that n processes map counts 1/n.
std::uint64_t own_share()
{
    std::ifstream in("/proc/self/smaps_rollup");
    for (std::string word; in >> word;)
        if (std::uint64_t kilobytes = 0; word == "Pss:" && in >> kilobytes) return 1024 * kilobytes;
    return 0;
}

/// A hold on the array, so that it stays while others measure.
struct Look {
    int rank = 0;
    std::uint64_t share = 0;
    std::uint64_t sum = 0;
};

/// Reads all of it, and waits until all others have done so: a share tells nothing before.
Look look(int, Numbers const& numbers, std::string const& folder, int all,
          starmap::Monitor& monitor)
{
    Look found{.rank = monitor.rank(), .share = 0, .sum = 0};
    for (auto const each : numbers) found.sum += each;
    std::ofstream(folder + "/read." + std::to_string(found.rank)).put('\n');
    for (int rank = 1; rank <= all; ++rank)
        while (::access((folder + "/read." + std::to_string(rank)).c_str(), F_OK) != 0)
            ::usleep(1000);
    found.share = own_share();
    return found;
}

} // namespace

int main(int argc, char** argv)
{
    auto const count = (argc > 1 ? std::strtoull(argv[1], nullptr, 10) : 64) * (1 << 20) / 8;
    auto const nodes = argc > 2 ? std::strtoull(argv[2], nullptr, 10) : 1;
    starmap::Settings quiet;
    quiet.task_info = "none";
    quiet.progress = "none";
    quiet.log = "info";
    return starmap::run(quiet, argc, argv, [&](starmap::Session& session) {
        auto const workers = static_cast<int>(session.workers());
        auto const folder = "memory." + std::to_string(::getpid());
        if (::system(("mkdir -p " + folder).c_str()) != 0) return 1;
        std::uint64_t sum = 0;
        Numbers numbers;
        {
            std::vector<std::uint64_t> values(count);
            for (std::uint64_t i = 0; i < count; ++i) sum += values[i] = i * 0x9e3779b97f4a7c15;
            numbers = Numbers(values);
        }
        // One task a worker: the first of them waits for the others.
        auto tasks =
            session.map(starmap::fn<look>, std::vector<int>(static_cast<std::size_t>(workers)),
                        starmap::shared(numbers, folder, workers),
                        {.concurrent_tasks = static_cast<std::size_t>(workers)});
        std::map<int, std::uint64_t> shares{{0, 0}};
        bool right = true;
        for (auto const& found : tasks.collect()) {
            right = right && found.sum == sum && found.rank != 0;
            shares[found.rank] = found.share;
        }
        shares[0] = own_share();
        std::uint64_t total = 0;
        for (auto const& [rank, share] : shares) total += share;
        std::uint64_t sent = 0;
        for (auto const& each : tasks.stats().sent)
            if (each.argument == "shared1") sent = each.bytes;
        auto const size = 8 * count;
        std::printf("%d workers on %llu node(s): an array of %s; all ranks together have %s; "
                    "%s of it were sent\n",
                    workers, nodes, starmap::humansize(size).c_str(),
                    starmap::humansize(total).c_str(), starmap::humansize(sent).c_str());
        // Besides the array a rank takes some 20 to 35 MiB; a copy for every worker would take more
        // than this allows.
        auto const besides = std::uint64_t{48} << 20;
        if (::system(("rm -r " + folder).c_str()) != 0) return 1;
        if (!right || shares.size() != session.workers() + 1) return 3;
        if (sent > (nodes - 1) * size + 4096) return 4;
        return total >= nodes * size && total < nodes * size + besides * shares.size() ? 0 : 5;
    });
}
