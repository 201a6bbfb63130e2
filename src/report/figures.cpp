#include "report/figures.hpp"

#include <starmap/error.hpp>

#include <algorithm>
#include <utility>

#include <fmt/format.h>
#include <fmt/ranges.h>

namespace starmap::report {

namespace {

constexpr std::size_t names_told = 20;

/// Takes out what is of other names.
template <class Named>
void keep_only(std::vector<Named>& all, std::string const& name)
{
    if (!name.empty()) std::erase_if(all, [&](auto const& each) { return each.name != name; });
}

[[noreturn]] void refuse_name(std::string const& name, std::string const& path,
                              std::set<std::string, std::less<>> const& others)
{
    std::vector<std::string> names;
    for (auto const& other : others)
        if (names.size() < names_told) names.push_back('"' + other + '"');
    throw UsageError(
        fmt::format("\"{}\" is no task of {} (it has {}): give one of these, or none", name, path,
                    names.empty() ? "none yet" : fmt::to_string(fmt::join(names, ", "))));
}

} // namespace

FiguresReader::FiguresReader(std::string path, FiguresWanted wanted)
    : path_(std::move(path)),
      wanted_(std::move(wanted))
{
}

void FiguresReader::start_over(RunInfo const& run)
{
    summarizer_ = Summarizer(run.num_workers, wanted_.slowest);
    next_row_ = 0;
    next_operation_ = 0;
    failed_rows_.clear();
    other_names_.clear();
    start_time_ = run.start_time;
}

void FiguresReader::note_other(std::string_view name)
{
    if (other_names_.size() < names_told && !other_names_.contains(name))
        other_names_.emplace(name);
}

void FiguresReader::note_failed(TaskRecord const& record, std::string_view name)
{
    if (record.status == TaskStatus::ok || record.status == TaskStatus::cancelled ||
        failed_rows_.size() >= wanted_.failures)
        return;
    failed_rows_.try_emplace({record.starmap, record.task_no, record.attempt},
                             FailedRow{.name = std::string(name),
                                       .status = record.status,
                                       .exit_code = record.exit_code});
}

void FiguresReader::complete(TaskFailure& failure) const
{
    auto const found = failed_rows_.find({failure.starmap, failure.task_no, failure.attempt});
    if (found == failed_rows_.end()) return;
    failure.name = found->second.name; // tasks of one Starmap may have names of their own
    failure.status = found->second.status;
    failure.exit_code = found->second.exit_code;
}

Figures FiguresReader::read()
{
    TaskInfoReader const reader(path_);
    if (next_row_ == 0 || reader.run().start_time != start_time_) start_over(reader.run());
    auto const is_wanted = [&](std::string_view name) {
        return wanted_.name.empty() || name == wanted_.name;
    };
    next_row_ = reader.for_each_task(
        [&](TaskRecord const& record, std::string_view name) {
            if (!is_wanted(name)) {
                note_other(name);
                return;
            }
            summarizer_.add(record, name);
            note_failed(record, name);
        },
        next_row_);
    // Operations tell no name: they belong to the whole.
    if (wanted_.name.empty())
        next_operation_ = reader.for_each_operation(
            [&](auto const& operation) { summarizer_.add(operation); }, next_operation_);

    Figures figures{.file = path_,
                    .state = reader.state(),
                    .run = reader.run(),
                    .starmap_version = reader.starmap_version(),
                    .starmaps = reader.starmaps(),
                    .workers = reader.workers(),
                    .failures = reader.failures(wanted_.failures),
                    .task_rows = next_row_,
                    .summary = {},
                    .outliers = {},
                    .advice = {}};
    bool const has_name =
        std::any_of(figures.starmaps.begin(), figures.starmaps.end(),
                    [&](auto const& starmap) { return starmap.name == wanted_.name; });
    for (auto const& starmap : figures.starmaps) note_other(starmap.name);
    for (auto& failure : figures.failures) complete(failure);
    keep_only(figures.starmaps, wanted_.name);
    keep_only(figures.failures, wanted_.name);
    figures.summary = summarizer_.summary(figures.starmaps, figures.workers);
    if (!wanted_.name.empty() && !has_name && figures.summary.names.empty())
        refuse_name(wanted_.name, path_, other_names_);

    OutlierSearch search(figures.summary, wanted_.outliers);
    if (wanted_.outliers > 0)
        reader.for_each_task([&](auto const& record, auto name) { search.add(record, name); }, 0,
                             next_row_);
    figures.outliers = search.outliers();
    if (wanted_.name.empty()) figures.advice = advise(figures.summary, figures.starmaps);
    return figures;
}

Figures read_figures(std::string const& path, FiguresWanted const& wanted)
{
    return FiguresReader(path, wanted).read();
}

} // namespace starmap::report
