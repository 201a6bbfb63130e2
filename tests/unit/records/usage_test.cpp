#include "records/task_threads.hpp"
#include "records/usage.hpp"

#include <doctest/doctest.h>

#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstddef>
#include <cstring>

using namespace starmap::records;

namespace {

constexpr std::size_t big = std::size_t{64} << 20;

/// Memory that counts as resident, given back at the end.
class Resident {
public:
    Resident()
        : start_(::mmap(nullptr, big, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0))
    {
        REQUIRE(start_ != MAP_FAILED);
        std::memset(start_, 1, big);
    }
    Resident(Resident const&) = delete;
    Resident& operator=(Resident const&) = delete;
    ~Resident() { ::munmap(start_, big); }

private:
    void* start_;
};

} // namespace

TEST_CASE("resident memory goes up and down with what is touched; the peak stays")
{
    auto const before = current_rss();
    CHECK(before > 0);
    {
        Resident const held;
        CHECK(current_rss() > before + big / 2);
    }
    CHECK(current_rss() < before + big / 2);
    CHECK(process_usage().peak_rss_bytes > before + big / 2);
}

TEST_CASE("a forked child reads its own memory, not its parent's")
{
    REQUIRE(current_rss() > 0); // the parent's descriptor is open now
    auto const child = ::fork();
    REQUIRE(child >= 0);
    if (child == 0) {
        auto const before = current_rss();
        auto* const start =
            ::mmap(nullptr, big, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
        if (start == MAP_FAILED) ::_exit(2);
        std::memset(start, 1, big);
        ::_exit(current_rss() > before + big / 2 ? 0 : 1);
    }
    int status = 0;
    REQUIRE(::waitpid(child, &status, 0) == child);
    REQUIRE(WIFEXITED(status));
    CHECK(WEXITSTATUS(status) == 0);
}

TEST_CASE("a closed descriptor is opened again")
{
    REQUIRE(current_rss() > 0);
    // Some libraries close all descriptors they do not know.
    for (int descriptor = 3; descriptor < 64; ++descriptor) ::close(descriptor);
    CHECK(current_rss() > 0);
}

TEST_CASE("CPU time grows with work")
{
    auto const before = process_cpu_seconds();
    double volatile sum = 0;
    while (process_cpu_seconds() < before + 0.02) sum = sum + 1;
    CHECK(process_usage().cpu_seconds >= 0.01); // getrusage may count in ticks
}

TEST_CASE("threads of tasks: what a worker has to itself, or its share of what all have")
{
    CHECK(fair_threads(32, 32, 1) == 32);
    CHECK(fair_threads(32, 32, 8) == 4);
    CHECK(fair_threads(4, 32, 8) == 4); // bound to 4 cores each
    CHECK(fair_threads(1, 32, 32) == 1);
    CHECK(fair_threads(16, 32, 16) == 1); // a job that has half of the node
    CHECK(fair_threads(2, 2, 3) == 1);
    CHECK(fair_threads(3, 4, 0) == 3);
}
