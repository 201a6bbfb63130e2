#include "report/task_info_reader.hpp"

#include "report/hdf5_file.hpp"
#include "report/recover.hpp"
#include "report/task_info_schema.hpp"
#include "report/task_info_writer.hpp"
#include "support/scratch_directory.hpp"

#include <doctest/doctest.h>
#include <hdf5.h>

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
void write_rows_of_one_starmap(std::filesystem::path const& path)
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
    write_rows_of_one_starmap(path);
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
    write_rows_of_one_starmap(path);
    auto const before = std::filesystem::last_write_time(path);
    auto const recovery = recover(path.string());
    CHECK_FALSE(recovery.was_needed);
    CHECK(recovery.task_rows == 5000);
    CHECK(std::filesystem::last_write_time(path) == before);
    CHECK(read_task_info(path.string()).state == RecordState::complete);
    CHECK(directory.entries() == 1);
}

TEST_CASE("rows of an earlier version lack columns, which are then what they always were")
{
    ScratchDirectory const directory;
    auto const path = (directory / "task_info.h5").string();
    auto const earlier = [](Table const& table) {
        std::vector<Field> fields;
        for (auto const& field : table.fields)
            if (!field.is_later) fields.push_back(field);
        return fields;
    };
    auto const task_fields = earlier(table_of<TaskRow>());
    auto const starmap_fields = earlier(table_of<StarmapRow>());
    REQUIRE(task_fields.size() == table_of<TaskRow>().fields.size() - 2); // without session, cores
    REQUIRE(starmap_fields.size() == table_of<StarmapRow>().fields.size() - 2);
    {
        auto file = hdf5::File::create(path);
        auto const add = [&](char const* name, std::vector<Field> const& fields) {
            return file.add_dataset(
                {name, fields.back().offset + fields.back().size, 8, fields}); // these come last
        };
        auto tasks = add("task_info", task_fields);
        auto starmaps = add("starmaps", starmap_fields);
        file.add_dataset(table_of<WorkerRow>());
        file.add_dataset(table_of<OperationRow>());
        file.add_dataset(table_of<FailureRow>());
        for (std::uint64_t i = 1; i <= 20; ++i) {
            auto const row =
                to_row({.task_no = i, .weight = 0.5, .session = 9}, to_text<64>("old"));
            tasks.append(&row, 1);
        }
        StarmapInfo info;
        info.starmap = 1;
        info.name = "old";
        info.failures = 3;
        info.moves = 7;
        auto const row = to_row(info);
        starmaps.append(&row, 1);
    }
    auto const info = read_task_info(path);
    REQUIRE(info.tasks.size() == 20);
    for (auto const& task : info.tasks) CHECK(task.session == 1);
    for (auto const& task : info.tasks) CHECK(task.cores == 1);
    CHECK(info.tasks[19].task_no == 20);
    CHECK(info.tasks[19].weight == 0.5);
    CHECK(info.tasks[19].attempt == 1);
    REQUIRE(info.starmaps.size() == 1);
    CHECK(info.starmaps[0].failures == 3);
    CHECK(info.starmaps[0].moves == 0);
}

TEST_CASE("a reader goes on where an earlier one stopped")
{
    ScratchDirectory const directory;
    auto const path = (directory / "task_info.h5").string();
    write_rows_of_one_starmap(path);
    TaskInfoReader const reader(path);
    std::size_t rows = 0;
    auto const count = [&](TaskRecord const&, std::string_view) { ++rows; };
    CHECK(reader.for_each_task(count, 4000) == 5000);
    CHECK(rows == 1000);
    CHECK(reader.for_each_task(count, 5000) == 5000);
    CHECK(rows == 1000);
}

TEST_CASE("attributes that are no single value, and tables that cannot be so long, are refused")
{
    ScratchDirectory const directory;
    auto const spoilt = [&](char const* name, auto spoil) {
        auto const path = directory / name;
        write_rows_of_one_starmap(path);
        auto const file = H5Fopen(path.c_str(), H5F_ACC_RDWR, H5P_DEFAULT);
        REQUIRE(file >= 0);
        spoil(file);
        H5Fclose(file);
        return path;
    };
    auto const many = [](hid_t type, char const* attribute) {
        return [=](hid_t file) {
            std::vector<char> const values(64 * 64, 'x');
            hsize_t const count = 64;
            auto const space = H5Screate_simple(1, &count, nullptr);
            H5Adelete(file, attribute);
            auto const made = H5Acreate2(file, attribute, type, space, H5P_DEFAULT, H5P_DEFAULT);
            H5Awrite(made, type, values.data());
            H5Aclose(made);
            H5Sclose(space);
        };
    };
    auto const text = H5Tcopy(H5T_C_S1);
    H5Tset_size(text, 64);
    CHECK(mentions(error_of(spoilt("numbers.h5", many(H5T_NATIVE_UINT64, "seed"))),
                   "its seed is no single value"));
    CHECK(mentions(error_of(spoilt("texts.h5", many(text, "command_line"))),
                   "its command_line is no single value"));
    H5Tclose(text);
    auto const endless = spoilt("endless.h5", [](hid_t file) {
        auto const dataset = H5Dopen2(file, "task_info", H5P_DEFAULT);
        hsize_t const rows = hsize_t{1} << 60U;
        H5Dset_extent(dataset, &rows);
        H5Dclose(dataset);
    });
    try {
        read_task_info(endless.string());
        FAIL("an endless table was read");
    } catch (IoError const& error) {
        CHECK(mentions(error.what(), "no room for its 1152921504606846976 rows"));
    }
}
