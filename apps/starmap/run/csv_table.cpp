#include "run/csv_table.hpp"

#include "run/excerpt.hpp"

#include <starmap/error.hpp>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <utility>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

namespace starmap::farm {

namespace {

constexpr std::size_t most_table_bytes = std::size_t{1} << 30;
constexpr std::size_t most_columns = 10000;

[[noreturn]] void refuse(std::string const& name, char const* why)
{
    throw IoError("The table " + name + " cannot be read (" + why +
                  "): name a file with a line of names and a line for each row");
}

class Opened {
public:
    explicit Opened(std::string const& path)
        : fd_(path == "-" ? STDIN_FILENO : ::open(path.c_str(), O_RDONLY | O_CLOEXEC))
    {
    }
    Opened(Opened const&) = delete;
    Opened& operator=(Opened const&) = delete;
    ~Opened()
    {
        if (fd_ > STDIN_FILENO) ::close(fd_);
    }
    int fd() const noexcept { return fd_; }

private:
    int fd_;
};

/// The end of the line that `at` is in, without its LF.
std::size_t line_end(std::string_view text, std::size_t at)
{
    return std::min(text.find('\n', at), text.size());
}

char delimiter_of(std::string_view name, std::string_view text)
{
    if (name.ends_with(".tsv") || name.ends_with(".tab")) return '\t';
    std::string_view const candidates = ",;\t|";
    std::vector<std::size_t> counts(candidates.size());
    bool quoted = false;
    for (auto const each : text.substr(0, line_end(text, 0))) {
        if (each == '"') quoted = !quoted;
        auto const which = candidates.find(each);
        if (!quoted && which != std::string_view::npos) ++counts[which];
    }
    if (name.ends_with(".csv") && counts[0] > 0) return ',';
    return candidates[static_cast<std::size_t>(std::ranges::max_element(counts) - counts.begin())];
}

std::string trimmed(std::string const& text)
{
    auto const first = std::min(text.find_first_not_of(" \t"), text.size());
    return text.substr(first, text.find_last_not_of(" \t") + 1 - first);
}

} // namespace

CsvRecord csv_record(std::string_view text, std::size_t begin, char delimiter)
{
    CsvRecord record;
    auto at = begin;
    auto const at_end = [&] {
        auto const rest = text.substr(at);
        return rest.empty() || rest.starts_with('\n') || rest.starts_with("\r\n") || rest == "\r";
    };
    for (;;) {
        std::string field;
        if (at < text.size() && text[at] == '"') {
            for (++at;; ++at) {
                auto const quote = text.find('"', at);
                if (quote == std::string_view::npos)
                    throw UsageError("the quote before " +
                                     excerpt(field + std::string(text.substr(at, 100))) +
                                     " has no end: close it, or double a quote that is meant as it "
                                     "stands");
                field += text.substr(at, quote - at);
                at = quote + 1;
                if (at == text.size() || text[at] != '"') break;
                field += '"';
            }
            if (!at_end() && text[at] != delimiter)
                throw UsageError("the quoted value " + excerpt(field) + " is followed by " +
                                 excerpt(text.substr(at, 1)) +
                                 " (a value ends with its quote): double quotes inside it");
        } else {
            while (!at_end() && text[at] != delimiter) field += text[at++];
        }
        record.fields.push_back(std::move(field));
        if (at_end()) break;
        ++at;
    }
    record.end = std::min(line_end(text, at) + 1, text.size());
    return record;
}

CsvTable CsvTable::from_file(std::string const& path)
{
    auto const name = path == "-" ? std::string("standard input") : path;
    Opened const file(path);
    struct stat status {};
    if (file.fd() < 0 || ::fstat(file.fd(), &status) != 0) refuse(name, std::strerror(errno));
    if (S_ISDIR(status.st_mode)) refuse(name, "it is a directory");
    std::string text;
    for (;;) {
        constexpr std::size_t part = 1 << 16;
        auto const kept = text.size();
        text.resize(kept + part);
        auto const got = ::read(file.fd(), text.data() + kept, part);
        auto const error = errno;
        text.resize(kept + (got > 0 ? static_cast<std::size_t>(got) : 0));
        if (got == 0) break;
        if (got < 0 && error != EINTR) refuse(name, std::strerror(error));
        if (text.size() > most_table_bytes) refuse(name, "it has more than 1 GiB");
    }
    text.shrink_to_fit();
    return {name, std::move(text)};
}

CsvTable::CsvTable(std::string name, std::string text)
    : name_(std::move(name)),
      text_(std::move(text))
{
    std::size_t at = text_.starts_with("\xef\xbb\xbf") ? 3 : 0;
    std::string_view const all = text_;
    delimiter_ = delimiter_of(name_, all.substr(at));
    std::uint64_t line = 1;
    auto const fail = [&](std::string const& problem) {
        throw UsageError(name_ + ":" + std::to_string(line) + ": " + problem);
    };
    while (at < all.size()) {
        auto const row = Row{at, line};
        CsvRecord record;
        try {
            record = csv_record(all, at, delimiter_);
        } catch (UsageError const& error) {
            fail(error.what());
        }
        auto const lines = std::ranges::count(all.substr(at, record.end - at), '\n');
        at = record.end;
        if (record.fields.size() == 1 && record.fields[0].empty() && all[row.begin] != '"') {
            line += static_cast<std::uint64_t>(lines);
            continue;
        }
        for (auto const& field : record.fields)
            if (field.find_first_of(std::string_view("\n\0", 2)) != std::string::npos)
                fail("the value " + excerpt(field) +
                     " cannot be part of a command (it has an end "
                     "of line or a NUL byte in it): put it into a file, and name that");
        if (columns_.empty()) {
            if (record.fields.size() > most_columns)
                fail("there are more than " + std::to_string(most_columns) +
                     " columns (that is no table of parameters): leave some out");
            for (auto const& field : record.fields) {
                auto column = trimmed(field);
                if (column.empty())
                    fail("a column has no name (the first line names them): name it");
                if (std::ranges::find(columns_, column) != columns_.end())
                    fail("the column " + excerpt(column) + " is there twice: rename one");
                columns_.push_back(std::move(column));
            }
        } else if (record.fields.size() != columns_.size()) {
            fail("the row has " + std::to_string(record.fields.size()) + " values (there are " +
                 std::to_string(columns_.size()) +
                 " columns): complete it, or quote a value with "
                 "the delimiter " +
                 excerpt({&delimiter_, 1}) + " in it");
        } else {
            rows_.push_back(row);
        }
        line += static_cast<std::uint64_t>(lines);
    }
    if (columns_.empty()) fail("there are no columns (it is empty): name them in the first line");
}

std::vector<std::string> CsvTable::fields(std::uint64_t row) const
{
    return csv_record(text_, rows_[row].begin, delimiter_).fields;
}

std::string CsvTable::place(std::uint64_t row) const
{
    return name_ + ":" + std::to_string(rows_[row].line);
}

} // namespace starmap::farm
