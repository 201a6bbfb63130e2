#include "run/line_of.hpp"

#include "run/pattern.hpp"
#include "run/words.hpp"

#include <starmap/error.hpp>

#include <vector>

namespace starmap::farm {

namespace {

/// As CommandList and CommandTemplate name it that has no name= of its own, but for the last resort
/// of PatternLimit, the list's name, which is said then.
bool called_by_text(Command const& command)
{
    std::vector<std::string> words;
    try {
        words = split_words(command.text);
    } catch (UsageError const&) { // it is for a shell: read without words
    }
    return command.name == pattern_of(words) || command.name == program_of(words);
}

} // namespace

Directive directive_of(Command const& command, Directive const& defaults)
{
    Command plain;
    defaults.apply_to(plain);
    Directive directive;
    if (command.weight != plain.weight) directive.weight = command.weight;
    if (command.timeout != plain.timeout) directive.timeout = command.timeout;
    if (command.memory != plain.memory) directive.memory = command.memory;
    if (command.retries != plain.retries) directive.retries = command.retries;
    if (command.cores != plain.cores) directive.cores = command.cores;
    if (command.key != plain.key) directive.key = command.key;
    if (command.name != plain.name)
        if (!plain.name.empty() || !called_by_text(command)) directive.name = command.name;
    return directive;
}

std::string line_of(Command const& command, Directive const& defaults)
{
    auto const directive = text_of(directive_of(command, defaults));
    return (directive.empty() ? "" : "#STARMAP " + directive + "\n") + command.text + "\n";
}

} // namespace starmap::farm
