#include "run/command_list.hpp"

#include "run/line_reader.hpp"
#include "run/list_parser.hpp"
#include "run/occurrences.hpp"
#include "run/pattern.hpp"
#include "run/words.hpp"

#include <starmap/error.hpp>

#include <algorithm>
#include <utility>

namespace starmap::farm {

namespace {

constexpr std::size_t most_problems = 10;

enum class Step : std::uint8_t { command, end, nothing };

/// A list from its beginning to its end.
class Pass {
public:
    Pass(LineReader& reader, ListReading const& how)
        : reader_(&reader),
          parser_(how.defaults, how.shell)
    {
    }

    /// Throws UsageError, with the place, for each bad line.
    Step next(Command& command, bool wait)
    {
        std::string_view line;
        for (;;) {
            auto const read = reader_->next(line, wait);
            if (read == LineReader::Read::nothing) return Step::nothing;
            try {
                if (read == LineReader::Read::line) {
                    if (parser_.add(line, command)) return Step::command;
                } else {
                    parser_.finish();
                    return Step::end;
                }
            } catch (UsageError const& error) {
                throw UsageError(reader_->name() + ":" + std::to_string(parser_.line()) + ": " +
                                 error.what());
            }
        }
    }
    std::vector<std::string> const& words() const noexcept { return parser_.words(); }

private:
    LineReader* reader_;
    ListParser parser_;
};

void add(ListSummary& summary, Command const& command, bool shell)
{
    ++summary.commands;
    summary.weight += command.weight;
    summary.heaviest = std::max(summary.heaviest, command.weight);
    summary.most_cores = std::max<unsigned>(summary.most_cores, command.cores);
    summary.most_memory = std::max(summary.most_memory, command.memory);
    if (shell || summary.shell_line != 0) return;
    summary.shell_word = needs_shell(command.text);
    if (!summary.shell_word.empty()) summary.shell_line = command.line;
}

ListSummary looked_over(LineReader& reader, ListReading const& how)
{
    ListSummary summary;
    Pass pass(reader, how);
    Command command;
    std::string problems;
    std::size_t count = 0;
    for (bool ended = false; !ended;) {
        try {
            ended = pass.next(command, true) == Step::end;
            if (!ended) add(summary, command, how.shell);
        } catch (UsageError const& error) {
            if (++count <= most_problems) problems.append(count == 1 ? "" : "\n") += error.what();
        }
    }
    if (count > most_problems)
        problems += "\n" + reader.name() + ": and " + std::to_string(count - most_problems) +
                    " more such lines";
    if (count > 0) throw UsageError(problems);
    reader.rewind();
    return summary;
}

std::string base_name(std::string const& path)
{
    auto const name = path.substr(path.find_last_of('/') + 1); // npos + 1 is 0
    return name.substr(0, most_name_bytes);
}

} // namespace

class CommandList::State {
public:
    State(std::string const& path, ListReading how)
        : reader(path),
          pass(reader, how),
          names(base_name(reader.name()))
    {
        if (!reader.is_stream()) summary = looked_over(reader, how);
    }

    /// True where a command is held or the end has come.
    bool advance(bool wait)
    {
        if (held || ended) return true;
        try {
            auto const step = pass.next(command, wait);
            if (step == Step::nothing) return false;
            ended = step == Step::end;
            held = !ended;
        } catch (Error const& error) {
            problem = error.what();
            ended = true;
        }
        if (held) {
            command.occurrence = occurrences.count(command.text);
            if (command.name.empty()) command.name = names.name_of(pass.words());
        }
        return true;
    }

    LineReader reader;
    Pass pass;
    PatternLimit names;
    Occurrences occurrences;
    std::optional<ListSummary> summary;
    Command command;
    std::string problem;
    bool held = false;
    bool ended = false;
};

CommandList::CommandList(std::string const& path, ListReading how)
    : state_(std::make_unique<State>(path, std::move(how)))
{
}

CommandList::~CommandList() = default;

bool CommandList::next(Command& command)
{
    state_->advance(true);
    if (!std::exchange(state_->held, false)) return false;
    command = std::move(state_->command);
    return true;
}

bool CommandList::ready() { return state_->advance(false); }
int CommandList::wait_fd() const { return state_->reader.wait_fd(); }
std::string CommandList::problem() const { return state_->problem; }

std::optional<std::uint64_t> CommandList::size() const
{
    if (!state_->summary) return std::nullopt;
    return state_->summary->commands;
}

std::optional<ListSummary> const& CommandList::summary() const noexcept { return state_->summary; }
std::string const& CommandList::name() const noexcept { return state_->reader.name(); }

} // namespace starmap::farm
