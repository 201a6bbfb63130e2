// What a farm does while its commands run, and at the end; how it begins is in farm.cpp.
#include "run/farm.hpp"

#include "base/log.hpp"
#include "run/complaint.hpp"
#include "run/line_of.hpp"
#include "run/open_commands.hpp"
#include "run/run_task.hpp"

#include <starmap/error.hpp>
#include <starmap/starmap_class.hpp>

#include <fmt/format.h>

#include <filesystem>
#include <memory>
#include <unordered_set>
#include <utility>

namespace starmap::farm {

namespace {

/// Under which the record has a farm, whatever its list is called: so one farm learns of another.
constexpr char const* name_of_all = "commands";
/// Keys are few, or each would cost the scheduler a chunk of its own.
constexpr std::size_t most_keys = 1000;

std::string absolute(std::string const& path)
{
    return path.empty() ? path : std::filesystem::absolute(path).string();
}

} // namespace

/// Commands of one key are expected to cost alike: those of one pattern, and of one key= if they
/// have one.
class Farm::Key {
public:
    std::string operator()(Command const& command) const
    {
        auto full = command.key + '\n' + command.name;
        if (seen_->size() < most_keys || seen_->contains(full)) {
            seen_->insert(full);
            return full;
        }
        return command.key;
    }

private:
    std::shared_ptr<std::unordered_set<std::string>> seen_ =
        std::make_shared<std::unordered_set<std::string>>();
};

void Farm::run_commands()
{
    RunTask task;
    task.how.output = request_.output == OutputChoice::files  ? Output::files
                      : request_.output == OutputChoice::none ? Output::none
                                                              : Output::collected;
    task.how.folder = absolute(request_.logs);
    task.how.most_output = request_.most_output;
    task.how.shell = request_.shell;
    task.how.grace = request_.grace;
    task.how.gpus = request_.gpus;
    task.journal_folder = absolute(request_.journal_folder());
    if (request_.is_template) task.place = "row";
    task.prints = request_.output == OutputChoice::print;
    task.keeps_text = request_.output == OutputChoice::archive;

    auto remaining = std::make_unique<Remaining>(open_commands(request_, defaults_), ended_before_,
                                                 request_.retry_failed);
    remaining_ = remaining.get();
    remaining_->tell_failed([this](Command const& command) { note_failure(line_of(command)); });
    Commands commands(std::move(remaining));
    auto starmap = session_.starmap(std::move(task), commands,
                                    Options<Command>{
                                        .name = name_of_all,
                                        .weight = &Command::weight,
                                        .key = Key(),
                                        .order = Order::arrival,
                                        .on_failure = OnFailure::collect,
                                        .timeout = 0.0,
                                        .max_rss = 0,
                                        .expected = expected_,
                                        .retries_by =
                                            [this](Command const& command) {
                                                // Asked when an attempt has failed, whatever has
                                                // become of its worker.
                                                in_trouble_[command.number] = line_of(command);
                                                return unsigned{command.retries};
                                            },
                                        .label = &Command::name,
                                        .cores = &Command::cores,
                                    });
    take_results(starmap);
    ending_.before = remaining_->done_before();
    ending_.known = remaining_->read();
    ending_.all_known = remaining_->ended();
    if (auto const problem = remaining_->problem(); !problem.empty()) {
        complain(problem, exit_misused);
        ending_.stopped = "the list could not be read any further";
        ending_.trouble = exit_misused;
    }
    remaining_ = nullptr;
}

template <class Starmap>
void Farm::take_results(Starmap& starmap)
{
    try {
        auto results = starmap.results(Order::arrival);
        for (auto& ended : results) take(ended, results);
    } catch (Interrupted const& interrupted) {
        if (!halted_) {
            ending_.stopped = interrupted.what();
            ending_.trouble = exit_stopped;
        }
    }
    take_lost(starmap.failures());
    try {
        outputs_->finish();
    } catch (IoError const& error) {
        ending_.trouble = complain(error.what(), exit_io);
    }
}

void Farm::take(Ended const& ended, Results<Ended>& results)
{
    ending_.tally.add(ended);
    in_trouble_.erase(ended.number);
    if (ending_.trouble != exit_io) {
        try {
            outputs_->take(ended);
        } catch (OutputClosed const& error) {
            ending_.trouble = complain(error.what(), exit_io);
            halt("nobody reads the output any more", results);
        } catch (IoError const& error) {
            ending_.trouble = complain(error.what(), exit_io);
            halt("the output cannot be written", results);
        }
    }
    if (ended.outcome.status == TaskStatus::ok) return;
    note_failure(ended.again);
    auto const failed = ending_.tally.failed();
    if (halt_after_ != 0 && failed >= halt_after_)
        halt(fmt::format("{} command{} failed (--halt-after={})", failed, failed == 1 ? "" : "s",
                         halt_after_),
             results);
}

/// What has failed without an outcome: the process of its worker did not come back, or could not
/// write the journal.
void Farm::take_lost(std::vector<TaskError> const& failures)
{
    for (auto const& failure : failures) {
        ending_.tally.add_lost(failure.status);
        auto const found = in_trouble_.find(remaining_->number(failure.first_item));
        if (found != in_trouble_.end()) note_failure(found->second);
        if (failure.type == "starmap::IoError") ending_.trouble = exit_io;
    }
}

void Farm::note_failure(std::string const& lines)
{
    try {
        failed_list_.add(lines);
    } catch (IoError const& error) {
        if (ending_.trouble != exit_io) ending_.trouble = complain(error.what(), exit_io);
    }
}

/// Nothing more is begun, and what runs may end in time.
void Farm::halt(std::string const& why, Results<Ended>& results)
{
    if (std::exchange(halted_, true)) return;
    ending_.stopped = why;
    base::log_warning("{}: nothing more is begun; what runs has {:g} s to end", why,
                      session_.settings().grace);
    results.stop();
}

int Farm::end()
{
    if (exit_code(ending_) == exit_succeeded) failed_list_.finish();
    auto const& settings = session_.settings();
    ending_.wall = std::chrono::duration<double>(std::chrono::steady_clock::now() - start_).count();
    ending_.may_go_on = journal_.has_value();
    ending_.retries_failed = request_.retry_failed;
    if (request_.output == OutputChoice::files) ending_.outputs = request_.logs + "/";
    if (request_.output == OutputChoice::archive) ending_.outputs = request_.archive;
    if (settings.task_info != "none") ending_.record = settings.task_info;
    ending_.journal = request_.journal_folder();
    if (!failed_list_.empty()) ending_.failed_list = failed_list_.file();
    for (auto const& line : summary(ending_)) base::log_info("{}", line);
    return exit_code(ending_);
}

} // namespace starmap::farm
