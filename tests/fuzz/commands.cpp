/// What a farm reads. The first byte chooses: words, directives, a list (as a file, and as a pipe),
/// or a template with its table. What is taken can be written, and is read again as the same.
#include "run/command_list.hpp"
#include "run/command_template.hpp"
#include "run/line_of.hpp"
#include "run/list_parser.hpp"
#include "run/pattern.hpp"
#include "run/words.hpp"

#include "fuzz/scratch.hpp"

#include <starmap/error.hpp>

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <fstream>
#include <optional>
#include <string>
#include <vector>

#include <unistd.h>

namespace {

using namespace starmap::farm;

void must(bool holds)
{
    if (!holds) std::abort();
}

void read_words(std::string const& text)
{
    needs_shell(text);
    std::vector<std::string> words;
    try {
        words = split_words(text);
    } catch (starmap::UsageError const&) {
        return;
    }
    must(split_words(quote(words)) == words);
    must(leading_assignments(words) <= words.size());
    must(pattern_of(words).size() <= most_name_bytes);
    must(program_of(words).size() <= most_name_bytes);
}

void read_directives(std::string const& text)
{
    try {
        is_directive("#STARMAP" + text);
        auto const read = read_directive(text);
        auto const written = text_of(read.directive);
        must(text_of(read_directive(written).directive) == written);
    } catch (starmap::UsageError const&) {
    }
}

bool same(Command const& left, Command const& right)
{
    return left.text == right.text && left.name == right.name && left.key == right.key &&
           left.occurrence == right.occurrence && left.weight == right.weight &&
           left.timeout == right.timeout && left.memory == right.memory &&
           left.retries == right.retries && left.cores == right.cores;
}

std::vector<Command> all_of(CommandSource& source)
{
    std::vector<Command> commands;
    for (Command command; source.next(command);) commands.push_back(command);
    return commands;
}

std::string file_of(std::string const& content)
{
    static fuzz::Scratch const scratch;
    auto const path = scratch.fresh("list.csv");
    std::ofstream(path, std::ios::binary) << content;
    return path;
}

/// Nothing where the list was refused.
std::optional<std::vector<Command>> from_file(std::string const& content, ListReading const& how)
{
    try {
        CommandList list(file_of(content), how);
        auto commands = all_of(list);
        must(list.problem().empty() && list.size() == commands.size());
        return commands;
    } catch (starmap::UsageError const&) {
        return std::nullopt;
    }
}

void read_list(std::string const& content, bool shell)
{
    ListReading const how{{}, shell};
    int ends[2];
    must(::pipe(ends) == 0);
    must(::write(ends[1], content.data(), content.size()) == static_cast<ssize_t>(content.size()));
    CommandList piped("/dev/fd/" + std::to_string(ends[0]), how);
    ::close(ends[1]);
    auto const from_pipe = all_of(piped);
    ::close(ends[0]);
    auto const commands = from_file(content, how);
    must(commands.has_value() == piped.problem().empty());
    if (!commands) return;
    must(commands->size() == from_pipe.size());
    std::string written;
    for (std::size_t i = 0; i < commands->size(); ++i) {
        must(same((*commands)[i], from_pipe[i]));
        written += line_of((*commands)[i]);
    }
    auto const again = from_file(written, how);
    must(again && again->size() == commands->size());
    for (std::size_t i = 0; i < commands->size(); ++i) must(same((*commands)[i], (*again)[i]));
}

void check_template(CommandTemplate& source, bool shell)
{
    Command command;
    for (int i = 0; i < 300 && source.next(command); ++i) {
        if (shell) continue;
        ListParser parser;
        Command again;
        auto lines = line_of(command);
        if (auto const first = lines.find('\n'); lines.starts_with("#STARMAP ")) {
            must(!parser.add(lines.substr(0, first), again));
            lines.erase(0, first + 1);
        }
        must(parser.add(lines.substr(0, lines.size() - 1), again));
        if (again.name.empty()) again.name = pattern_of(parser.words());
        again.occurrence = command.occurrence;
        must(same(command, again));
    }
}

/// A line is what its first letter says; behind a line "-" comes the table.
void read_template(std::string const& content, bool shell)
{
    std::vector<Parameter> parameters;
    std::vector<std::string> words;
    TemplateReading how;
    how.shell = shell;
    for (std::size_t at = 0; at < content.size();) {
        auto const end = std::min(content.find('\n', at), content.size());
        auto const line = content.substr(at, end - at);
        at = end + 1;
        if (line == "-") {
            parameters.push_back(
                {Parameter::Kind::each, file_of(content.substr(std::min(at, content.size())))});
            break;
        }
        auto const rest = line.empty() ? line : line.substr(1);
        if (line.starts_with('r'))
            parameters.push_back({Parameter::Kind::range, rest});
        else if (line.starts_with('s'))
            parameters.push_back({Parameter::Kind::set, rest});
        else if (line.starts_with('d'))
            how.directives.push_back(rest);
        else
            words.push_back(rest);
    }
    try {
        Parameters const counted(parameters);
        if (counted.size() > 1000) how.directives.clear(); // all would be looked over
        CommandTemplate source(parameters, words, how);
        must(source.size() == counted.size());
        check_template(source, shell);
    } catch (starmap::UsageError const&) {
    }
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(std::uint8_t const* data, std::size_t size)
{
    if (size == 0) return 0;
    std::string const content(reinterpret_cast<char const*>(data + 1), size - 1);
    auto const shell = (data[0] & 8) != 0;
    switch (data[0] % 4) {
    case 0: read_words(content); break;
    case 1: read_directives(content); break;
    case 2: read_list(content, shell); break;
    default: read_template(content, shell);
    }
    return 0;
}
