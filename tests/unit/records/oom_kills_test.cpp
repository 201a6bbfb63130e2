#include "records/oom_kills.hpp"

#include "support/scratch_directory.hpp"

#include <doctest/doctest.h>

#include <cstdint>
#include <optional>
#include <string>

namespace {

/// A tree of files like /proc and /sys, of the test's own.
class FakeNode {
public:
    void write(std::string const& file, std::string const& text) const
    {
        files_.with_file(file, text);
    }
    std::optional<std::uint64_t> oom_kills() const
    {
        return starmap::records::oom_kills(files_ / "proc", files_ / "sys");
    }

private:
    starmap::test::ScratchDirectory files_;
};

} // namespace

TEST_CASE("the kernel's count of kills for want of memory, in both versions of cgroups")
{
    FakeNode node;
    CHECK_FALSE(node.oom_kills().has_value());
    SUBCASE("v2")
    {
        node.write("proc/self/cgroup", "0::/job/step\n");
        node.write("sys/fs/cgroup/job/step/memory.events",
                   "low 0\nhigh 3\nmax 12\noom 2\noom_kill 1\noom_group_kill 7\n");
        node.write("sys/fs/cgroup/job/memory.events", "oom_kill 5\n");
        CHECK(node.oom_kills() == 1U);
    }
    SUBCASE("v1")
    {
        node.write("proc/self/cgroup", "9:name=systemd:/\n4:cpu,memory:/job\n0::/\n");
        node.write("sys/fs/cgroup/memory/job/memory.oom_control",
                   "oom_kill_disable 0\nunder_oom 0\noom_kill 4\n");
        CHECK(node.oom_kills() == 4U);
    }
    SUBCASE("a container that sees its own folder as the root")
    {
        node.write("proc/self/cgroup", "0::/host/pod\n");
        node.write("sys/fs/cgroup/memory.events", "oom_kill 2\n");
        CHECK(node.oom_kills() == 2U);
    }
    SUBCASE("a kernel that does not tell")
    {
        node.write("proc/self/cgroup", "4:memory:/job\n");
        node.write("sys/fs/cgroup/memory/job/memory.oom_control",
                   "oom_kill_disable 0\nunder_oom 0\n");
        CHECK_FALSE(node.oom_kills().has_value());
    }
}
