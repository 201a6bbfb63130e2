#include "report/task_info_reader.hpp"

#include "report/hdf5_file.hpp"
#include "report/recover.hpp"
#include "report/task_info_writer.hpp"
#include "scratch_directory.hpp"

#include <doctest/doctest.h>

using namespace starmap;
using namespace starmap::report;
using test::ScratchDirectory;

namespace {

std::string error_of(std::filesystem::path const& path)
{
    try {
        TaskInfoReader const reader(path.string());
    } catch (IoError const& error) {
        return error.what();
    }
    return "none";
}

bool mentions(std::string const& text, std::string const& part)
{
    INFO(text);
    return text.find(part) != std::string::npos;
}

/// A finished record of some rows.
void write_record(std::filesystem::path const& path)
{
    TaskInfoWriter writer(path.string());
    StarmapInfo starmap;
    starmap.starmap = 1;
    starmap.name = "compute";
    writer.starmap_opened(starmap);
    std::vector<TaskRecord> const records(5000, TaskRecord{.task_no = 1});
    writer.tasks_done(starmap, records, 3);
    writer.run_ended(true);
}

} // namespace

TEST_CASE("what is no record is refused in a sentence")
{
    ScratchDirectory const directory;
    CHECK(mentions(error_of(directory / "none.h5"), "No such file or directory"));
    CHECK(mentions(error_of(directory / ""), "it is a directory"));
    CHECK(mentions(error_of(directory.with_file("text", "hello")), "it is not an HDF5 file"));
    CHECK(mentions(error_of(directory.with_file("empty", "")), "it is not an HDF5 file"));
    {
        auto other = hdf5::File::create((directory / "other.h5").string());
        other.add_text("title", "something else");
    }
    CHECK(mentions(error_of(directory / "other.h5"), "without the dataset task_info"));
}

TEST_CASE("a truncated record is refused or read in part, never a crash")
{
    ScratchDirectory const directory;
    auto const path = directory / "task_info.h5";
    write_record(path);
    auto const size = std::filesystem::file_size(path);
    std::size_t rows = 5000;
    for (auto left : {size - 1, size / 2, size / 10, std::uintmax_t{600}, std::uintmax_t{20}}) {
        std::filesystem::resize_file(path, left);
        INFO(left << " of " << size << " bytes");
        std::size_t rows_left = 0;
        try {
            auto const info = read_task_info(path.string());
            CHECK(info.state == RecordState::killed);
            rows_left = info.tasks.size();
        } catch (IoError const& error) {
            CHECK(mentions(error.what(), path.string()));
        }
        CHECK(rows_left <= rows);
        rows = rows_left;
    }
    CHECK(rows == 0);
}

TEST_CASE("a closed record needs no recovery and is left as it is")
{
    ScratchDirectory const directory;
    auto const path = directory / "task_info.h5";
    write_record(path);
    auto const before = std::filesystem::last_write_time(path);
    auto const recovery = recover(path.string());
    CHECK_FALSE(recovery.was_needed);
    CHECK(recovery.task_rows == 5000);
    CHECK(std::filesystem::last_write_time(path) == before);
    CHECK(read_task_info(path.string()).state == RecordState::complete);
    CHECK(directory.entries() == 1);
}
