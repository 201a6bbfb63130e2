#include "run/directive.hpp"

#include "run/directive_values.hpp"
#include "run/excerpt.hpp"
#include "run/words.hpp"

#include "base/nearest.hpp"
#include "base/setting_values.hpp"

#include <starmap/error.hpp>

#include <algorithm>
#include <array>
#include <functional>
#include <vector>

namespace starmap::farm {

namespace {

constexpr std::string_view mark = "#STARMAP";

std::string text_from(std::string_view text, std::size_t most_bytes)
{
    if (text.size() > most_bytes)
        throw UsageError("it has more than " + std::to_string(most_bytes) + " bytes");
    auto const control = [](char each) {
        auto const byte = static_cast<unsigned char>(each);
        return byte < 0x20 || byte == 0x7f;
    };
    if (std::ranges::any_of(text, control)) throw UsageError("it has a control character in it");
    return std::string(text);
}

std::uint16_t count_from(std::string_view text, unsigned least, unsigned most)
{
    auto const count = base::whole_number<std::uint64_t>(text);
    if (count < least || count > most)
        throw UsageError("it is not between " + std::to_string(least) + " and " +
                         std::to_string(most));
    return static_cast<std::uint16_t>(count);
}

/// What is to be known of a name: how it is read, and what to write instead of a bad value.
struct Name {
    std::string_view name;
    std::string_view example;
    std::function<void(Directive&, std::string_view)> set;
    std::function<bool(Directive const&)> has;
};

template <class Member, class Read>
Name name_of(std::string_view name, std::string_view example, Member member, Read read)
{
    return {name, example,
            [=](Directive& directive, std::string_view text) { directive.*member = read(text); },
            [=](Directive const& directive) { return (directive.*member).has_value(); }};
}

std::array<Name, 7> const& names()
{
    static std::array<Name, 7> const all{
        name_of("weight", "weight=3, a number from 0", &Directive::weight, weight_from),
        name_of("key", "key=gpu, at most 255 bytes", &Directive::key,
                [](std::string_view text) { return text_from(text, most_key_bytes); }),
        name_of("timeout", "timeout=600, timeout=10m or timeout=1h30m", &Directive::timeout,
                timeout_from),
        name_of("retries", "retries=2", &Directive::retries,
                [](std::string_view text) { return count_from(text, 0, most_retries); }),
        name_of("name", "name=fit, at most 63 bytes", &Directive::name,
                [](std::string_view text) { return text_from(text, most_name_bytes); }),
        name_of("mem", "mem=512M or mem=4G", &Directive::memory, memory_from),
        name_of("cores", "cores=4", &Directive::cores,
                [](std::string_view text) { return count_from(text, 1, 65535); })};
    return all;
}

[[noreturn]] void refuse_name(std::string_view name)
{
    std::vector<std::string> valid;
    for (auto const& each : names()) valid.emplace_back(each.name);
    auto const close = base::nearest(name.substr(0, most_key_bytes), valid);
    std::string list;
    for (auto const& each : valid) list += (list.empty() ? "" : ", ") + each;
    throw UsageError("the directive's name " + excerpt(name) + " is unknown (there are " + list +
                     ")" + (close.empty() ? "" : ": did you mean " + close + "?"));
}

void read_value(std::string_view word, Directive& directive)
{
    auto const equals = word.find('=');
    if (equals == std::string_view::npos)
        throw UsageError("the directive's word " + excerpt(word) +
                         " says nothing (it has no =): write NAME=VALUE, as in weight=3");
    auto const name = word.substr(0, equals);
    auto const found = std::ranges::find(names(), name, &Name::name);
    if (found == names().end()) refuse_name(name);
    if (found->has(directive))
        throw UsageError("the directive says " + std::string(name) + "= twice (the second time " +
                         excerpt(word) + "): leave one out");
    try {
        found->set(directive, word.substr(equals + 1));
    } catch (UsageError const& error) {
        throw UsageError("the directive's " + excerpt(word) + " cannot be (" + error.what() +
                         "): write " + std::string(found->example));
    }
}

template <class Visit>
void visit_members(Visit&& visit)
{
    visit(&Directive::weight);
    visit(&Directive::timeout);
    visit(&Directive::key);
    visit(&Directive::name);
    visit(&Directive::memory);
    visit(&Directive::retries);
    visit(&Directive::cores);
}

} // namespace

void Directive::replace_by(Directive const& other)
{
    visit_members([&](auto member) {
        if (other.*member) this->*member = other.*member;
    });
}

void Directive::add(Directive const& other)
{
    for (auto const& each : names())
        if (each.has(*this) && each.has(other))
            throw UsageError("the directives of this command say " + std::string(each.name) +
                             "= twice (in front of it or behind it): leave one out");
    replace_by(other);
}

void Directive::apply_to(Command& command) const
{
    command.weight = weight.value_or(command.weight);
    command.timeout = timeout.value_or(command.timeout);
    if (key) command.key = *key;
    if (name) command.name = *name;
    command.memory = memory.value_or(command.memory);
    command.retries = retries.value_or(command.retries);
    command.cores = cores.value_or(command.cores);
}

bool is_directive(std::string_view comment)
{
    auto const ends = [](std::string_view rest) {
        return rest.empty() || rest.front() == ' ' || rest.front() == '\t';
    };
    if (comment.starts_with(mark) && ends(comment.substr(mark.size()))) return true;
    auto const small = [](char each) {
        return each >= 'A' && each <= 'Z' ? static_cast<char>(each + 32) : each;
    };
    auto const begins = std::ranges::equal(comment.substr(0, mark.size()), mark, {}, small, small);
    if (begins && ends(comment.substr(mark.size())))
        throw UsageError("the comment " + excerpt(comment) +
                         " is no directive (its letters are small): write #STARMAP");
    auto const at = comment.find(mark, 1);
    if (at != std::string_view::npos && comment.find('=', at) != std::string_view::npos)
        throw UsageError("the directive in " + excerpt(comment) +
                         " would be ignored (it is inside a comment): put #STARMAP first, and a "
                         "comment behind it");
    return false;
}

ReadDirective read_directive(std::string_view text)
{
    ReadDirective read;
    auto const words = split_words(text);
    for (auto const& word : words)
        if (word == "default" && &word == words.data())
            read.is_default = true;
        else
            read_value(word, read.directive);
    return read;
}

std::string text_of(Directive const& directive)
{
    std::string text;
    auto const say = [&](std::string_view name, std::string const& value) {
        if (!text.empty()) text += ' ';
        text.append(name).append("=").append(value.empty() ? value : quote(value));
    };
    if (directive.weight) say("weight", number_text(*directive.weight));
    if (directive.key) say("key", *directive.key);
    if (directive.timeout) say("timeout", seconds_text(*directive.timeout));
    if (directive.retries) say("retries", std::to_string(*directive.retries));
    if (directive.name) say("name", *directive.name);
    if (directive.memory) say("mem", base::byte_text(*directive.memory));
    if (directive.cores) say("cores", std::to_string(*directive.cores));
    return text;
}

} // namespace starmap::farm
