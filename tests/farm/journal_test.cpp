// The journal of a farm, as it is written by many processes and read after they were killed.
#include "run/journal_folder.hpp"

#include "support/scratch_directory.hpp"

#include <starmap/error.hpp>

#include <doctest/doctest.h>
#include <fmt/format.h>

#include <sys/wait.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <iterator>
#include <random>
#include <string>
#include <vector>

namespace {

using namespace starmap;
using namespace starmap::farm;
using State = EndedCommands::State;

Command command(std::string text, std::uint64_t occurrence = 1)
{
    Command made;
    made.text = std::move(text);
    made.occurrence = occurrence;
    return made;
}

Outcome outcome(TaskStatus status, std::int32_t exit_code = 0)
{
    Outcome made;
    made.status = status;
    made.exit_code = exit_code;
    made.seconds = 1.5;
    return made;
}

std::string content(std::string const& path)
{
    std::ifstream file(path, std::ios::binary);
    return {std::istreambuf_iterator<char>(file), {}};
}

void write(std::string const& path, std::string const& bytes)
{
    std::ofstream(path, std::ios::binary) << bytes;
}

struct Scanned {
    std::vector<JournalEntry> entries;
    std::uint64_t damaged = 0;
};

Scanned scanned(std::string const& bytes, std::size_t step)
{
    Scanned result;
    EntryScanner scanner;
    std::span<char const> left(bytes);
    while (!left.empty()) {
        auto const part = left.first(std::min(step, left.size()));
        scanner.feed(std::as_bytes(part),
                     [&](JournalEntry const& entry) { result.entries.push_back(entry); });
        left = left.subspan(part.size());
    }
    result.damaged = scanner.finish();
    return result;
}

std::string file_of(std::vector<JournalEntry> const& entries)
{
    std::string bytes;
    for (auto const& entry : entries) {
        auto const packed = to_bytes(entry);
        bytes.append(reinterpret_cast<char const*>(packed.data()), packed.size());
    }
    return bytes;
}

std::vector<JournalEntry> some_entries(std::size_t count)
{
    std::vector<JournalEntry> entries;
    for (std::size_t i = 0; i < count; ++i)
        entries.push_back({.id = id_of(command(fmt::format("./sim {}", i))),
                           .seconds = 0.25 * static_cast<double>(i),
                           .exit_code = static_cast<std::int32_t>(i % 3) - 1,
                           .rank = static_cast<std::int32_t>(i),
                           .attempt = static_cast<std::uint16_t>(1 + i % 4),
                           .status = static_cast<TaskStatus>(i % 5)});
    return entries;
}

} // namespace

TEST_CASE("a command is known by its text and by which one of its kind it is, by nothing else")
{
    auto same = command("./sim 1");
    same.weight = 3;
    same.line = 17;
    same.name = "x";
    CHECK(id_of(same) == id_of(command("./sim 1")));
    CHECK(id_of(command("./sim 1", 2)) != id_of(command("./sim 1")));
    CHECK(id_of(command("./sim 1 ")) != id_of(command("./sim 1")));
    CHECK(id_of(command("")) != CommandId{});
}

TEST_CASE("an entry that was packed is found again, in whatever parts the file is read")
{
    auto const entries = some_entries(20);
    auto const bytes = file_of(entries);
    for (std::size_t const step : {1, 7, 48, 49, 1000}) {
        auto const found = scanned(bytes, step);
        CHECK(found.entries == entries);
        CHECK(found.damaged == 0);
    }
}

TEST_CASE("what was cut short or changed is passed over and counted, the rest is read")
{
    auto const entries = some_entries(10);
    auto const bytes = file_of(entries);
    SUBCASE("the end is missing")
    {
        auto const found = scanned(bytes.substr(0, bytes.size() - 1), 100);
        CHECK(found.entries.size() == 9);
        CHECK(found.damaged == 1);
    }
    SUBCASE("an entry was written in part, and others follow")
    {
        auto const found = scanned(bytes.substr(0, 20) + bytes, 100);
        CHECK(found.entries == entries);
        CHECK(found.damaged == 1);
    }
    SUBCASE("any single bit of any entry")
    {
        for (std::size_t bit = 0; bit < 8 * entry_size; ++bit) {
            auto flipped = bytes;
            auto& byte = flipped[3 * entry_size + bit / 8];
            byte = static_cast<char>(byte ^ (1 << (bit % 8)));
            auto const found = scanned(flipped, 4096);
            CHECK(found.entries.size() == 9);
            CHECK(found.damaged == 1);
        }
    }
    SUBCASE("another file")
    {
        auto const found = scanned(std::string(1000, 'x'), 64);
        CHECK(found.entries.empty());
        CHECK(found.damaged == 21);
    }
}

TEST_CASE("random bytes are no entries")
{
    constexpr unsigned seed = 20261126;
    MESSAGE("seed ", seed);
    std::mt19937 random(seed);
    std::string bytes(1 << 16, '\0');
    for (auto& byte : bytes) byte = static_cast<char>(random());
    CHECK(scanned(bytes, 1000).entries.empty());
}

TEST_CASE("who has succeeded once has succeeded, whatever the order of entries")
{
    auto const id = id_of(command("a"));
    for (bool const success_first : {false, true}) {
        EndedCommands ended;
        ended.add({.id = id, .status = success_first ? TaskStatus::ok : TaskStatus::failed});
        ended.add({.id = id, .status = success_first ? TaskStatus::crashed : TaskStatus::ok});
        ended.add({.id = id_of(command("b")), .status = TaskStatus::timeout});
        ended.finish();
        CHECK(ended.size() == 2);
        CHECK(ended.state(id) == State::succeeded);
        CHECK(ended.state(id_of(command("b"))) == State::failed);
        CHECK(ended.state(id_of(command("c"))) == State::unknown);
    }
}

TEST_CASE("processes of a node share a file, and a folder is read as a whole")
{
    test::ScratchDirectory const scratch;
    auto const path = (scratch / "list.journal").string();
    JournalFolder journal(path);
    constexpr int processes = 4;
    constexpr int commands = 200;
    std::vector<pid_t> children;
    for (int child = 0; child < processes; ++child) {
        auto const pid = ::fork();
        if (pid == 0) {
            for (int i = 0; i < commands; ++i)
                note_end(path + "/node.ends", id_of(command(fmt::format("{} {}", child, i))),
                         outcome(i % 2 == 0 ? TaskStatus::ok : TaskStatus::failed, i % 2));
            ::_exit(0);
        }
        children.push_back(pid);
    }
    for (auto const pid : children) ::waitpid(pid, nullptr, 0);
    note_end(path + "/other.ends", id_of(command("x")), outcome(TaskStatus::memory, -9));
    auto const [ended, damaged] = journal.read();
    CHECK(damaged == 0);
    CHECK(ended.size() == processes * commands + 1);
    CHECK(ended.state(id_of(command("3 198"))) == State::succeeded);
    CHECK(ended.state(id_of(command("3 199"))) == State::failed);
    CHECK(ended.state(id_of(command("x"))) == State::failed);
    journal.clear();
    CHECK(journal.read().ended.size() == 0);
}

TEST_CASE("damage is counted over all files")
{
    test::ScratchDirectory const scratch;
    auto const path = (scratch / "list.journal").string();
    JournalFolder const journal(path);
    note_end(path + "/a.ends", id_of(command("a")), outcome(TaskStatus::ok));
    write(path + "/b.ends", content(path + "/a.ends").substr(0, 30));
    CHECK(journal.read().ended.size() == 1);
    CHECK(journal.read().damaged == 1);
}

TEST_CASE("a second farm is kept from a journal, and a journal is a folder")
{
    test::ScratchDirectory const scratch;
    auto const path = (scratch / "list.journal").string();
    {
        JournalFolder const journal(path);
        CHECK_THROWS_WITH_AS(JournalFolder{path}, doctest::Contains("is in use"), UsageError);
    }
    CHECK_NOTHROW(JournalFolder{path});
    auto const file = scratch.with_file("file", "text");
    CHECK_THROWS_WITH_AS(JournalFolder{file.string()}, doctest::Contains("is no folder"),
                         UsageError);
}

TEST_CASE("a journal that cannot be written is an error that says where")
{
    CHECK_THROWS_WITH_AS(note_end("/nowhere/at/all.ends", {}, outcome(TaskStatus::ok)),
                         doctest::Contains("/nowhere/at/all.ends"), IoError);
    CHECK_THROWS_WITH_AS(note_end("/dev/full", {}, outcome(TaskStatus::ok)),
                         doctest::Contains("No space left"), IoError);
}
