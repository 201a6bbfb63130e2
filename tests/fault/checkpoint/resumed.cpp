// A job in three stages whose tasks note in a file that they have run; for test_kills.py and the
// tests of Slurm: `resumed NOTES [MISTAKE]`, where a mistake makes it another job. With
// RESUMED_GATE=FOLDER the second half of the first stage says there on which host it waits, and
// waits until `open` is there.
#include <starmap/starmap.hpp>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <chrono>
#include <cmath>
#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <iostream>
#include <stdexcept>
#include <string>
#include <thread>
#include <tuple>
#include <vector>

namespace {

constexpr std::int64_t count = 150;

/// Appends a line at once, so that tasks in many processes do not mix theirs.
void note(std::string const& notes, std::string const& text)
{
    auto const line = text + '\n';
    auto const fd = ::open(notes.c_str(), O_WRONLY | O_APPEND | O_CREAT, 0644);
    if (fd < 0 || ::write(fd, line.data(), line.size()) < 0)
        throw std::runtime_error("cannot write " + notes);
    ::close(fd);
}

void wait_at_gate(std::int64_t item)
{
    char const* const gate = std::getenv("RESUMED_GATE");
    if (gate == nullptr || item < count / 2) return;
    std::string const folder = gate;
    auto const is_open = [&] {
        struct stat status {};
        return ::stat((folder + "/open").c_str(), &status) == 0;
    };
    if (is_open()) return;
    std::array<char, 256> host{};
    ::gethostname(host.data(), host.size() - 1);
    note(folder + "/waiting", host.data());
    while (!is_open()) std::this_thread::sleep_for(std::chrono::milliseconds(20));
}

std::vector<std::int64_t> items(std::int64_t first)
{
    std::vector<std::int64_t> all;
    for (auto i = first; i < first + count; ++i) all.push_back(i);
    return all;
}

} // namespace

/// The item itself, so that a journaled result says whose it is.
std::vector<std::int64_t> named(std::int64_t item, std::string const& notes)
{
    std::this_thread::sleep_for(std::chrono::milliseconds(1 + item % 4));
    note(notes, std::to_string(item));
    return {item};
}

std::vector<std::int64_t> named_pair(std::int64_t item, std::string notes)
{
    wait_at_gate(item);
    return named(item, notes);
}

double term(std::int64_t i) { return std::sin(static_cast<double>(i)) / 3; }

struct Concatenate {
    std::vector<std::int64_t> operator()(std::vector<std::int64_t> left,
                                         std::vector<std::int64_t> const& right) const
    {
        left.insert(left.end(), right.begin(), right.end());
        return left;
    }
};

int main(int argc, char** argv)
{
    return starmap::run(argc, argv, [&](starmap::Session& session) {
        std::string const notes = argv[1];
        std::string const mistake = argc > 2 ? argv[2] : "";
        auto const weight = [](std::int64_t i) { return static_cast<double>(1 + i % 4); };
        std::vector<std::tuple<std::int64_t, std::string>> calls;
        for (auto const i : items(0)) calls.emplace_back(i, notes);
        auto const first = session
                               .starmap(starmap::fn<named_pair>, calls,
                                        {.name = mistake == "name" ? "other" : "first"})
                               .collect();
        auto const second =
            session.map(starmap::fn<named>, items(1000), starmap::shared(notes), {.weight = weight})
                .reduce(Concatenate{});
        auto const third = session.map(starmap::fn<term>, items(2000)).reduce();
        for (auto const& result : first) std::cout << result.at(0) << ' ';
        for (auto const item : second) std::cout << item << ' ';
        std::uint64_t bits = 0;
        std::memcpy(&bits, &third, sizeof bits);
        std::cout << bits << '\n';
    });
}
