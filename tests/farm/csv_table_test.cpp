#include "run/csv_table.hpp"

#include "support/scratch_directory.hpp"

#include <starmap/error.hpp>

#include <doctest/doctest.h>

#include <random>
#include <string>
#include <vector>

using namespace starmap::farm;
using Fields = std::vector<std::string>;

namespace {

std::string problem_of(std::string const& text, std::string const& name = "p.csv")
{
    try {
        CsvTable const table(name, text);
    } catch (starmap::UsageError const& error) {
        return error.what();
    }
    return {};
}

} // namespace

TEST_CASE("a table has named columns and rows")
{
    CsvTable const table("p.csv", "alpha, name \n1,a\n\n2,\"b, c\"\n");
    CHECK(table.columns() == Fields{"alpha", "name"});
    REQUIRE(table.size() == 2);
    CHECK(table.fields(0) == Fields{"1", "a"});
    CHECK(table.fields(1) == Fields{"2", "b, c"});
    CHECK(table.place(1) == "p.csv:4");
}

TEST_CASE("quotes, ends of lines and marks are those of RFC 4180 and of spreadsheets")
{
    CsvTable const table("p.csv",
                         "\xef\xbb\xbf\"a\",b\r\n\"1 \"\"x\"\"\",5\" pipe\r\n\"\",\r\n,y\r");
    CHECK(table.columns() == Fields{"a", "b"});
    REQUIRE(table.size() == 3);
    CHECK(table.fields(0) == Fields{"1 \"x\"", "5\" pipe"});
    CHECK(table.fields(1) == Fields{"", ""});
    CHECK(table.fields(2) == Fields{"", "y"});
    CHECK(CsvTable("x", "a\n\"\"\n").size() == 1); // an empty value, and no blank line
}

TEST_CASE("the delimiter is told by the name or found in the header")
{
    CHECK(CsvTable("p.csv", "a,b\n1,2\n").columns() == Fields{"a", "b"});
    CHECK(CsvTable("p.csv", "a;b\n1;2,5\n").fields(0) == Fields{"1", "2,5"});
    CHECK(CsvTable("p.csv", "a;b;c,d\n1,2\n").columns() == Fields{"a;b;c", "d"});
    CHECK(CsvTable("p.tsv", "a,b\tc\n1\t2\n").columns() == Fields{"a,b", "c"});
    CHECK(CsvTable("p.txt", "a\tb\n1\t2\n").columns() == Fields{"a", "b"});
    CHECK(CsvTable("p", "a|b\n1|2\n").columns() == Fields{"a", "b"});
    CHECK(CsvTable("p", "\"x;y;z\",b\n1,2\n").columns() == Fields{"x;y;z", "b"});
    CHECK(CsvTable("p", "alone\n1\n").columns() == Fields{"alone"});
}

TEST_CASE("a bad table is refused with its line")
{
    CHECK(problem_of("a,b\n1,2\n\n3\n") ==
          "p.csv:4: the row has 1 values (there are 2 columns): complete it, or quote a value with "
          "the delimiter \",\" in it");
    CHECK(problem_of("a,b\n1,2,3\n").find("p.csv:2: the row has 3 values") == 0);
    CHECK(problem_of("a,b\n\"1\n2\",x\n").find("p.csv:2: the value \"1?2\" cannot be part") == 0);
    CHECK(problem_of("a,b\n1,\"2\n").find("p.csv:2: the quote before \"2?\" has no end") == 0);
    CHECK(problem_of("a,b\n\"1\"x,2\n")
              .find("p.csv:2: the quoted value \"1\" is followed by \"x\"") == 0);
    CHECK(problem_of("a,\n").find("p.csv:1: a column has no name") == 0);
    CHECK(problem_of("a,a\n").find("p.csv:1: the column \"a\" is there twice") == 0);
    CHECK(problem_of("").find("there are no columns") != std::string::npos);
    CHECK(problem_of("\n\n").find("there are no columns") != std::string::npos);
    CHECK(problem_of(std::string("a\nx\0y\n", 6)).find("p.csv:2: the value \"x?y\"") == 0);
    CHECK(problem_of(std::string(20000, ',')).find("more than 10000 columns") != std::string::npos);
    CHECK(problem_of("a,b\n").empty()); // no rows is no mistake
}

TEST_CASE("a table is read from a file")
{
    starmap::test::ScratchDirectory directory;
    CHECK(CsvTable::from_file(directory.with_file("p.tsv", "a\tb\n1\t2\n")).fields(0) ==
          Fields{"1", "2"});
    CHECK_THROWS_AS(CsvTable::from_file(directory / "none"), starmap::IoError);
    CHECK_THROWS_AS(CsvTable::from_file(directory / ""), starmap::IoError);
}

TEST_CASE("any values come back from a record")
{
    auto const seed = 6;
    CAPTURE(seed);
    std::mt19937_64 random(seed);
    std::string const letters = "a,;\" \r\n\t";
    for (int round = 0; round < 5000; ++round) {
        Fields fields(1 + random() % 4);
        std::string text;
        for (auto& field : fields) {
            field.resize(random() % 5);
            for (auto& each : field) each = letters[random() % letters.size()];
            std::string quoted = "\"";
            for (auto const each : field) quoted += each == '"' ? "\"\"" : std::string(1, each);
            text += (text.empty() ? "" : ",") + quoted + "\"";
        }
        CAPTURE(text);
        auto const record = csv_record(text + (round % 2 == 0 ? "\r\nnext" : "\nnext"), 0, ',');
        REQUIRE(record.fields == fields);
        REQUIRE(record.end == text.size() + (round % 2 == 0 ? 2 : 1));
    }
}
