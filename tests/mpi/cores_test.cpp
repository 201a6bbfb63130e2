// Tasks that take several workers of a node.
#include "support/numbers.hpp"
#include "support/scratch_directory.hpp"
#include "support/session.hpp"

#include <doctest/doctest.h>

#include <fcntl.h>
#include <signal.h>
#include <sys/file.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <numeric>
#include <span>
#include <stdexcept>
#include <string>
#include <thread>
#include <tuple>
#include <vector>

using starmap::test::numbers;

namespace {

namespace fs = std::filesystem;
using starmap::Monitor;
using starmap::test::ScratchDirectory;

/// The slots that are taken of this node, in a file that its processes share.
class Slots {
public:
    explicit Slots(std::string const& directory)
    {
        std::array<char, 256> host{};
        ::gethostname(host.data(), host.size() - 1);
        file_ = ::open((directory + "/" + host.data()).c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600);
        if (file_ < 0) throw std::runtime_error("no file for the slots");
    }
    Slots(Slots const&) = delete;
    Slots& operator=(Slots const&) = delete;
    ~Slots() { ::close(file_); }
    /// Returns how many are taken then.
    int add(int slots) const
    {
        ::flock(file_, LOCK_EX);
        int taken = 0;
        if (::pread(file_, &taken, sizeof taken, 0) != sizeof taken) taken = 0;
        taken += slots;
        auto const is_written = ::pwrite(file_, &taken, sizeof taken, 0) == sizeof taken;
        ::flock(file_, LOCK_UN);
        if (!is_written) throw std::runtime_error("the slots cannot be written");
        return taken;
    }

private:
    int file_ = -1;
};

constexpr int places = 1000;

/// The slots that were taken with it, and the cores it was told of.
int take_slots(int item, std::string const& directory, Monitor& monitor)
{
    Slots const slots(directory);
    auto const cores = static_cast<int>(monitor.cores());
    auto const taken = slots.add(cores);
    std::this_thread::sleep_for(std::chrono::milliseconds(1 + item % 7));
    slots.add(-cores);
    return taken * places + cores;
}

int take_slots_of_block(std::span<int const> items, std::string const& directory, Monitor& monitor)
{
    return take_slots(items.front(), directory, monitor);
}

/// The first attempt of some items throws, that of others dies.
int take_slots_at_last(int item, std::string const& directory, Monitor& monitor)
{
    auto const mark = directory + "/tried-" + std::to_string(item);
    if (item % 3 != 0 && !fs::exists(mark)) {
        std::ofstream(mark) << "x";
        if (item % 3 == 2) ::kill(::getpid(), SIGKILL);
        throw std::runtime_error("not at once");
    }
    return take_slots(item, directory, monitor);
}

int cores_of(int, Monitor& monitor) { return static_cast<int>(monitor.cores()); }
double inverse(int item) { return 1.0 / (3 * item + 1); }

/// Workers of the largest node, as a refusal tells; 0 where nothing is refused, as all is in place.
int largest_node()
{
    try {
        session()
            .starmap(starmap::fn<cores_of>, std::vector<int>{1, 2},
                     {.cores = [](int item) { return item == 2 ? 900U : 1U; }})
            .wait();
    } catch (starmap::UsageError const& error) {
        std::string const text = error.what();
        CHECK(text.find("Task 2 of ") != std::string::npos);
        CHECK(text.find(" asks for 900 cores, but the largest node has ") != std::string::npos);
        int largest = 0;
        auto const at = text.find("node has ");
        if (at == std::string::npos ||
            std::sscanf(text.c_str() + at, "node has %d worker", &largest) != 1)
            FAIL("no number in: " << text);
        CHECK(largest >= 1);
        return largest;
    }
    return 0;
}

/// Each number with the directory of the slots.
std::vector<std::tuple<int, std::string>> at(std::string const& directory,
                                             std::vector<int> const& items)
{
    std::vector<std::tuple<int, std::string>> all;
    for (auto const item : items) all.emplace_back(item, directory);
    return all;
}
auto of_first(auto width)
{
    return [width](std::tuple<int, std::string> const& item) { return width(std::get<0>(item)); };
}

struct Width {
    int limit;
    unsigned operator()(int item) const { return 1 + static_cast<unsigned>(item * 5 % limit); }
};

void check(std::vector<int> const& results, int limit, auto cores_at)
{
    for (std::size_t i = 0; i < results.size(); ++i) {
        CAPTURE(i);
        CHECK(results[i] % places == static_cast<int>(cores_at(static_cast<int>(i))));
        CHECK(results[i] / places <= limit);
        CHECK(results[i] / places >= results[i] % places);
    }
}

} // namespace

TEST_CASE("no more of a node is taken at once than it has workers")
{
    auto const limit = std::max(1, largest_node());
    Width const width{limit};
    ScratchDirectory const directory;
    auto const path = (directory / "").string();
    auto const input = numbers(60);
    check(session()
              .starmap(starmap::fn<take_slots>, at(path, input), {.cores = of_first(width)})
              .collect(),
          limit, width);
    check(session()
              .map(starmap::fn<take_slots>, input, starmap::shared(path),
                   {.weight = [](int item) { return 1.0 + item % 4; }, .cores = width})
              .collect(),
          limit, width);
    // A block takes what the item of it takes that takes the most.
    check(session()
              .apply(starmap::fn<take_slots_of_block>, input, starmap::shared(path),
                     {.max_weight = 3, .cores = width})
              .collect(),
          limit, [&](int block) {
              return std::max({width(3 * block), width(3 * block + 1), width(3 * block + 2)});
          });
    auto const mapped = session()
                            .map(starmap::fn<take_slots>, input, starmap::shared(path),
                                 {.max_weight = 3, .cores = width})
                            .collect();
    check(mapped, limit, [&](int item) {
        auto const first = item / 3 * 3;
        return std::max({width(first), width(first + 1), width(first + 2)});
    });
}

TEST_CASE("a task that throws or dies is tried again with as many cores")
{
    auto const limit = largest_node();
    if (limit == 0) return; // in place nothing is survived
    Width const width{limit};
    ScratchDirectory const directory;
    auto const path = (directory / "").string();
    auto const dies = session().settings().isolate && session().settings().distribute != "threads";
    auto input = numbers(30);
    if (!dies) std::erase_if(input, [](int item) { return item % 3 == 2; });
    auto work = session().starmap(starmap::fn<take_slots_at_last>, at(path, input),
                                  {.retries = 1, .cores = of_first(width)});
    check(work.collect(), limit, [&](int i) { return width(input[static_cast<std::size_t>(i)]); });
    CHECK(work.failures().empty());
}

TEST_CASE("several Starmaps share the nodes")
{
    auto const limit = std::max(1, largest_node());
    ScratchDirectory const directory;
    auto const path = (directory / "").string();
    auto const input = numbers(40);
    auto wide =
        session().starmap(starmap::fn<take_slots>, at(path, input),
                          {.cores = [=](auto const&) { return static_cast<unsigned>(limit); }});
    auto narrow = session().starmap(starmap::fn<take_slots>, at(path, input));
    auto first = wide.results();
    auto second = narrow.results();
    std::size_t count = 0;
    auto one = first.begin();
    auto other = second.begin();
    while (one != first.end() || other != second.end()) {
        if (one != first.end()) {
            CHECK(*one / places <= limit);
            CHECK(*one % places == limit);
            ++one;
            ++count;
        }
        if (other != second.end()) {
            CHECK(*other / places <= limit);
            CHECK(*other % places == 1);
            ++other;
            ++count;
        }
    }
    CHECK(count == 2 * input.size());
}

TEST_CASE("the answer does not depend on the cores")
{
    Width const width{std::max(1, largest_node())};
    auto const input = numbers(500);
    auto const weight = [](int item) { return item % 11; };
    CHECK(session().map(starmap::fn<inverse>, input, {.weight = weight, .cores = width}).reduce() ==
          session().map(starmap::fn<inverse>, input, {.weight = weight}).reduce());
}

TEST_CASE("a single task runs in place, and is told what it has asked for")
{
    auto const cores = session()
                           .starmap(starmap::fn<cores_of>, std::vector<int>{1},
                                    {.cores = [](int) { return 900U; }})
                           .collect();
    CHECK(cores == std::vector<int>{900});
    CHECK(session().starmap(starmap::fn<cores_of>, std::vector<int>{1, 2}).collect() ==
          std::vector<int>{1, 1});
}

TEST_CASE("no cores at all are refused, with the task's number")
{
    auto work = session().starmap(starmap::fn<cores_of>, numbers(5),
                                  {.cores = [](int item) { return item == 3 ? 0U : 1U; }});
    CHECK_THROWS_WITH_AS(work.wait(),
                         "Task 4 asks for 0 cores (the worker that runs it is one). Give at least "
                         "1.",
                         starmap::UsageError);
}
