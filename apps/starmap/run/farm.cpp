#include "run/farm.hpp"

#include "base/log.hpp"
#include "run/command_list.hpp"
#include "run/complaint.hpp"
#include "run/open_commands.hpp"
#include "run/output_archive.hpp"

#include <starmap/error.hpp>

#include <fmt/format.h>

#include <signal.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <filesystem>
#include <memory>
#include <system_error>
#include <utility>

namespace starmap::farm {

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
    // A list that cannot be read leaves no journal.
    auto all = open_commands(request_, defaults_);
    open_journal();
    if (count_before(std::move(all))) {
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

/// A line that only a shell would understand is more often a mistake than not.
void Farm::warn_of_shell(CommandSource const& commands) const
{
    auto const* const list = dynamic_cast<CommandList const*>(&commands);
    if (list == nullptr || !list->summary() || list->summary()->shell_line == 0) return;
    base::log_warning(
        "{}:{}: \"{}\" reaches the program as it stands (no shell runs); --shell gives "
        "each line to one",
        list->name(), list->summary()->shell_line, list->summary()->shell_word);
}

/// Of a list that can be read twice: what was done before, for the user to know. False if that is
/// all of it.
bool Farm::count_before(std::unique_ptr<CommandSource> all)
{
    auto const size = all->size();
    if (size) expected_ = *size;
    warn_of_shell(*all);
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

} // namespace starmap::farm
