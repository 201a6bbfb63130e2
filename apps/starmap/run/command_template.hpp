#pragma once

#include "run/command_source.hpp"
#include "run/directive.hpp"
#include "run/parameters.hpp"

#include <memory>
#include <span>
#include <string>
#include <vector>

namespace starmap::farm {

/// How the rows of a template become commands.
struct TemplateReading {
    Directive defaults;                  ///< for all commands, where a directive says nothing else
    std::vector<std::string> directives; ///< each NAME=VALUE ..., with {NAME} in it where wanted
    bool shell = false;                  ///< the commands are for a shell
};

/// A command for each combination of parameters: their values are put into words
/// (word_template.hpp). A value is part of one word, whatever is in it: never split, and quoted in
/// Command::text. For a shell the words are put side by side as they are, and each value is quoted,
/// so that it must not stand in quotes already. Combinations are made as they are wanted, and not
/// kept. Command::line is the number of the row, from 1.
///
/// Where the words tell all combinations apart, which is so if each parameter stands in a word
/// without another one, equal commands need not be counted. Otherwise 23 bytes are kept of each.
class CommandTemplate : public CommandSource {
public:
    /// Throws UsageError for what is wrong with the parameters, the words or the directives, and
    /// IoError for a table that cannot be read. Where directives have values in them, those of the
    /// first 1e6 rows are looked into at once; a later one that is bad is the end (problem()).
    CommandTemplate(std::span<Parameter const> parameters, std::vector<std::string> const& words,
                    TemplateReading how = {});
    ~CommandTemplate() override;

    bool next(Command& command) override;
    std::string problem() const override;
    std::optional<std::uint64_t> size() const override;

private:
    class State;
    std::unique_ptr<State> state_;
};

} // namespace starmap::farm
