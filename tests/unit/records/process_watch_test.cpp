#include "base/clock.hpp"
#include "records/process_watch.hpp"
#include "transport/life_line.hpp"

#include <doctest/doctest.h>

#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdint>
#include <string>
#include <thread>
#include <utility>
#include <vector>

using starmap::records::ProcessWatch;

namespace {

using Names = std::vector<std::uint32_t>;

/// A process that waits to be killed.
class Child {
public:
    Child() : pid_(::fork())
    {
        if (pid_ == 0)
            for (;;) ::pause();
    }
    ~Child() { kill(); }
    void send(int signal) const { ::kill(pid_, signal); }
    /// It stays a zombie till the end of the test.
    void kill()
    {
        send(SIGKILL);
        siginfo_t info{};
        ::waitid(P_PID, static_cast<id_t>(pid_), &info, WEXITED | WNOWAIT);
    }
    pid_t pid() const noexcept { return pid_; }

private:
    pid_t pid_;
};

} // namespace

TEST_CASE("a process that is stopped is there, one that was killed is told once")
{
    Child child;
    ProcessWatch watch;
    watch.add({.pid = child.pid()}, 7);
    child.send(SIGSTOP);
    CHECK(watch.ended(1).empty());
    child.kill();
    CHECK(watch.ended(2) == Names{7});
    CHECK(watch.ended(3).empty());
}

TEST_CASE("what has ended before, and another process of the same number, are told as ended")
{
    Child child;
    auto self = starmap::records::this_process();
    REQUIRE(self.started != 0);
    ProcessWatch watch;
    watch.add(self, 1);
    ++self.started;
    watch.add(self, 2);
    child.kill();
    watch.add({.pid = child.pid()}, 3);
    CHECK(watch.ended(1) == Names{2, 3});
}

TEST_CASE("the start of a process, whatever its name")
{
    auto const stat = [](char const* state) {
        return std::string("12 (a) b (c)) ") + state +
               " 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 987 20";
    };
    CHECK(starmap::records::start_of(stat("S")) == 987);
    CHECK(starmap::records::start_of(stat("T")) == 987);
    CHECK(starmap::records::start_of(stat("Z")) == 0);
    CHECK(starmap::records::start_of("") == 0);
    CHECK(starmap::records::start_of("12 (cut) S 1 2") == 0);
}

TEST_CASE("a life line tells of the other's end, and strangers get none")
{
    starmap::transport::LifeLineHost host;
    auto const& invitation = host.invitation();
    REQUIRE(invitation.port != 0);
    std::vector<std::pair<std::uint32_t, int>> admitted;
    // The host takes its callers one by one, while they wait for its answer.
    std::thread hosting([&] { admitted = host.admit(1, 60); });
    auto stranger = invitation;
    ++stranger.word;
    CHECK(starmap::transport::call_life_line(stranger, 5) == -1);
    int const line = starmap::transport::call_life_line(invitation, 9);
    hosting.join();
    REQUIRE(line >= 0);
    REQUIRE(admitted.size() == 1);
    CHECK(admitted.front().first == 9);
    ProcessWatch watch;
    watch.add_line(admitted.front().second, 9);
    CHECK(watch.ended(1).empty());
    ::close(line);
    Names ended;
    for (auto const end = starmap::base::now() + 60; ended.empty() && starmap::base::now() < end;)
        ended = watch.ended(2);
    CHECK(ended == Names{9});
    CHECK(starmap::transport::call_life_line({}, 1) == -1);
}
