#include "records/memory_limit.hpp"

#include "support/scratch_directory.hpp"

#include <doctest/doctest.h>

#include <unistd.h>

#include <filesystem>
#include <map>
#include <string>

using namespace starmap::records;

namespace {

/// A tree of files like /proc and /sys, and an environment, of the test's own.
class FakeNode {
public:
    FakeNode()
    {
        write("proc/meminfo", "MemTotal:       1000000 kB\nMemFree:  1 kB\n"
                              "MemAvailable:    400000 kB\n");
        write("proc/self/cgroup", "");
    }

    void write(std::string const& file, std::string const& text) const
    {
        files_.with_file(file, text);
    }
    void set(std::string const& name, std::string const& value) { environment_[name] = value; }
    std::string cgroups() const { return (files_ / "sys/fs/cgroup").string(); }

    MemoryWatch watch(double soft = 90, double hard = 100)
    {
        return {
            soft,
            hard,
            {.proc = files_ / "proc", .sys = files_ / "sys", .variable = [this](char const* name) {
                 auto const found = environment_.find(name);
                 return found == environment_.end() ? nullptr : found->second.c_str();
             }}};
    }

private:
    starmap::test::ScratchDirectory files_;
    std::map<std::string, std::string> environment_;
};

} // namespace

TEST_CASE("without any limit the node's memory counts")
{
    FakeNode node;
    auto const memory = node.watch().read();
    CHECK(memory.limit == 1024'000'000);
    CHECK(memory.used == 614'400'000);
    CHECK(memory.percent == doctest::Approx(60));
    CHECK(memory.source == "the node");
}

TEST_CASE("cgroup v2: current less the inactive file cache, against max")
{
    FakeNode node;
    node.write("proc/self/cgroup", "0::/job/step\n");
    node.write("sys/fs/cgroup/job/step/memory.max", "10000\n");
    node.write("sys/fs/cgroup/job/step/memory.current", "8000\n");
    node.write("sys/fs/cgroup/job/step/memory.stat",
               "anon 5000\nfile 3000\ninactive_anon 1\ninactive_file 1000\nactive_file 2000\n");
    auto const memory = node.watch().read();
    CHECK(memory.limit == 10000);
    CHECK(memory.used == 7000);
    CHECK(memory.percent == doctest::Approx(70));
    CHECK(memory.source == "cgroup " + node.cgroups() + "/job/step");
}

TEST_CASE("cgroup v2: a parent's limit holds where the own one is max")
{
    FakeNode node;
    node.write("proc/self/cgroup", "0::/job/step\n");
    node.write("sys/fs/cgroup/job/step/memory.max", "max\n");
    node.write("sys/fs/cgroup/job/step/memory.current", "100\n");
    node.write("sys/fs/cgroup/job/memory.max", "5000\n");
    node.write("sys/fs/cgroup/job/memory.current", "1000\n");
    auto const memory = node.watch().read();
    CHECK(memory.limit == 5000);
    CHECK(memory.used == 1000);
    CHECK(memory.source == "cgroup " + node.cgroups() + "/job");
}

TEST_CASE("of several limits the one nearest to being full counts, as it is at the reading")
{
    FakeNode node;
    node.write("proc/self/cgroup", "0::/job/step\n");
    node.write("sys/fs/cgroup/job/step/memory.max", "1000\n");
    node.write("sys/fs/cgroup/job/step/memory.current", "500\n");
    node.write("sys/fs/cgroup/job/memory.max", "2000\n");
    node.write("sys/fs/cgroup/job/memory.current", "1800\n");
    auto const watch = node.watch();
    CHECK(watch.read().limit == 2000);
    CHECK(watch.read().percent == doctest::Approx(90));
    node.write("sys/fs/cgroup/job/step/memory.current", "950\n");
    CHECK(watch.read().limit == 1000);
}

TEST_CASE("all max: the node counts")
{
    FakeNode node;
    node.write("proc/self/cgroup", "0::/job\n");
    node.write("sys/fs/cgroup/job/memory.max", "max\n");
    node.write("sys/fs/cgroup/job/memory.current", "100\n");
    CHECK(node.watch().read().source == "the node");
}

TEST_CASE("a container sees its own cgroup as the root, whatever its path is on the host")
{
    FakeNode node;
    node.write("proc/self/cgroup", "0::/docker/0123\n");
    node.write("sys/fs/cgroup/memory.max", "4000\n");
    node.write("sys/fs/cgroup/memory.current", "1000\n");
    auto const memory = node.watch().read();
    CHECK(memory.limit == 4000);
    CHECK(memory.source == "cgroup " + node.cgroups());
}

TEST_CASE("cgroup v1: usage less the inactive file cache of the whole subtree")
{
    FakeNode node;
    node.write("proc/self/cgroup", "9:cpu,cpuacct:/x\n4:memory:/slurm/job_1\n1:name=systemd:/\n");
    node.write("sys/fs/cgroup/memory/slurm/job_1/memory.limit_in_bytes", "20000\n");
    node.write("sys/fs/cgroup/memory/slurm/job_1/memory.usage_in_bytes", "9000\n");
    node.write("sys/fs/cgroup/memory/slurm/job_1/memory.stat",
               "inactive_file 10\ntotal_inactive_file 4000\n");
    node.write("sys/fs/cgroup/memory/memory.limit_in_bytes", "9223372036854771712\n");
    node.write("sys/fs/cgroup/memory/memory.usage_in_bytes", "900000\n");
    auto const memory = node.watch().read();
    CHECK(memory.limit == 20000);
    CHECK(memory.used == 5000);
    CHECK(memory.source == "cgroup " + node.cgroups() + "/memory/slurm/job_1");
}

TEST_CASE("cgroup v1: its huge number for no limit is none")
{
    FakeNode node;
    node.write("proc/self/cgroup", "4:memory:/\n");
    node.write("sys/fs/cgroup/memory/memory.limit_in_bytes", "9223372036854771712\n");
    node.write("sys/fs/cgroup/memory/memory.usage_in_bytes", "100\n");
    CHECK(node.watch().read().source == "the node");
    node.write("proc/meminfo", "");
    CHECK(node.watch().read().source == "unknown");
}

TEST_CASE("a hybrid tree: the v2 part under unified, the limit in v1")
{
    FakeNode node;
    node.write("proc/self/cgroup", "4:memory:/job\n0::/\n");
    node.write("sys/fs/cgroup/memory/job/memory.limit_in_bytes", "1000\n");
    node.write("sys/fs/cgroup/memory/job/memory.usage_in_bytes", "250\n");
    CHECK(node.watch().read().percent == doctest::Approx(25));
    node.write("sys/fs/cgroup/unified/memory.max", "1000\n");
    node.write("sys/fs/cgroup/unified/memory.current", "750\n");
    CHECK(node.watch().read().percent == doctest::Approx(75));
}

TEST_CASE("Slurm: the ranks of the node share the memory of the job")
{
    FakeNode node;
    auto const page = static_cast<std::size_t>(::sysconf(_SC_PAGESIZE));
    node.write("proc/self/statm", "9999 1000 50 1 0 1 0\n");
    node.set("OMPI_COMM_WORLD_LOCAL_SIZE", "4");
    node.set("SLURM_MEM_PER_CPU", "100");
    node.set("SLURM_CPUS_ON_NODE", "8");
    auto memory = node.watch().read();
    CHECK(memory.limit == 800 * (std::size_t{1} << 20));
    CHECK(memory.used == (4 * 950 + 50) * page);
    CHECK(memory.source == "Slurm (SLURM_MEM_PER_CPU x SLURM_CPUS_ON_NODE)");

    node.set("SLURM_MEM_PER_NODE", "50");
    memory = node.watch().read();
    CHECK(memory.limit == 50 * (std::size_t{1} << 20));
    CHECK(memory.source == "Slurm (SLURM_MEM_PER_NODE)");

    node.write("proc/self/cgroup", "0::/job\n");
    node.write("sys/fs/cgroup/job/memory.max", "1000\n");
    node.write("sys/fs/cgroup/job/memory.current", "1\n");
    CHECK(node.watch().read().limit == 1000);
}

TEST_CASE("Slurm: 0 stands for all memory of the node")
{
    FakeNode node;
    node.set("SLURM_MEM_PER_NODE", "0");
    CHECK(node.watch().read().source == "the node");
}

TEST_CASE("where nothing can be read no task is refused")
{
    FakeNode node;
    node.write("proc/meminfo", "");
    auto watch = node.watch(0, 0);
    CHECK(watch.read().source == "unknown");
    CHECK(watch.check(0).verdict == MemoryVerdict::ok);
    CHECK(watch.check(1).text.empty());
}

TEST_CASE("soft is above its percentage, hard from its percentage")
{
    FakeNode node; // 60 % full
    CHECK(node.watch(60, 100).check(0).verdict == MemoryVerdict::ok);
    CHECK(node.watch(59.9, 100).check(0).verdict == MemoryVerdict::soft);
    CHECK(node.watch(50, 60).check(0).verdict == MemoryVerdict::hard);
    CHECK(node.watch(70, 60).check(0).verdict == MemoryVerdict::hard);
    CHECK(node.watch(0, 60.1).check(0).verdict == MemoryVerdict::soft);
}

TEST_CASE("the text names percentage, sizes, source, host and setting")
{
    FakeNode node;
    char host[256] = {};
    REQUIRE(::gethostname(host, sizeof host - 1) == 0);
    CHECK(node.watch(50, 100).check(0).text ==
          std::string("memory is 60.0% full on ") + host +
              " (585.94 MB of the 976.56 MB of the node; soft_mem is 50%); going on");
    CHECK(node.watch(50, 59.5).check(0).text ==
          std::string("memory is 60.0% full on ") + host +
              " (585.94 MB of the 976.56 MB of the node; hard_mem is 59.5%); the task is refused: "
              "start fewer ranks on a node, or ask for more memory");
}

TEST_CASE("between two readings at least 0.1 s go by; a change is new once")
{
    FakeNode node;
    auto watch = node.watch(90, 100);
    CHECK(watch.check(1000).verdict == MemoryVerdict::ok);
    CHECK_FALSE(watch.check(1000.2).is_new);
    node.write("proc/meminfo", "MemAvailable: 10000 kB\n"); // 99 % of what there was at the start
    CHECK(watch.check(1000.25).verdict == MemoryVerdict::ok);
    auto const seen = watch.check(1000.31);
    CHECK(seen.verdict == MemoryVerdict::soft);
    CHECK(seen.is_new);
    auto const again = watch.check(1000.35);
    CHECK(again.verdict == MemoryVerdict::soft);
    CHECK_FALSE(again.is_new);
    CHECK(again.text == seen.text);
    CHECK_FALSE(watch.check(1001).is_new);
    node.write("proc/meminfo", "MemAvailable: 900000 kB\n");
    auto const back = watch.check(1002);
    CHECK(back.verdict == MemoryVerdict::ok);
    CHECK(back.is_new);
    CHECK(back.text.empty());
}

TEST_CASE("on this machine, too, a limit is found")
{
    auto const memory = MemoryWatch(90, 100).read();
    CHECK(memory.limit > 0);
    CHECK(memory.used > 0);
    CHECK(memory.percent > 0);
    CHECK(memory.source != "unknown");
}
