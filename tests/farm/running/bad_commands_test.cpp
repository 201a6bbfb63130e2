#include "attempts.hpp"

#include <doctest/doctest.h>

#include <sys/stat.h>
#include <unistd.h>

using namespace farm_test;
using doctest::Contains;
using starmap::test::ScratchDirectory;

namespace {

void check_not_started(Outcome const& ended, int code, char const* why)
{
    CHECK(ended.status == TaskStatus::crashed);
    CHECK(ended.exit_code == code);
    CHECK_MESSAGE(ended.why.find(why) != std::string::npos, ended.why);
    CHECK_FALSE(ended.text.empty());
}

} // namespace

TEST_CASE("a program that there is not")
{
    check_not_started(run("no_such_program_here 1"), 127,
                      "cannot be started: no_such_program_here: No such program in PATH");
    check_not_started(run("/no/such/program"), 127, "/no/such/program: No such file or directory");
    check_not_started(run("'' x"), 127, "the name of its program is empty");
    check_not_started(run("A=1"), 126, "there is no program in it");
}

TEST_CASE("a file that cannot be executed")
{
    ScratchDirectory const folder;
    auto const text = folder.with_file("text", "echo x\n").string();
    ::chmod(text.c_str(), 0644);
    check_not_started(run(text), 126, "text: Permission denied");
    check_not_started(run("PATH=" + (folder / "").string() + " text"), 126,
                      "text: Permission denied");
    check_not_started(run("/tmp"), 126, "/tmp: Is a directory");

    auto const orphan = folder.with_file("orphan", "#!/no/such/interpreter\n").string();
    ::chmod(orphan.c_str(), 0755);
    check_not_started(run(orphan), 126, "its interpreter is missing");

    auto const binary = folder
                            .with_file("binary", std::string("\x7f"
                                                             "ELF\0\1\2",
                                                             7))
                            .string();
    ::chmod(binary.c_str(), 0755);
    check_not_started(run(binary), 126, "Exec format error");
}

TEST_CASE("more arguments than the system takes")
{
    check_not_started(run("true " + std::string(4 << 20, 'x')), 126, "Argument list too long");
}

TEST_CASE("an open quote") { check_not_started(run("echo 'x"), 126, "cannot be started: "); }

TEST_CASE("exit codes and signals are told")
{
    auto const failed = run("sh -c 'echo some words >&2; exit 3'");
    CHECK(failed.status == TaskStatus::failed);
    CHECK(failed.exit_code == 3);
    CHECK(failed.why == "exit code 3");
    CHECK(failed.last_words == "some words");
    CHECK(failed.text == "sh -c 'echo some words >&2; exit 3'");

    auto const killed = run("kill -SEGV $$", by_shell());
    CHECK(killed.status == TaskStatus::crashed);
    CHECK(killed.exit_code == -11);
    CHECK_MESSAGE(killed.why.rfind("killed by signal 11 (Segmentation fault", 0) == 0, killed.why);

    auto const nine = run("kill -KILL $$", by_shell());
    CHECK(nine.exit_code == -9);
    CHECK(nine.status == TaskStatus::crashed);
}

TEST_CASE("what it uses is counted, that of its children too")
{
    auto const busy = run(
        "i=0; while [ $i -lt 20000 ]; do i=$((i+1)); done; head -c 100000000 /dev/zero | tail -c 1 "
        ">/dev/null",
        by_shell());
    CHECK(busy.status == TaskStatus::ok);
    CHECK(busy.cpu > 0.005);
    auto const large = run("python3 -c 'x = b\"x\" * 150000000'");
    CHECK(large.status == TaskStatus::ok);
    CHECK(large.peak_rss > 150'000'000);
}

TEST_CASE("a command does not seem to take the memory that an earlier one's output took")
{
    auto const most = run("true").peak_rss + 30'000'000;
    {
        auto const loud = run("head -c 60000000 /dev/zero");
        CHECK(loud.status == TaskStatus::ok);
        CHECK(loud.out.size() == 60'000'000);
    }
    CHECK(run("true").peak_rss < most);
}
