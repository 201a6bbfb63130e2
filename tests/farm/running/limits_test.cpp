#include "attempts.hpp"

#include "base/clock.hpp"

#include <starmap/error.hpp>

#include <doctest/doctest.h>

#include <sys/resource.h>

using namespace farm_test;

namespace {

Command with_timeout(std::string text, double timeout)
{
    auto made = command(std::move(text));
    made.timeout = timeout;
    return made;
}

Running graceful(double grace)
{
    auto how = by_shell();
    how.grace = grace;
    return how;
}

double own_cpu()
{
    rusage used{};
    ::getrusage(RUSAGE_SELF, &used);
    auto const seconds = [](timeval const& time) {
        return static_cast<double>(time.tv_sec) + 1e-6 * static_cast<double>(time.tv_usec);
    };
    return seconds(used.ru_utime) + seconds(used.ru_stime);
}

} // namespace

TEST_CASE("a timeout ends all of a command")
{
    auto const ended =
        run(with_timeout("sleep 3141.1 & setsid sleep 3141.2 & sleep 3141.3", 0.2), graceful(5));
    CHECK(ended.status == TaskStatus::timeout);
    CHECK(ended.exit_code == -15);
    CHECK(ended.why == "took longer than its 0.2 s");
    CHECK_FALSE(runs("3141."));
}

TEST_CASE("what ignores SIGTERM is killed after the grace")
{
    auto const ended =
        run(with_timeout("trap '' TERM; while :; do sleep 0.05; done", 0.2), graceful(0.2));
    CHECK(ended.status == TaskStatus::timeout);
    CHECK(ended.exit_code == -9);
    CHECK(ended.seconds > 0.4);
}

TEST_CASE("what heeds SIGTERM may end well, and is out of time all the same")
{
    auto const ended =
        run(with_timeout("trap 'echo saved; exit 0' TERM; while :; do sleep 0.02; done", 0.2),
            graceful(10));
    CHECK(ended.status == TaskStatus::timeout);
    CHECK(ended.exit_code == 0);
    CHECK(ended.out == "saved\n");
}

TEST_CASE("a command that has stopped itself is ended")
{
    auto const ended = run(with_timeout("kill -STOP $$; sleep 3141.4", 0.2), graceful(10));
    CHECK(ended.status == TaskStatus::timeout);
    CHECK(ended.exit_code == -15);
}

TEST_CASE("output without end does not keep the clock from being looked at")
{
    Running how;
    how.most_output = 1000;
    auto const ended = run(with_timeout("yes", 0.3), how);
    CHECK(ended.status == TaskStatus::timeout);
    CHECK(ended.out.size() == 1000);
    CHECK(ended.cut > 0);
}

TEST_CASE("more memory than it may have, in all its processes")
{
    // Two of 60 MB each, one of which has left the session.
    auto const eater = std::string("exec python3 -c \"x = b'x' * 60000000; import time; "
                                   "time.sleep(3141.5)\"");
    auto eaters = command("setsid sh -c \"" +
                          std::string("exec python3 -c \\\"x = b'x' * 60000000; "
                                      "import time; time.sleep(3141.5)\\\"") +
                          "\" & " + eater);
    eaters.memory = 100'000'000;
    auto const ended = run(eaters, by_shell());
    CHECK(ended.status == TaskStatus::memory);
    CHECK(ended.exit_code == -9);
    CHECK_MESSAGE(ended.why.rfind("used ", 0) == 0, ended.why);
    CHECK_MESSAGE(ended.why.find("more than its 95.37 MB") != std::string::npos, ended.why);
    CHECK_FALSE(runs("3141.5"));
}

TEST_CASE("at the deadline a command counts as not run")
{
    auto const now = starmap::base::wall_now();
    CHECK_THROWS_AS(run(command("sleep 3141.6"), graceful(0.1), now + 0.3), starmap::Interrupted);
    CHECK_THROWS_AS(
        run(command("trap '' TERM; while :; do sleep 0.05; done"), graceful(0.1), now + 0.5),
        starmap::Interrupted);
    CHECK_FALSE(runs("3141.6"));
    CHECK(run(command("sleep 0.1"), graceful(0.1), now + 3600).status == TaskStatus::ok);
}

TEST_CASE("who waits takes no time of the processor")
{
    auto const before = own_cpu();
    auto slow = command("sleep 1.5");
    slow.timeout = 100;
    CHECK(run(slow).status == TaskStatus::ok);
    CHECK(own_cpu() - before < 0.02);
    CHECK(run("exec >&- 2>&-; sleep 1.5", by_shell()).status == TaskStatus::ok);
    CHECK(own_cpu() - before < 0.04);
}
