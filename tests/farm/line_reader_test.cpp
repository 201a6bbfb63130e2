#include "run/line_reader.hpp"

#include "support/scratch_directory.hpp"

#include <starmap/error.hpp>

#include <doctest/doctest.h>

#include <string>
#include <vector>

#include <fcntl.h>
#include <poll.h>
#include <sys/stat.h>
#include <unistd.h>

using starmap::farm::LineReader;
using Lines = std::vector<std::string>;

namespace {

Lines lines_of(LineReader& reader)
{
    Lines lines;
    for (std::string_view line; reader.next(line, true) == LineReader::Read::line;)
        lines.emplace_back(line);
    return lines;
}

Lines lines_of(std::string const& content)
{
    starmap::test::ScratchDirectory directory;
    LineReader reader(directory.with_file("list", content));
    auto const lines = lines_of(reader);
    reader.rewind();
    CHECK(lines_of(reader) == lines);
    return lines;
}

/// What is wrong, without the directory's name; and how many lines came before.
std::string problem_of(std::string const& content, std::size_t& before)
{
    starmap::test::ScratchDirectory directory;
    LineReader reader(directory.with_file("list", content));
    before = 0;
    std::string problem;
    for (bool ended = false; !ended;) {
        try {
            std::string_view line;
            ended = reader.next(line, true) == LineReader::Read::end;
            if (!ended) ++before;
        } catch (starmap::UsageError const& error) {
            CHECK(problem.empty());
            problem = error.what();
        }
    }
    auto const at = problem.find("/list:");
    return at == std::string::npos ? problem : problem.substr(at + 1);
}

std::string refusal_of(std::string const& path)
{
    try {
        LineReader const reader(path);
    } catch (starmap::IoError const& error) {
        return error.what();
    }
    return {};
}

} // namespace

TEST_CASE("lines end at LF, at CR LF and at the end")
{
    CHECK(lines_of("a\nb\n") == Lines{"a", "b"});
    CHECK(lines_of("a\nb") == Lines{"a", "b"});
    CHECK(lines_of("a\r\nb\r\n\r\nc\r") == Lines{"a", "b", "", "c"});
    CHECK(lines_of("a\rb\n") == Lines{"a\rb"});
    CHECK(lines_of("\xef\xbb\xbf#a\n\xef\xbb\xbf\n") == Lines{"#a", "\xef\xbb\xbf"});
    CHECK(lines_of("\n\n") == Lines{"", ""});
    CHECK(lines_of("").empty());
    Lines many;
    std::string content;
    for (int i = 0; i < 20000; ++i) {
        many.push_back(std::string(static_cast<std::size_t>(i % 97), 'x') + std::to_string(i));
        content += many.back() + "\n";
    }
    CHECK(lines_of(content) == many);
}

TEST_CASE("a NUL byte is named by line and offset, and the lines before it are given")
{
    std::size_t before = 0;
    CHECK(problem_of(std::string("ab\ncd\nx\0y\nz\n", 12), before) ==
          "list:3: the byte at offset 7 is NUL (this is no text): give a list of command lines");
    CHECK(before == 2);
    std::string content;
    for (int i = 0; i < 50000; ++i) content += "0123456789\n";
    CHECK(problem_of(content + '\0', before).find("list:50001: the byte at offset 550000 is NUL") ==
          0);
    CHECK(before == 50000);
    CHECK(problem_of(std::string("\xff\xfe"
                                 "a\0",
                                 4),
                     before)
              .find("UTF-16") != std::string::npos);
    CHECK(before == 0);
}

TEST_CASE("the longest line is 1 MiB")
{
    auto const most = starmap::farm::most_line_bytes;
    CHECK(lines_of("a\n" + std::string(most, 'x') + "\nb\n").size() == 3);
    CHECK(lines_of(std::string(most, 'x')).size() == 1);
    std::size_t before = 0;
    CHECK(problem_of("a\n" + std::string(most + 1, 'x') + "\nb\n", before)
              .find("list:2: the line \"xxxxx") == 0);
    CHECK(before == 1);
    CHECK(problem_of(std::string(most + 1, 'x'), before).find("list:1: ") == 0);
}

TEST_CASE("an endless line is not read to its end")
{
    // There is no end to /dev/zero but for the NUL; a sparse file of 1 TiB has one, too late.
    starmap::test::ScratchDirectory directory;
    auto const path = directory.with_file("list", std::string(2 << 20, 'x'));
    REQUIRE(::truncate(path.c_str(), off_t{1} << 40) == 0);
    LineReader reader(path);
    std::string_view line;
    CHECK_THROWS_AS(reader.next(line, true), starmap::UsageError);
    CHECK(reader.next(line, true) == LineReader::Read::end);
    LineReader zeros("/dev/zero");
    CHECK_THROWS_AS(zeros.next(line, true), starmap::UsageError);
}

TEST_CASE("what cannot be read says so")
{
    starmap::test::ScratchDirectory directory;
    CHECK(refusal_of(directory / "none").find("none cannot be read (No such file or directory)") !=
          std::string::npos);
    CHECK(refusal_of(directory.with_file("x/y", "").parent_path())
              .find("x cannot be read (it is a directory)") != std::string::npos);
    CHECK(refusal_of("/proc/self/mem").empty()); // opens; there is nothing at its beginning
    LineReader memory("/proc/self/mem");
    std::string_view line;
    CHECK_THROWS_AS(memory.next(line, true), starmap::IoError);
    CHECK(memory.next(line, true) == LineReader::Read::end);
    if (::geteuid() == 0) return; // who may read anything
    auto const path = directory.with_file("secret", "a\n");
    REQUIRE(::chmod(path.c_str(), 0) == 0);
    CHECK(refusal_of(path).find("(Permission denied)") != std::string::npos);
}

TEST_CASE("a FIFO is not waited for unless that is wanted")
{
    starmap::test::ScratchDirectory directory;
    auto const path = (directory / "fifo").string();
    REQUIRE(::mkfifo(path.c_str(), 0600) == 0);
    LineReader reader(path);
    CHECK(reader.is_stream());
    CHECK(reader.wait_fd() >= 0);
    std::string_view line;
    CHECK(reader.next(line, false) == LineReader::Read::nothing); // there is no writer
    auto const writer = ::open(path.c_str(), O_WRONLY);
    REQUIRE(writer >= 0);
    CHECK(reader.next(line, false) == LineReader::Read::nothing); // he is silent
    REQUIRE(::write(writer, "a\nb", 3) == 3);
    pollfd asked{reader.wait_fd(), POLLIN, 0};
    CHECK(::poll(&asked, 1, 1000) == 1);
    CHECK(reader.next(line, false) == LineReader::Read::line);
    CHECK(line == "a");
    CHECK(reader.next(line, false) == LineReader::Read::nothing); // of half a line
    REQUIRE(::write(writer, "c\nd", 3) == 3);
    CHECK(reader.next(line, true) == LineReader::Read::line);
    CHECK(line == "bc");
    CHECK(reader.line() == 2);
    ::close(writer);
    CHECK(reader.next(line, false) == LineReader::Read::line);
    CHECK(line == "d");
    CHECK(reader.next(line, false) == LineReader::Read::end);
}

TEST_CASE("stdin that is a file is read from where it stands")
{
    starmap::test::ScratchDirectory directory;
    auto const kept = ::dup(STDIN_FILENO);
    auto const file = ::open(directory.with_file("list", "a\nb\nc\n").c_str(), O_RDONLY);
    REQUIRE(::lseek(file, 2, SEEK_SET) == 2);
    ::dup2(file, STDIN_FILENO);
    {
        LineReader reader("-");
        CHECK(reader.name() == "standard input");
        CHECK(reader.wait_fd() == -1);
        CHECK(lines_of(reader) == Lines{"b", "c"});
        reader.rewind();
        CHECK(lines_of(reader) == Lines{"b", "c"});
    }
    ::close(STDIN_FILENO);
    CHECK(refusal_of("-").find("standard input cannot be read (it is closed)") == 0);
    ::close(file);
    if (kept >= 0) {
        ::dup2(kept, STDIN_FILENO);
        ::close(kept);
    }
}
