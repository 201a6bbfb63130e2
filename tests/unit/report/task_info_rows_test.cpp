#include "report/task_info_rows.hpp"

#include "report/task_info_schema.hpp"

#include <doctest/doctest.h>

using namespace starmap;
using namespace starmap::report;

TEST_CASE("a text that is too long is cut between characters")
{
    CHECK(fitting_utf8("abc", 3) == 3);
    CHECK(fitting_utf8("abcd", 3) == 3);
    CHECK(fitting_utf8("ab\xC3\xA9", 3) == 2);    // e acute: two bytes
    CHECK(fitting_utf8("a\xE2\x82\xAC", 3) == 1); // euro sign: three bytes
    CHECK(fitting_utf8("a\xE2\x82\xAC", 4) == 4);
    CHECK(fitting_utf8("a\xF0\x9F\x98\x80"
                       "b",
                       4) == 1); // outside the basic plane: four bytes
    CHECK(fitting_utf8("\xE2\x82\xAC", 1) == 0);
    CHECK(fitting_utf8("a\xBF\xBF\xBF\xBF\xBF\xBF", 5) == 5); // not UTF-8
}

TEST_CASE("a text fills its place to the last byte and comes back")
{
    std::string const full(64, 'x');
    CHECK(from_text(to_text<64>(full)) == full);
    CHECK(from_text(to_text<64>(full + "y")) == full);
    CHECK(from_text(to_text<64>("")) == "");
    CHECK(from_text(to_text<16>("guided")) == "guided");
}

TEST_CASE("the first six columns of task_info are those that OpenQuake's scripts read")
{
    auto const fields = table_of<TaskRow>().fields;
    std::string names;
    for (auto const& field : fields.first(6)) names += std::string(field.name) + " ";
    CHECK(names == "taskname task_no weight duration received mem_gb ");
    CHECK(fields.size() == 21);
    CHECK(table_of<TaskRow>().row_size == 64 + 12 * 8 + 4 * 6 + 2 * 2 + 1 - 8);
}

TEST_CASE("the error of a failure names its type, if it has one")
{
    TaskFailure failure;
    failure.task_no = 3;
    failure.text = "no luck";
    CHECK(from_row(to_row(failure)).text == "no luck");
    failure.type = "std::runtime_error";
    CHECK(from_row(to_row(failure)).text == "std::runtime_error: no luck");
    CHECK(from_row(to_row(failure)).task_no == 3);
}

TEST_CASE("rows that were never written or only begun are told apart")
{
    TaskRow row{};
    CHECK_FALSE(is_written(row));
    row.task_no = 1;
    CHECK_FALSE(is_written(row));
    CHECK(is_written(to_row(TaskRecord{.task_no = 1}, {})));
    CHECK_FALSE(is_written(FailureRow{}));
    CHECK_FALSE(is_written(OperationRow{}));
    CHECK_FALSE(is_written(StarmapRow{}));
    CHECK_FALSE(is_written(WorkerRow{}));
}
