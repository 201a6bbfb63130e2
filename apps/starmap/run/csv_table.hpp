#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace starmap::farm {

/// A record of delimited text by RFC 4180: a field that begins with a double quote ends at the next
/// one that is not doubled, and may hold the delimiter; a double quote inside another field is a
/// character as any other.
struct CsvRecord {
    std::vector<std::string> fields;
    std::size_t end = 0; ///< of its text, behind its LF or CR LF
};

/// The record that begins at `begin`, up to the end of its line, or of the text. A quoted field may
/// hold ends of lines. Throws UsageError, whose text does not say which line it was, where a quote
/// has no end, or is followed by what is no delimiter.
CsvRecord csv_record(std::string_view text, std::size_t begin, char delimiter);

/// A table of delimited text, as a spreadsheet writes it: the first record names the columns. It is
/// kept as it was read, and 16 bytes for each row. Records without a character are left out.
class CsvTable {
public:
    /// Reads a file, or stdin for "-". A name that ends in .tsv or .tab says that tabs delimit; one
    /// in .csv that commas do, if there is one in the header; otherwise it is what is most frequent
    /// there of comma, semicolon, tab and |. Throws IoError where it cannot be read, and
    /// UsageError, with name and line, for what read_text() does not like.
    static CsvTable from_file(std::string const& path);
    /// Likewise from the text of a file of that name. Throws UsageError: it has no header; a name
    /// is empty or is there twice; a row has another number of fields than the header; a value has
    /// an end of line or a NUL in it, which no command line can hold.
    CsvTable(std::string name, std::string text);

    std::vector<std::string> const& columns() const noexcept { return columns_; }
    std::uint64_t size() const noexcept { return rows_.size(); }
    /// Of a row, from 0.
    std::vector<std::string> fields(std::uint64_t row) const;
    /// "FILE:LINE" of a row, from 0.
    std::string place(std::uint64_t row) const;

private:
    struct Row {
        std::uint64_t begin = 0;
        std::uint64_t line = 0;
    };

    std::string name_;
    std::string text_;
    std::vector<std::string> columns_;
    std::vector<Row> rows_;
    char delimiter_ = ',';
};

} // namespace starmap::farm
