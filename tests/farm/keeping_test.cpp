// What a farm keeps: commands that are left, failed ones, outputs, and what it says at the end.
#include "run/failed_list.hpp"
#include "run/output_archive.hpp"
#include "run/remaining.hpp"
#include "run/tally.hpp"

#include "support/scratch_directory.hpp"

#include <starmap/error.hpp>

#include <doctest/doctest.h>
#include <fmt/format.h>

#include <signal.h>
#include <unistd.h>

#include <array>
#include <fstream>
#include <iterator>
#include <memory>
#include <string>
#include <vector>

namespace {

using namespace starmap;
using namespace starmap::farm;

/// Commands "0", "1", ..., of which only some are there at once.
class Numbers final : public CommandSource {
public:
    explicit Numbers(std::uint64_t count) : count_(count) {}
    bool next(Command& command) override
    {
        if (at_ == count_) return false;
        command = {};
        command.text = std::to_string(at_++);
        return true;
    }
    bool ready() override { return at_ != silent_at; }

    std::uint64_t silent_at = ~std::uint64_t{0};

private:
    std::uint64_t count_;
    std::uint64_t at_ = 0;
};

CommandId id(std::string text)
{
    Command command;
    command.text = std::move(text);
    return id_of(command);
}

EndedCommands ended(std::vector<std::string> const& succeeded,
                    std::vector<std::string> const& failed)
{
    EndedCommands all;
    for (auto const& text : succeeded) all.add({.id = id(text), .status = TaskStatus::ok});
    for (auto const& text : failed) all.add({.id = id(text), .status = TaskStatus::failed});
    all.finish();
    return all;
}

std::string content(std::string const& path)
{
    std::ifstream file(path, std::ios::binary);
    return {std::istreambuf_iterator<char>(file), {}};
}

Ended made(std::uint64_t number, std::string text, std::string out, std::string err = {})
{
    Ended made;
    made.number = number;
    made.outcome.text = std::move(text);
    made.outcome.out = std::move(out);
    made.outcome.err = std::move(err);
    return made;
}

} // namespace

TEST_CASE("what was done before is left out, and the others keep their numbers")
{
    auto const before = ended({"0", "3"}, {"5"});
    for (bool const retry : {false, true}) {
        std::vector<std::string> told;
        Remaining remaining(std::make_unique<Numbers>(8), before, retry);
        remaining.tell_failed([&](Command const& command) { told.push_back(command.text); });
        std::vector<std::string> texts;
        std::uint64_t index = 0;
        for (Command command; remaining.next(command); ++index) {
            texts.push_back(command.text);
            CHECK(std::to_string(command.number - 1) == command.text);
            CHECK(remaining.number(index) == command.number);
        }
        CHECK(texts == (retry ? std::vector<std::string>{"1", "2", "4", "5", "6", "7"}
                              : std::vector<std::string>{"1", "2", "4", "6", "7"}));
        CHECK(remaining.done_before().succeeded == 2);
        CHECK(remaining.done_before().failed == (retry ? 0 : 1));
        CHECK(told.size() == (retry ? 0 : 1));
        CHECK(remaining.read() == 8);
        CHECK(remaining.ended());
    }
}

TEST_CASE("whoever asks whether there is a command does not wait for one that was done before")
{
    auto const before = ended({"0", "1"}, {});
    auto numbers = std::make_unique<Numbers>(3);
    auto* const source = numbers.get();
    source->silent_at = 2;
    Remaining remaining(std::move(numbers), before, false);
    CHECK_FALSE(remaining.ready());
    CHECK(remaining.read() == 2);
    source->silent_at = 3;
    CHECK(remaining.ready());
    Command command;
    CHECK(remaining.next(command));
    CHECK(command.text == "2");
}

TEST_CASE(
    "the list of failed commands is there from the first one on, and never takes another's place")
{
    test::ScratchDirectory const scratch;
    auto const folder = scratch.with_file("failed.txt", "mine\n").parent_path().string();
    {
        FailedList list("", folder, "a.txt");
        list.finish();
        CHECK(list.empty());
        CHECK(scratch.entries() == 1);
        list.add("x\n");
        list.add("y\n");
        CHECK(list.file() == folder + "/failed.1.txt");
        CHECK(content(list.file()).ends_with(".\nx\ny\n"));
    }
    CHECK(content(folder + "/failed.txt") == "mine\n");
    FailedList other("", folder, "b.txt");
    CHECK(other.file() == folder + "/failed.2.txt");
    FailedList same("", folder, "a.txt");
    CHECK(same.file() == folder + "/failed.1.txt");
    same.finish();
    CHECK(scratch.entries() == 1);
    FailedList none("none", folder, "a.txt");
    none.add("x\n");
    CHECK(scratch.entries() == 1);
    FailedList nowhere("/nowhere/failed.txt", folder, "a.txt");
    CHECK_THROWS_WITH_AS(nowhere.add("x\n"), doctest::Contains("/nowhere/failed.txt"), IoError);
}

TEST_CASE("output that nobody reads is an error of its own")
{
    ::signal(SIGPIPE, SIG_IGN);
    std::array<int, 2> ends{};
    REQUIRE(::pipe(ends.data()) == 0);
    auto const outputs = printed(ends[1], ends[1]);
    outputs->take(made(1, "", "out\n", "err\n"));
    std::string got(8, '\0');
    CHECK(::read(ends[0], got.data(), got.size()) == 8);
    CHECK(got == "out\nerr\n");
    ::close(ends[0]);
    outputs->take(made(2, "", ""));
    CHECK_THROWS_AS(outputs->take(made(3, "", "out\n")), OutputClosed);
    ::close(ends[1]);
    auto const closed = printed(-1, -1);
    CHECK_THROWS_AS(closed->take(made(4, "", "out\n")), OutputClosed);
    auto const full =
        std::unique_ptr<std::FILE, int (*)(std::FILE*)>(std::fopen("/dev/full", "w"), std::fclose);
    auto const cut = printed(::fileno(full.get()), 2);
    CHECK_THROWS_WITH_AS(cut->take(made(5, "", "out\n")), doctest::Contains("No space left"),
                         IoError);
}

TEST_CASE("an archive gives back what it was given, byte by byte, and the last of what ran twice")
{
    test::ScratchDirectory const scratch;
    auto const path = (scratch / "outputs.db").string();
    std::string const bytes("\0\xff\n binary", 10);
    {
        OutputArchive archive(path, OutputArchive::Use::write);
        archive.take(made(2, "b", bytes, "err"));
        archive.take(made(1, "a", ""));
        archive.take(made(3, "c", "first"));
        archive.take(made(3, "c", "second"));
        CHECK_THROWS_WITH_AS((OutputArchive{path, OutputArchive::Use::read}),
                             doctest::Contains("is in use"), UsageError);
    }
    {
        OutputArchive archive(path, OutputArchive::Use::write);
        archive.take(made(4, "d", "later"));
        archive.finish();
    }
    CHECK(scratch.entries() == 1);
    OutputArchive archive(path, OutputArchive::Use::read);
    std::vector<ArchivedOutput> found;
    auto const visit = [&](ArchivedOutput const& each) { found.push_back(each); };
    CHECK(archive.read({}, visit).empty());
    REQUIRE(found.size() == 4);
    CHECK(found[1].number == 2);
    CHECK(found[1].text == "b");
    CHECK(found[1].out == bytes);
    CHECK(found[1].err == "err");
    CHECK(found[2].out == "second");
    found.clear();
    CHECK(archive.read({4, 7, 1}, visit) == std::vector<std::uint64_t>{7});
    REQUIRE(found.size() == 2);
    CHECK(found[0].out == "later");
}

TEST_CASE("what is no archive is refused")
{
    test::ScratchDirectory const scratch;
    auto const read = [](std::string const& path) {
        OutputArchive const archive(path, OutputArchive::Use::read);
    };
    CHECK_THROWS_WITH_AS(read((scratch / "none").string()), doctest::Contains("no such file"),
                         IoError);
    CHECK(scratch.entries() == 0);
    CHECK_THROWS_AS(read(scratch.with_file("text", std::string(5000, 'x')).string()), Error);
    CHECK_THROWS_WITH_AS(read(scratch.with_file("empty", "").string()),
                         doctest::Contains("is no archive"), UsageError);
}

TEST_CASE("exit codes and the way on")
{
    Ending ending;
    ending.known = 3;
    ending.wall = 2;
    ending.may_go_on = true;
    CHECK(exit_code(ending) == 0);
    CHECK(summary(ending).back() == "to go on: the same command again runs what is left");
    for (int i = 0; i < 3; ++i) ending.tally.add(made(1, "", ""));
    CHECK(exit_code(ending) == 0);
    CHECK(summary(ending)[0] == "3 commands: 3 succeeded, 0 failed");
    CHECK(summary(ending)[1].starts_with("2 s, 1.5 commands/s"));
    auto bad = made(4, "", "");
    bad.outcome.status = TaskStatus::timeout;
    ending.tally.add(bad);
    ending.known = 10;
    ending.before = {.succeeded = 4, .failed = 1};
    CHECK(exit_code(ending) == 3);
    CHECK(
        summary(ending)[0] ==
        "10 commands: 3 succeeded, 1 failed (1 out of time), 5 done before (1 failed), 1 not run");
    ending.trouble = exit_stopped;
    CHECK(exit_code(ending) == 75);
    CHECK(sentence(ending.before, 10) ==
          "5 of 10 commands were done before (1 failed; --retry-failed runs these again)");
}
