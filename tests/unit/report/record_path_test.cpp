#include "report/record_path.hpp"

#include "support/scratch_directory.hpp"

#include <starmap/error.hpp>

#include <doctest/doctest.h>

using namespace starmap;
using report::check_writable;
using report::publish;
using test::ScratchDirectory;

namespace {

std::string content(std::filesystem::path const& path)
{
    std::ifstream file(path);
    return {std::istreambuf_iterator<char>(file), {}};
}

std::string refusal(std::filesystem::path const& path)
{
    try {
        check_writable(path);
    } catch (IoError const& error) {
        return error.what();
    }
    return "none";
}

} // namespace

TEST_CASE("a path that can be written is accepted and left untouched")
{
    ScratchDirectory const directory;
    auto const existing = directory.with_file("old.h5", "old");
    check_writable(existing);
    check_writable(directory / "new.h5");
    CHECK(content(existing) == "old");
    CHECK(directory.entries() == 1);
}

TEST_CASE("a path that cannot be written is refused with the reason and the way out")
{
    ScratchDirectory const directory;
    auto const file = directory.with_file("file", "");
    CHECK(refusal(directory / "no/where.h5").find("No such file or directory") !=
          std::string::npos);
    CHECK(refusal(file / "below.h5").find("irectory") != std::string::npos);
    CHECK(refusal(directory / "").find("it names no file") != std::string::npos);
    std::filesystem::create_directory(directory / "d");
    CHECK(refusal(directory / "d").find("it is a directory") != std::string::npos);
    CHECK(refusal("/dev/null").find("not an ordinary file") != std::string::npos);
    // Even root cannot make a file there.
    CHECK(refusal("/proc/self/task_info.h5").find("/proc/self") != std::string::npos);
    CHECK(refusal("/dev/null").find("STARMAP_TASK_INFO") != std::string::npos);
}

TEST_CASE("older records are moved to the next free number, whatever the name")
{
    ScratchDirectory const directory;
    for (auto const* name : {"task_info.h5", "record", "run.7.h5"}) {
        auto const path = directory / name;
        for (auto const* text : {"first", "second", "third"})
            publish(directory.with_file("hidden", text), path);
        CHECK(content(path) == "third");
        CHECK(content(report::older_name(path, 1)) == "first");
        CHECK(content(report::older_name(path, 2)) == "second");
    }
    CHECK(content(directory / "task_info.1.h5") == "first");
    CHECK(content(directory / "record.2") == "second");
    CHECK(content(directory / "run.7.1.h5") == "first");
    CHECK(directory.entries() == 9);
}
