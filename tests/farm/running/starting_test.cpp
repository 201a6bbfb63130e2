#include "attempts.hpp"

#include <doctest/doctest.h>

#include <fcntl.h>
#include <signal.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cstdlib>

using namespace farm_test;

TEST_CASE("a command succeeds")
{
    auto const ended = run("true");
    CHECK(ended.status == TaskStatus::ok);
    CHECK(ended.exit_code == 0);
    CHECK(ended.why.empty());
    CHECK(ended.text.empty());
    CHECK(ended.task_no == 3);
    CHECK(ended.line == 7);
    CHECK(ended.rank == 2);
    CHECK(ended.seconds > 0);
    CHECK(ended.cpu > 0);
    CHECK(ended.peak_rss > 0);
    CHECK_FALSE(ended.host.empty());
}

TEST_CASE("words reach the program as they were quoted, and nothing is expanded")
{
    auto const ended = run(R"(printf '%s|' 'a b' "c d" e\ f $HOME '*' '')");
    CHECK(ended.out == "a b|c d|e f|$HOME|*||");
}

TEST_CASE("a shell is asked only where it was asked for")
{
    CHECK(run("echo one && echo two").out == "one && echo two\n");
    CHECK(run("echo one && echo two", by_shell()).out == "one\ntwo\n");
}

TEST_CASE("assignments before the program are for its environment, PATH among them")
{
    CHECK(run("FARM_A=1 FARM_B='x y' printenv FARM_A FARM_B").out == "1\nx y\n");
    starmap::test::ScratchDirectory const folder;
    auto const program = folder.with_file("farm_own", "#!/bin/sh\necho own\n");
    ::chmod(program.c_str(), 0755);
    CHECK(run("PATH=" + program.parent_path().string() + ":/bin farm_own").out == "own\n");
}

TEST_CASE("a command learns what and where it is")
{
    auto four = command("env");
    four.cores = 4;
    ::unsetenv("OMP_NUM_THREADS");
    auto const out = run(four).out;
    for (auto const* line :
         {"STARMAP_TASK_NO=3", "STARMAP_WORKER=5", "STARMAP_LOCAL_WORKER=1", "STARMAP_RANK=2",
          "STARMAP_SEED=42", "STARMAP_ATTEMPT=1", "STARMAP_CORES=4", "OMP_NUM_THREADS=4"})
        CHECK_MESSAGE(('\n' + out).find('\n' + std::string(line) + '\n') != std::string::npos,
                      line);
}

TEST_CASE("it has the usual signals, a session of its own, and no file but three")
{
    int const leak = ::open("/dev/null", O_RDONLY); // not closed by exec
    ::signal(SIGPIPE, SIG_IGN);
    sigset_t usual;
    sigset_t blocked;
    ::sigemptyset(&blocked);
    ::sigaddset(&blocked, SIGTERM);
    ::sigprocmask(SIG_BLOCK, &blocked, &usual);
    auto const status = run("grep -E '^Sig(Blk|Ign)' /proc/self/status").out;
    auto const files = run("ls /proc/self/fd").out; // ls has its folder open as the fourth
    auto const session = run("ps -o sid=,pid= -p $$", by_shell()).out;
    ::sigprocmask(SIG_SETMASK, &usual, nullptr);
    ::signal(SIGPIPE, SIG_DFL);
    ::close(leak);
    CHECK(status == "SigBlk:\t0000000000000000\nSigIgn:\t0000000000000000\n");
    CHECK(files == "0\n1\n2\n3\n");
    CHECK(std::atoi(session.c_str()) == std::atoi(session.c_str() + session.rfind(' ')));
}

TEST_CASE("it reads nothing from stdin, and does not wait")
{
    auto const ended = run("cat");
    CHECK(ended.status == TaskStatus::ok);
    CHECK(ended.out.empty());
}

TEST_CASE("the working directory is that of the farm")
{
    CHECK(run("pwd -P").out == std::filesystem::current_path().string() + "\n");
}

TEST_CASE("this process may have no stdin, stdout and stderr of its own")
{
    int kept[3];
    for (int file = 0; file < 3; ++file) {
        kept[file] = ::fcntl(file, F_DUPFD_CLOEXEC, 10);
        ::close(file);
    }
    auto const ended = run("sh -c 'echo out; echo err >&2; cat'");
    for (int file = 0; file < 3; ++file) {
        ::dup2(kept[file], file);
        ::close(kept[file]);
    }
    CHECK(ended.status == TaskStatus::ok);
    CHECK(ended.out == "out\n");
    CHECK(ended.err == "err\n");
}

TEST_CASE("a script without its first line is run by a shell, as execvp does")
{
    starmap::test::ScratchDirectory const folder;
    auto const script = folder.with_file("script", "echo \"$1 of $0\"\n");
    ::chmod(script.c_str(), 0755);
    CHECK(run(script.string() + " x").out == "x of " + script.string() + "\n");
}
