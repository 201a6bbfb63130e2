#include "report.hpp"

#include "info.hpp"
#include "input_file.hpp"
#include "report/record_path.hpp"
#include "subcommands.hpp"

#include <starmap/error.hpp>

#include <cerrno>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <initializer_list>
#include <memory>

#include <fmt/format.h>

namespace starmap::command {

namespace {

namespace fs = std::filesystem;

constexpr std::size_t slowest_told = 50;
constexpr std::size_t outliers_told = 20; // of a name
constexpr std::size_t failures_told = 500;

struct Drawn {
    report::RecordState state = report::RecordState::complete;
    std::string data;
};

Drawn draw(std::string const& record)
{
    auto figures = report::read_figures(
        record, {.slowest = slowest_told, .outliers = 0, .failures = failures_told});
    // Both need the summary first; one pass over millions of rows serves both.
    report::Charts charts(figures.summary);
    report::OutlierSearch search(figures.summary, outliers_told);
    report::TaskInfoReader(record).for_each_task(
        [&](TaskRecord const& task, std::string_view name) {
            charts.add(task, name);
            search.add(task, name);
        },
        0, figures.task_rows);
    figures.outliers = search.outliers();
    return {.state = figures.state, .data = page_data(figures, charts)};
}

/// A page takes the place of an older one, but of nothing else that may lie there.
fs::path checked_target(std::string const& page, std::string const& record)
{
    std::error_code error;
    auto target = fs::weakly_canonical(page, error);
    if (error || target.empty()) target = page;
    auto const status = fs::status(target, error);
    if (fs::equivalent(target, record, error))
        throw UsageError(fmt::format("Cannot write the report {} (it is the record) Give another "
                                     "name after -o",
                                     page));
    if (fs::exists(status) && !fs::is_regular_file(status))
        throw IoError(fmt::format("Cannot write the report {} (it is {})", page,
                                  fs::is_directory(status) ? "a directory" : "no ordinary file"));
    return target;
}

/// Whoever opens the page finds the old one or the whole new one.
void write_page(fs::path const& target, std::initializer_list<std::string_view> parts)
{
    auto const hidden = report::hidden_name(target);
    errno = 0;
    std::ofstream file(hidden, std::ios::binary);
    for (auto const part : parts) file << part;
    file.close();
    if (file && std::rename(hidden.c_str(), target.c_str()) == 0) return;
    auto const* const why = errno != 0 ? std::strerror(errno) : "it cannot be written";
    auto const message = fmt::format("Cannot write the report {} ({})", target.string(), why);
    std::error_code error;
    fs::remove(hidden, error);
    throw IoError(message);
}

} // namespace

void add_report(CLI::App& app)
{
    struct Arguments {
        std::string file;
        std::string page = "report.html";
    };
    auto* command = app.add_subcommand(
        "report", "Draw a record as a page for a browser, one file that needs no network");
    auto const arguments = std::make_shared<Arguments>();
    add_input_file(*command, "FILE", arguments->file,
                   "A task_info.h5, of a run that ended, was killed or goes on");
    command->add_option("-o,--output", arguments->page, "The page (report.html)")
        ->type_name("PAGE");
    command->callback([arguments] {
        auto const target = checked_target(arguments->page, arguments->file);
        auto const drawn = draw(arguments->file);
        write_page(target, {page_head, drawn.data, page_foot});
        if (drawn.state != report::RecordState::complete)
            fmt::print("{}: {}\n", arguments->file, in_words(drawn.state));
    });
}

} // namespace starmap::command
