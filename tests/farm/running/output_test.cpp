#include "attempts.hpp"

#include <doctest/doctest.h>

#include <sys/stat.h>
#include <unistd.h>

#include <fstream>
#include <iterator>

using namespace farm_test;
using starmap::test::ScratchDirectory;

namespace {

std::string content(std::filesystem::path const& path)
{
    std::ifstream file(path, std::ios::binary);
    return {std::istreambuf_iterator<char>(file), {}};
}

Running to_files(ScratchDirectory const& folder)
{
    auto how = by_shell();
    how.output = Output::files;
    how.folder = (folder / "").string();
    how.folder.pop_back();
    return how;
}

} // namespace

TEST_CASE("output is collected, and more than is kept is counted")
{
    auto const all = run("head -c 300000 /dev/zero; head -c 200000 /dev/zero >&2", by_shell());
    CHECK(all.out.size() == 300000);
    CHECK(all.err.size() == 200000);
    CHECK(all.cut == 0);
    auto how = by_shell();
    how.most_output = 250000;
    auto const part = run("head -c 300000 /dev/zero; echo end >&2; exit 1", how);
    CHECK(part.out.size() + part.err.size() == 250000);
    CHECK(part.cut == 50004);
    CHECK(part.last_words == "end");
}

TEST_CASE("a command may close its output and go on")
{
    auto const ended = run("echo first; exec >&- 2>&-; sleep 0.1; exit 4", by_shell());
    CHECK(ended.out == "first\n");
    CHECK(ended.exit_code == 4);
}

TEST_CASE("output to files")
{
    ScratchDirectory const folder;
    auto const both = run("echo out; echo err >&2; exit 1", to_files(folder));
    CHECK(both.exit_code == 1);
    CHECK(both.last_words == "err");
    CHECK(both.out.empty());
    CHECK(content(folder / "3.out") == "out\n");
    CHECK(content(folder / "3.err") == "err\n");
    // Another attempt begins anew, and an empty file of errors does not stay.
    CHECK(run("echo o", to_files(folder)).status == TaskStatus::ok);
    CHECK(content(folder / "3.out") == "o\n");
    CHECK_FALSE(std::filesystem::exists(folder / "3.err"));
}

TEST_CASE("where output cannot be written the command is not run")
{
    ScratchDirectory const folder;
    auto how = to_files(folder);
    how.folder += "/missing";
    auto const ended = run("touch " + (folder / "ran").string(), how);
    CHECK(ended.status == TaskStatus::crashed);
    CHECK(ended.exit_code == 126);
    CHECK_MESSAGE(ended.why.find("its output cannot be written to " + how.folder +
                                 "/3.out (No such file or directory)") != std::string::npos,
                  ended.why);
    CHECK_FALSE(std::filesystem::exists(folder / "ran"));
}

TEST_CASE("a full disk is the command's own affair")
{
    auto const ended = run("echo x > /dev/full", by_shell());
    CHECK(ended.status == TaskStatus::failed);
    CHECK_MESSAGE(ended.last_words.find("echo: ") != std::string::npos, ended.last_words);
}

TEST_CASE("output to nowhere leaves the last words")
{
    auto how = by_shell();
    how.output = Output::none;
    auto const ended = run("echo out; seq 1 10000 >&2; exit 1", how);
    CHECK(ended.out.empty());
    CHECK(ended.err.empty());
    CHECK(ended.cut == 0);
    CHECK(ended.last_words == "9991\n9992\n9993\n9994\n9995\n9996\n9997\n9998\n9999\n10000");
    CHECK(run("echo err >&2", how).last_words.empty());
}
