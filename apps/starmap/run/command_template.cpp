#include "run/command_template.hpp"

#include "run/excerpt.hpp"
#include "run/line_reader.hpp"
#include "run/occurrences.hpp"
#include "run/pattern.hpp"
#include "run/word_template.hpp"
#include "run/words.hpp"

#include <starmap/error.hpp>

#include <algorithm>
#include <functional>
#include <utility>

namespace starmap::farm {

namespace {

constexpr std::uint64_t most_looked_over = 1'000'000;

std::vector<WordTemplate> templates_of(std::span<std::string const> words, Parameters const& from)
{
    std::vector<WordTemplate> templates;
    std::size_t next_place = 0;
    for (auto const& word : words) {
        if (word.find_first_of(std::string_view("\n\0", 2)) != std::string::npos)
            throw UsageError("the template's word " + excerpt(word) +
                             " cannot be part of a command (it has an end of line in it): put it "
                             "into a file, and name that");
        templates.emplace_back(word, from.names(), next_place);
    }
    return templates;
}

std::vector<std::string> directive_words(std::span<std::string const> directives)
{
    std::vector<std::string> words;
    for (auto const& directive : directives)
        for (auto& word : split_words(directive)) words.push_back(std::move(word));
    if (!words.empty() && words.front() == "default")
        throw UsageError("a template's directive cannot be a default (it is for all its commands "
                         "as it is): leave out the word default");
    return words;
}

} // namespace

class CommandTemplate::State {
public:
    State(std::span<Parameter const> given, std::vector<std::string> const& command_words,
          TemplateReading const& how)
        : parameters_(given),
          defaults_(how.defaults),
          shell_(how.shell),
          words_(templates_of(command_words, parameters_)),
          directive_(templates_of(directive_words(how.directives), parameters_)),
          patterns_("template")
    {
        if (command_words.empty())
            throw UsageError("the template has no words (they are the command): write them behind "
                             "--, as in -- ./sim --alpha {alpha}");
        varies_ = std::ranges::any_of(directive_, &WordTemplate::has_variables);
        if (!varies_) same_ = directive_of_row();
        count_ = shell_ || !words_tell_apart();
        look_over();
    }

    bool next(Command& command)
    {
        if (!problem_.empty()) return false;
        try {
            if (!parameters_.next()) return false;
            fill(command);
            return true;
        } catch (UsageError const& error) {
            problem_ = error.what();
            return false;
        }
    }
    std::string const& problem() const noexcept { return problem_; }
    std::uint64_t size() const noexcept { return parameters_.size(); }

private:
    template <class Shown>
    std::vector<std::string> filled(std::vector<WordTemplate> const& templates, Shown shown) const
    {
        std::vector<std::string> words;
        words.reserve(templates.size());
        for (auto const& each : templates)
            words.push_back(each.filled(parameters_.values(), parameters_.number(), shown));
        return words;
    }

    Directive directive_of_row() const
    {
        return read_directive(quote(filled(directive_, std::identity()))).directive;
    }

    bool words_tell_apart() const
    {
        std::vector<bool> told(parameters_.names().size());
        for (auto const& word : words_) {
            auto const variable = word.only_variable();
            if (variable == WordTemplate::row_number) return true;
            if (variable != WordTemplate::several) told[variable] = true;
        }
        return parameters_.told_apart_by(told);
    }

    void look_over()
    {
        if (!varies_) return;
        while (parameters_.number() < most_looked_over && parameters_.next()) {
            try {
                directive_of_row();
            } catch (UsageError const& error) {
                throw UsageError(parameters_.place() + ": " + error.what());
            }
        }
        parameters_.rewind();
    }

    /// The words for the pattern; and the text.
    std::vector<std::string> fill_text(std::string& text) const
    {
        if (!shell_) {
            auto words = filled(words_, std::identity());
            text = quote(words);
            return words;
        }
        for (auto const& part : filled(words_, [](std::string const& each) { return quote(each); }))
            text.append(text.empty() ? "" : " ").append(part);
        try {
            return split_words(text);
        } catch (UsageError const&) { // the shell may know better
            return {};
        }
    }

    void fill(Command& command)
    {
        command = {};
        try {
            auto const words = fill_text(command.text);
            if (command.text.size() > most_line_bytes)
                throw UsageError("the command " + excerpt(command.text) +
                                 " is too long (it has more than 1 MiB): put a part of it into a "
                                 "file of its own");
            if (!shell_ && leading_assignments(words) == words.size())
                throw UsageError("the words " + excerpt(command.text) +
                                 " are no command (they only set variables): write the command "
                                 "behind them");
            defaults_.apply_to(command);
            (varies_ ? directive_of_row() : same_).apply_to(command);
            command.line = parameters_.number();
            if (command.name.empty()) command.name = patterns_.name_of(words);
            if (count_) command.occurrence = occurrences_.count(command.text);
        } catch (UsageError const& error) {
            throw UsageError(parameters_.place() + ": " + error.what());
        }
    }

    Parameters parameters_;
    Directive defaults_;
    bool shell_;
    std::vector<WordTemplate> words_;
    std::vector<WordTemplate> directive_;
    bool varies_ = false; ///< the directive, from row to row
    Directive same_;      ///< where it does not
    bool count_ = false;  ///< equal commands
    Occurrences occurrences_;
    PatternLimit patterns_;
    std::string problem_;
};

CommandTemplate::CommandTemplate(std::span<Parameter const> parameters,
                                 std::vector<std::string> const& words, TemplateReading how)
    : state_(std::make_unique<State>(parameters, words, how))
{
}

CommandTemplate::~CommandTemplate() = default;

bool CommandTemplate::next(Command& command) { return state_->next(command); }
std::string CommandTemplate::problem() const { return state_->problem(); }
std::optional<std::uint64_t> CommandTemplate::size() const { return state_->size(); }

} // namespace starmap::farm
