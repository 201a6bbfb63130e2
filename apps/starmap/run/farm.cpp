#include "run/farm.hpp"

#include "base/log.hpp"
#include "run/line_of.hpp"
#include "run/open_commands.hpp"
#include "run/output_archive.hpp"
#include "run/run_task.hpp"

#include <starmap/error.hpp>
#include <starmap/starmap_class.hpp>

#include <fmt/format.h>

#include <signal.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <filesystem>
#include <memory>
#include <system_error>
#include <unordered_set>
#include <utility>

namespace starmap::farm {

namespace {

/// Under which the record has a farm, whatever its list is called: so one farm learns of another.
constexpr char const* name_of_all = "commands";
/// Keys are few, or each would cost the scheduler a chunk of its own.
constexpr std::size_t most_keys = 1000;

int complain(std::string const& text, int code)
{
    std::fprintf(stderr, "starmap: %s\n", text.c_str());
    return code;
}

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

Farm::Farm(FarmRequest const& request, Session& session)
    : request_(request),
      session_(session),
      defaults_(request.defaults),
      halt_after_(request.halt_after),
      failed_list_(request.failed, request.list_folder(), request.title())
{
    // The settings of all Starmap programs speak of commands too.
    auto const& settings = session.settings();
    if (halt_after_ == 0 && settings.on_failure == OnFailure::raise) halt_after_ = 1;
    if (!defaults_.timeout && settings.timeout > 0) defaults_.timeout = settings.timeout;
    if (!defaults_.memory && settings.max_rss > 0) defaults_.memory = settings.max_rss;
    if (!defaults_.retries && settings.retries > 0)
        defaults_.retries = static_cast<std::uint16_t>(std::min(settings.retries, most_retries));
}

int Farm::run()
{
    try {
        return run_all();
    } catch (UsageError const& error) {
        return complain(error.what(), exit_misused);
    } catch (IoError const& error) {
        return complain(error.what(), exit_io);
    }
}

int Farm::run_all()
{
    if (!session_.settings().checkpoint.empty())
        throw UsageError(
            "A farm of commands has a journal, and no checkpoint (--starmap-checkpoint "
            "or STARMAP_CHECKPOINT is set). Leave that out; see --journal.");
    // A reader that goes away is an error of write(), not the end of this process.
    ::signal(SIGPIPE, SIG_IGN);
    open_journal();
    if (count_before()) {
        outputs_ = open_outputs();
        run_commands();
    }
    return end();
}

void Farm::open_journal()
{
    auto const folder = request_.journal_folder();
    if (folder.empty()) return;
    journal_.emplace(folder);
    if (request_.fresh) journal_->clear();
    auto read = journal_->read();
    ended_before_ = std::move(read.ended);
    if (auto const damaged = read.damaged; damaged != 0)
        base::log_warning("{} entr{} of the journal {} cannot be read; the commands are run again",
                          damaged, damaged == 1 ? "y" : "ies", folder);
}

/// Of a list that can be read twice: what was done before, for the user to know. False if that is
/// all of it.
bool Farm::count_before()
{
    auto all = open_commands(request_, defaults_);
    auto const size = all->size();
    if (size) expected_ = *size;
    if (ended_before_.size() == 0 || !size) return true;
    Remaining remaining(std::move(all), ended_before_, request_.retry_failed);
    Command command;
    std::uint64_t left = 0;
    while (remaining.next(command)) ++left;
    auto const& before = remaining.done_before();
    if (before.all() != 0) base::log_info("{}", sentence(before, remaining.read()));
    expected_ = left;
    if (left != 0) return true;
    ending_.before = before;
    ending_.known = remaining.read();
    base::log_info("There is nothing left to run; --fresh runs all of it again");
    return false;
}

std::unique_ptr<Outputs> Farm::open_outputs() const
{
    switch (request_.output) {
    case OutputChoice::print: return printed();
    case OutputChoice::archive:
        return std::make_unique<OutputArchive>(request_.archive, OutputArchive::Use::write);
    case OutputChoice::files: {
        std::error_code error;
        std::filesystem::create_directories(request_.logs, error);
        if (error || ::access(request_.logs.c_str(), W_OK | X_OK) != 0)
            throw IoError(fmt::format("Cannot write into the folder {} ({}). Choose another one by "
                                      "--logs=FOLDER.",
                                      request_.logs,
                                      error ? error.message() : std::strerror(errno)));
        return dropped();
    }
    case OutputChoice::none: break;
    }
    return dropped();
}

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
        for (auto& ended : results) take(ended);
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

void Farm::take(Ended const& ended)
{
    ending_.tally.add(ended);
    in_trouble_.erase(ended.number);
    if (ending_.trouble != exit_io) {
        try {
            outputs_->take(ended);
        } catch (OutputClosed const& error) {
            ending_.trouble = complain(error.what(), exit_io);
            halt("nobody reads the output any more");
        } catch (IoError const& error) {
            ending_.trouble = complain(error.what(), exit_io);
            halt("the output cannot be written");
        }
    }
    if (ended.outcome.status == TaskStatus::ok) return;
    note_failure(ended.again);
    auto const failed = ending_.tally.failed();
    if (halt_after_ != 0 && failed >= halt_after_)
        halt(fmt::format("{} command{} failed (--halt-after={})", failed, failed == 1 ? "" : "s",
                         halt_after_));
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

/// As a warning from outside would do: nothing more is begun, and what runs may end in time.
void Farm::halt(std::string const& why)
{
    if (std::exchange(halted_, true)) return;
    ending_.stopped = why;
    base::log_warning("{}: the farm stops", why);
    ::raise(SIGUSR1);
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
