#include "run/dry_run.hpp"

#include "run/journal_folder.hpp"
#include "run/line_of.hpp"
#include "run/open_commands.hpp"
#include "run/remaining.hpp"
#include "run/tally.hpp"

#include <starmap/error.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <cstdint>
#include <cstdio>
#include <filesystem>
#include <system_error>
#include <vector>

namespace starmap::farm {

namespace {

EndedCommands ended_before(FarmRequest const& request)
{
    auto const folder = request.journal_folder();
    std::error_code error;
    EndedCommands ended;
    if (request.fresh || folder.empty() || !std::filesystem::is_directory(folder, error))
        ended.finish();
    else
        ended = read_journal(folder).ended;
    return ended;
}

/// As the scheduler does it: heaviest first, within what is read at once.
void print(std::vector<Command>& window)
{
    std::stable_sort(window.begin(), window.end(), [](Command const& left, Command const& right) {
        return left.weight > right.weight;
    });
    for (auto const& command : window) {
        auto const lines = line_of(command);
        if (std::fwrite(lines.data(), 1, lines.size(), stdout) != lines.size())
            throw IoError("Cannot write the output.");
    }
    window.clear();
}

} // namespace

void dry_run(FarmRequest const& request)
{
    auto const ended = ended_before(request);
    Remaining remaining(open_commands(request, request.defaults), ended, request.retry_failed);
    auto const most = std::max<std::uint64_t>(remaining.window(), 1);
    std::vector<Command> window;
    std::uint64_t count = 0;
    for (Command command; remaining.next(command); command = {}) {
        ++count;
        window.push_back(std::move(command));
        if (window.size() == most) print(window);
    }
    print(window);
    if (auto const problem = remaining.problem(); !problem.empty()) throw UsageError(problem);
    auto text = fmt::format("# {} command{} would run", count, count == 1 ? "" : "s");
    auto const& before = remaining.done_before();
    if (before.all() != 0) text += "; " + sentence(before, remaining.read());
    std::printf("%s\n", text.c_str());
}

} // namespace starmap::farm
