#include "attempts.hpp"

#include "execution/orphans.hpp"
#include "records/process_tree.hpp"

#include <doctest/doctest.h>

#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <iterator>

using namespace farm_test;

namespace {

long open_files()
{
    return std::distance(std::filesystem::directory_iterator("/proc/self/fd"), {});
}

} // namespace

TEST_CASE("what a command leaves behind ends with it, and is counted")
{
    auto const ended = run("setsid sleep 3141.7 & sleep 3141.8 & (setsid sh -c 'sleep 3141.9' &) ; "
                           "sleep 0.2; echo done",
                           by_shell());
    CHECK(ended.status == TaskStatus::ok);
    CHECK(ended.out == "done\n");
    CHECK(ended.left_behind >= 3);
    CHECK_FALSE(runs("3141."));
    CHECK(starmap::records::children_of(::getpid()).empty());
}

TEST_CASE("a daemon that holds the pipes and ignores SIGTERM keeps nobody waiting")
{
    auto how = by_shell();
    how.grace = 0.1;
    auto const ended = run("setsid sh -c 'trap \"\" TERM; while :; do echo x; sleep 0.05; done' & "
                           "sleep 0.2; exit 0",
                           how);
    CHECK(ended.status == TaskStatus::ok);
    CHECK(ended.left_behind >= 1);
    CHECK(starmap::records::children_of(::getpid()).empty());
}

TEST_CASE("the time of those that were left behind counts")
{
    auto const ended = run("setsid sh -c 'i=0; while [ $i -lt 300000 ]; do i=$((i+1)); done; "
                           "exec sleep 3141.7' & sleep 1.2",
                           by_shell());
    CHECK(ended.left_behind == 1);
    CHECK(ended.cpu > 0.05);
}

TEST_CASE("a child of another thread, or of the program itself, is let alone" *
          doctest::skip(TASKS_RUN_ALONE))
{
    auto const own = ::fork();
    if (own == 0) {
        ::execlp("sleep", "sleep", "2718", nullptr);
        ::_exit(1);
    }
    CHECK(run("setsid sleep 3141.7 & sleep 0.1", by_shell()).left_behind == 1);
    CHECK(::waitpid(own, nullptr, WNOHANG) == 0);
    ::kill(own, SIGKILL);
    CHECK(::waitpid(own, nullptr, 0) == own);
}

TEST_CASE("many quick commands leave neither files nor processes")
{
    auto const files = open_files();
    for (int i = 0; i < 300; ++i) {
        auto const ended = run("true");
        REQUIRE(ended.status == TaskStatus::ok);
        REQUIRE(ended.left_behind == 0);
    }
    for (int i = 0; i < 100; ++i) REQUIRE(run("/no/such").exit_code == 127);
    CHECK(open_files() == files);
    CHECK(::waitpid(-1, nullptr, WNOHANG) == -1);
    CHECK(errno == ECHILD);
}
