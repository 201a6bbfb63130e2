#include "report/lessons_reader.hpp"

#include "report/hdf5_file.hpp"
#include "report/task_info_reader.hpp"
#include "report/task_info_writer.hpp"
#include "support/scratch_directory.hpp"

#include <starmap/detail/key_text.hpp>
#include <starmap/error.hpp>

#include <doctest/doctest.h>

#include <array>
#include <fstream>
#include <map>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

using namespace starmap;
using namespace starmap::report;
using test::ScratchDirectory;

namespace {

StarmapInfo starmap_of(std::uint32_t number, std::string name, std::string policy)
{
    StarmapInfo info;
    info.starmap = number;
    info.name = std::move(name);
    info.policy = std::move(policy);
    return info;
}

TaskRecord row_of(std::uint64_t number, std::uint32_t starmap, double weight, double duration,
                  std::uint32_t items, TaskStatus status = TaskStatus::ok)
{
    TaskRecord record;
    record.task_no = number;
    record.starmap = starmap;
    record.weight = weight;
    record.duration = duration;
    record.items = items;
    record.status = status;
    record.attempt = 1;
    return record;
}

/// Two Starmaps with costs, the first with keys; and two that a kill has left without.
void write_record(std::string const& path)
{
    TaskInfoWriter writer(path);
    auto const keyed = starmap_of(1, "keyed", "guided");
    writer.starmap_opened(keyed);
    // The later figures of a key replace the earlier ones.
    writer.costs_learned(keyed, std::vector<CostInfo>{{0, "a", 1, 1, 1}});
    writer.costs_learned(
        keyed, std::vector<CostInfo>{{0, "a", 6, 3, 2}, {1, std::string(70, 'x'), 8, 4, 4}});
    writer.tasks_done(keyed, std::vector{row_of(1, 1, 1e6, 1e6, 1)}, 0);
    auto const whole = starmap_of(2, "whole", "each");
    writer.starmap_opened(whole);
    writer.costs_learned(whole, std::vector<CostInfo>{{0, "", 5, 10, 20}});
    auto const guided = starmap_of(3, "rows", "guided");
    writer.starmap_opened(guided);
    writer.tasks_done(guided,
                      std::vector{row_of(1, 3, 10, 2, 5), row_of(2, 3, 30, 4, 6),
                                  row_of(3, 3, 99, 99, 99, TaskStatus::failed)},
                      0);
    auto const each = starmap_of(4, "tasks", "each");
    writer.starmap_opened(each);
    writer.tasks_done(each, std::vector{row_of(1, 4, 7, 3, 50)}, 0);
    writer.run_ended(true);
    CHECK(writer.failure() == "");
}

std::string refusal(std::string const& path)
{
    try {
        read_lessons(path);
        return "no error";
    } catch (IoError const& error) {
        return error.what();
    }
}

} // namespace

TEST_CASE("a record teaches what its Starmaps have cost, by name and key, or by its rows")
{
    ScratchDirectory const directory;
    auto const path = (directory / "task_info.h5").string();
    write_record(path);
    auto const lessons = read_lessons(path);
    CHECK(lessons.starmaps() == 4);
    CHECK(lessons.of("keyed").seconds == 14);
    CHECK(lessons.of("keyed", "a").seconds == 6);
    CHECK(lessons.of("keyed", "a").weight == 3);
    CHECK(lessons.of("keyed", "a").units == 2);
    CHECK(lessons.of("keyed", recorded_key(std::string(70, 'x'))).units == 4);
    CHECK(lessons.of("whole", "").weight == 10);
    CHECK(lessons.of("rows").seconds == 6);
    CHECK(lessons.of("rows").weight == 40);
    CHECK(lessons.of("rows").units == 11);
    CHECK(lessons.of("tasks").units == 1);
    auto const rows = TaskInfoReader(path).costs();
    REQUIRE(rows.size() == 3);
    // Rows are packed, and a CHECK would bind a reference to a field.
    CHECK(double{rows[0].per_weight} == 2);
    CHECK(double{rows[0].per_unit} == 3);
}

TEST_CASE("of no record there is nothing to learn")
{
    CHECK(read_lessons("").starmaps() == 0);
    CHECK(read_lessons("none").starmaps() == 0);
}

TEST_CASE("what is no record is refused, with the file and a suggestion")
{
    ScratchDirectory const directory;
    auto const missing = (directory / "missing.h5").string();
    CHECK(refusal(missing).find("missing.h5 (No such file or directory)") != std::string::npos);
    auto const text = (directory / "text.h5").string();
    std::ofstream(text) << "no HDF5 at all, but a text that is long enough to be looked at";
    CHECK(refusal(text).find("it is not an HDF5 file") != std::string::npos);
    auto const foreign = (directory / "foreign.h5").string();
    hdf5::File::create(foreign).close();
    CHECK(refusal(foreign).find("no record of Starmap") != std::string::npos);
    CHECK(refusal((directory / "").string()).find("it is a directory") != std::string::npos);
    for (auto const& path : {missing, text, foreign}) {
        CHECK(refusal(path).starts_with("Cannot learn from " + path));
        CHECK(refusal(path).ends_with("or to none"));
    }
}

TEST_CASE("keys have a text that is the same in every run")
{
    enum class Zone : std::uint8_t { north, south };
    struct Unknown {};
    using detail::key_text;
    CHECK(key_text(-7, 0) == "-7");
    CHECK(key_text('a', 0) == key_text(int{'a'}, 0));
    CHECK(key_text(0.1, 0) == "0.1");
    CHECK(key_text(true, 0) == "true");
    CHECK(key_text(Zone::south, 0) == "1");
    CHECK(key_text(std::string("north"), 0) == "north");
    CHECK(key_text(std::pair(1, std::string("b")), 0) == "1,b");
    CHECK(key_text(std::tuple(std::array{1, 2}, 3), 0) == "1,2,3");
    CHECK(key_text(Unknown{}, 4) == "#4");
}

TEST_CASE("keys that are too long for the record are told apart all the same")
{
    std::string const begin(80, 'k');
    CHECK(recorded_key("short") == "short");
    CHECK(recorded_key(std::string(64, 'k')) == std::string(64, 'k'));
    CHECK(recorded_key(begin + "1") != recorded_key(begin + "2"));
    CHECK(recorded_key(begin + "1").size() == 64);
}
