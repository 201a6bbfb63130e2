#include "base/log.hpp"
#include "journal/checkpoint.hpp"
#include "support/scratch_directory.hpp"

#include <starmap/error.hpp>

#include <doctest/doctest.h>
#include <fmt/format.h>
#include <sqlite3.h>

#include <sys/resource.h>

#include <csignal>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <optional>
#include <span>
#include <string>
#include <string_view>

using namespace starmap::journal;

namespace {

/// Where a checkpoint is kept.
struct Folder : starmap::test::ScratchDirectory {
    Folder() { starmap::base::init_log("off"); }
    std::string file() const { return (*this / "run.checkpoint").string(); }
};

Identity identity() { return {"program", 17, "1.2.3", 42}; }

std::span<std::byte const> bytes(std::string_view text) { return std::as_bytes(std::span(text)); }

ContentHash key(int i) { return hash_of(bytes(std::to_string(i))); }

/// Incompressible, and different for each i.
std::string value(int i, std::size_t size = 1000)
{
    std::string text(size, ' ');
    auto state = static_cast<unsigned>(i) * 2654435761U + 1;
    for (auto& letter : text)
        letter = static_cast<char>((state = state * 1664525U + 1013904223U) >> 24);
    return text;
}

std::optional<std::string> fetched(Checkpoint& checkpoint, ContentHash const& of)
{
    auto const found = checkpoint.fetch(of);
    if (!found) return std::nullopt;
    return std::string(reinterpret_cast<char const*>(found->data()), found->size());
}

void keep(Folder const& folder, int from, int to)
{
    Checkpoint checkpoint(folder.file(), identity());
    for (auto i = from; i < to; ++i) checkpoint.keep(key(i), bytes(value(i)));
    checkpoint.run_ended(true);
    REQUIRE(checkpoint.failure().empty());
}

/// How many of 0 ... count - 1 are there; each must be what was kept.
int whole(Checkpoint& checkpoint, int count)
{
    int found = 0;
    for (int i = 0; i < count; ++i)
        if (auto const text = fetched(checkpoint, key(i))) {
            REQUIRE(*text == value(i));
            ++found;
        }
    return found;
}

std::string refusal(std::string const& path, Identity const& of)
{
    try {
        Checkpoint const checkpoint(path, of);
        return "";
    } catch (starmap::UsageError const& error) {
        return error.what();
    }
}

bool says(std::string const& text, std::string_view part)
{
    CAPTURE(text);
    return text.find(part) != std::string::npos;
}

} // namespace

TEST_CASE("what was kept is found by later runs, and by them alone")
{
    Folder const folder;
    {
        Checkpoint checkpoint(folder.file(), identity());
        CHECK(checkpoint.session() == 1);
        checkpoint.keep(key(1), bytes("one"));
        checkpoint.keep(key(2), {});
        CHECK_FALSE(checkpoint.has(key(1)));
    }
    Checkpoint checkpoint(folder.file(), identity());
    CHECK(checkpoint.session() == 2);
    CHECK(checkpoint.results() == 2);
    CHECK(fetched(checkpoint, key(1)) == "one");
    CHECK(fetched(checkpoint, key(2)) == "");
    CHECK_FALSE(fetched(checkpoint, key(3)).has_value());
    checkpoint.run_ended(true);
    CHECK(folder.entries() == 1);
}

TEST_CASE("a large result is kept in parts, and a small buffer only makes it slow")
{
    Folder const folder;
    CheckpointOptions options;
    options.part_bytes = 1000;
    options.buffer_bytes = 5000;
    {
        Checkpoint checkpoint(folder.file(), identity(), options);
        for (int i = 0; i < 20; ++i)
            checkpoint.keep(key(i), bytes(value(i, 997U * static_cast<std::size_t>(i))));
    }
    Checkpoint checkpoint(folder.file(), identity());
    for (int i = 0; i < 20; ++i)
        CHECK(fetched(checkpoint, key(i)) == value(i, 997U * static_cast<std::size_t>(i)));
}

TEST_CASE("the rows of earlier runs are given back")
{
    Folder const folder;
    starmap::report::StarmapInfo info;
    info.name = "task";
    for (int run = 0; run < 2; ++run) {
        Checkpoint checkpoint(folder.file(), identity());
        starmap::TaskRecord record;
        record.task_no = 7;
        checkpoint.tasks_done(info, std::span(&record, 1), 0);
    }
    Checkpoint checkpoint(folder.file(), identity());
    std::string seen;
    checkpoint.each_row([&](auto rows) {
        for (auto const& row : rows)
            seen += fmt::format("{}:{} ", starmap::report::from_text(row.taskname), row.task_no);
    });
    CHECK(seen == "task:7 task:7 ");
}

TEST_CASE("a file of something else is refused, and left as it is")
{
    Folder const folder;
    keep(folder, 0, 3);
    auto other = identity();
    other.program = "stranger";
    CHECK(says(refusal(folder.file(), other),
               "another program (program, and this run has stranger)"));
    other = identity();
    other.version = "1.3.0";
    CHECK(says(refusal(folder.file(), other), "another version of Starmap (1.2.3"));
    other = identity();
    other.digest = 18;
    CHECK(says(refusal(folder.file(), other), "another build of the program"));
    other = identity();
    other.seed = 43;
    CHECK(says(refusal(folder.file(), other), "another seed (42, and this run has 43)"));
    {
        Checkpoint const checkpoint(folder.file(), identity());
        CHECK(checkpoint.results() == 3);
        CHECK(checkpoint.session() == 2);
        CHECK(says(refusal(folder.file(), identity()), "is in use"));
    }
    auto const text = (folder / "text").string();
    std::ofstream(text) << "no database at all";
    CHECK(says(refusal(text, identity()), "it is no SQLite database"));
    auto const empty = (folder / "empty").string();
    std::ofstream(empty).flush();
    CHECK(refusal(empty, identity()) == "");
    CHECK_THROWS_AS(Checkpoint((folder / "none/x").string(), identity()), starmap::IoError);
}

TEST_CASE("a disk that is full ends the journal, and not the run; what came before is whole")
{
    Folder const folder;
    keep(folder, 0, 5);
    struct rlimit before {};
    REQUIRE(::getrlimit(RLIMIT_FSIZE, &before) == 0);
    auto const handler = std::signal(SIGXFSZ, SIG_IGN);
    {
        CheckpointOptions options;
        options.buffer_bytes = 10'000;
        Checkpoint checkpoint(folder.file(), identity(), options);
        auto limited = before;
        limited.rlim_cur = 100'000;
        REQUIRE(::setrlimit(RLIMIT_FSIZE, &limited) == 0);
        for (int i = 5; i < 500; ++i) checkpoint.keep(key(i), bytes(value(i)));
        checkpoint.run_ended(true);
        CHECK(says(checkpoint.failure(), "Cannot go on writing the checkpoint"));
        CHECK(says(checkpoint.failure(), "the run continues"));
    }
    REQUIRE(::setrlimit(RLIMIT_FSIZE, &before) == 0);
    std::signal(SIGXFSZ, handler);
    Checkpoint again(folder.file(), identity());
    CHECK(whole(again, 500) >= 5);
    CHECK(again.damaged() == 0);
}

TEST_CASE("a Starmap that has changed its name is refused")
{
    Folder const folder;
    {
        Checkpoint checkpoint(folder.file(), identity());
        checkpoint.begin_starmap(1, "rates", "double");
    }
    Checkpoint checkpoint(folder.file(), identity());
    checkpoint.begin_starmap(1, "rates", "double");
    CHECK_THROWS_WITH_AS(
        [&] {
            Checkpoint again((folder / "b").string(), identity());
            again.begin_starmap(1, "rates", "double");
            again.begin_starmap(1, "curves", "double");
        }(),
        doctest::Contains("is \"rates\", and here it is \"curves\""), starmap::UsageError);
}

TEST_CASE("wherever the file is damaged or cut off, what is whole is used and nothing else")
{
    Folder const folder;
    constexpr int count = 60;
    keep(folder, 0, count);
    std::ifstream file(folder.file(), std::ios::binary);
    std::string const good((std::istreambuf_iterator<char>(file)), {});
    int trials = 0;
    int lost_most = 0;
    int damaged = 0;
    auto const trial = [&](std::string const& content) {
        for (auto const& entry : std::filesystem::directory_iterator(folder / ""))
            std::filesystem::remove(entry.path());
        std::ofstream(folder.file(), std::ios::binary) << content;
        int found = 0;
        {
            Checkpoint checkpoint(folder.file(), identity());
            found = whole(checkpoint, count);
            CHECK((found == count || checkpoint.damaged() != 0));
            damaged += checkpoint.damaged() != 0 ? 1 : 0;
            for (int i = 0; i < count; ++i) checkpoint.keep(key(i), bytes(value(i)));
        }
        // What was lost and kept again is there, in a file that is whole.
        Checkpoint again(folder.file(), identity());
        CHECK(whole(again, count) == count);
        CHECK(again.damaged() == 0);
        return found;
    };
    for (std::size_t at = 4096; at < good.size(); at += 1231) {
        CAPTURE(at);
        auto flipped = good;
        flipped[at] = static_cast<char>(flipped[at] ^ 0x10);
        ++trials;
        // A bit of the page that leads to all others may lose them all, any other a few.
        lost_most += trial(flipped) < count - 20 ? 1 : 0;
    }
    CHECK(damaged > trials / 2);
    CHECK(lost_most * 10 < trials);
    for (auto const part : {0.99, 0.7, 0.4}) {
        CAPTURE(part);
        auto const size = static_cast<std::size_t>(part * static_cast<double>(good.size()));
        auto const found = trial(good.substr(0, size));
        CHECK(found < count);
        CHECK(found > part * count - 10);
    }
    CHECK(trial(good) == count);
}

TEST_CASE("an entry with the last number there is ends the file")
{
    Folder const folder;
    keep(folder, 0, 10);
    sqlite3* raw = nullptr;
    REQUIRE(sqlite3_open(folder.file().c_str(), &raw) == SQLITE_OK);
    auto const* const change = "UPDATE entry SET id = 9223372036854775807, parts = 2 "
                               "WHERE id = (SELECT max(id) FROM entry)";
    CHECK(sqlite3_exec(raw, change, nullptr, nullptr, nullptr) == SQLITE_OK);
    sqlite3_close(raw);
    Checkpoint checkpoint(folder.file(), identity());
    CHECK(checkpoint.damaged() == 1); // its checksum is of other numbers
    CHECK(whole(checkpoint, 10) == 9);
}
