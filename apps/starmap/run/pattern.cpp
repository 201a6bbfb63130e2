#include "run/pattern.hpp"

#include "run/directive.hpp"
#include "run/excerpt.hpp"
#include "run/words.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <system_error>

namespace starmap::farm {

namespace {

using Words = std::span<std::string const>;

/// Of an interpreter: options that a program's text follows, and those that take a word.
struct Interpreter {
    std::string_view name; ///< versions may follow, as in python3.11
    std::string_view code;
    std::string_view with_word;
};

constexpr std::array<Interpreter, 14> interpreters{{{"python", "c", "WX"},
                                                    {"pypy", "c", "WX"},
                                                    {"bash", "c", "oO"},
                                                    {"sh", "c", "o"},
                                                    {"dash", "c", "o"},
                                                    {"zsh", "c", "o"},
                                                    {"ksh", "c", "o"},
                                                    {"Rscript", "e", ""},
                                                    {"julia", "eE", "tpJLC"},
                                                    {"perl", "eE", "I"},
                                                    {"ruby", "e", "I"},
                                                    {"node", "ep", "r"},
                                                    {"lua", "e", "l"},
                                                    {"octave", "", "p"}}};

std::string_view base_name(std::string_view path)
{
    auto const end = path.find_last_not_of('/');
    if (end == std::string_view::npos) return path; // nothing, or slashes alone
    path = path.substr(0, end + 1);
    return path.substr(path.find_last_of('/') + 1); // npos + 1 is 0
}

bool number(std::string_view word)
{
    if (word.starts_with('+')) word.remove_prefix(1);
    double value = 0;
    auto const [end, error] = std::from_chars(word.data(), word.data() + word.size(), value);
    // Not what are words as well: inf, nan.
    auto const digits = word.find_first_of("0123456789") != std::string_view::npos;
    return digits && error != std::errc::invalid_argument && end == word.data() + word.size();
}

Interpreter const* interpreter_of(std::string_view program)
{
    auto const runs = [program](Interpreter const& each) {
        return program.starts_with(each.name) &&
               program.find_first_not_of("0123456789.", each.name.size()) == std::string_view::npos;
    };
    auto const found = std::ranges::find_if(interpreters, runs);
    return found == interpreters.end() ? nullptr : &*found;
}

/// Takes the program away from the words, with all that leads to it: its name.
std::string_view take_program(Words& words)
{
    words = words.subspan(leading_assignments(words));
    if (!words.empty() && base_name(words[0]) == "env") {
        auto const behind = words.subspan(1);
        auto const set = leading_assignments(behind);
        if (set < behind.size() && !behind[set].starts_with('-')) words = behind.subspan(set);
    }
    if (words.empty()) return {};
    auto const program = base_name(words[0]);
    words = words.subspan(1);
    auto const* const interpreter = interpreter_of(program);
    if (interpreter == nullptr) return program;
    auto const is_one_of = [](std::string_view option, std::string_view letters) {
        return option.size() == 2 && letters.find(option[1]) != std::string_view::npos;
    };
    for (std::size_t at = 0; at < words.size(); ++at) {
        std::string_view const word = words[at];
        if (!word.starts_with('-') || word == "-") {
            words = words.subspan(at + 1);
            return word == "-" ? program : base_name(word);
        }
        if (is_one_of(word, interpreter->code)) return program;
        if (word == "-m" && program.starts_with("py") && at + 1 < words.size()) {
            std::string_view const module = words[at + 1];
            words = words.subspan(at + 2);
            return module;
        }
        if (is_one_of(word, interpreter->with_word)) ++at;
    }
    return program;
}

void add_word(std::string& pattern, std::string_view word)
{
    auto const is_number = number(word);
    if (word.size() > 1 && word.starts_with('-') && !is_number) {
        pattern += ' ';
        auto const equals = word.find('=');
        if (equals != std::string_view::npos)
            pattern.append(word.substr(0, equals + 1))
                .append(number(word.substr(equals + 1)) ? "#" : "*");
        else if (word[1] != '-' && number(word.substr(2)))
            pattern.append(word.substr(0, 2)).append("#");
        else
            pattern += word;
        return;
    }
    if (pattern.ends_with(" *")) return;
    if (!pattern.ends_with(" #"))
        pattern += is_number ? " #" : " *";
    else if (!is_number)
        pattern.back() = '*';
}

std::string shortened(std::string pattern)
{
    if (pattern.starts_with('_')) pattern.insert(0, "./");
    pattern.resize(cut_between_characters(pattern, most_name_bytes).size());
    for (auto& each : pattern) {
        auto const byte = static_cast<unsigned char>(each);
        if (byte < 0x20 || byte == 0x7f) each = '?';
    }
    return pattern;
}

} // namespace

std::string program_of(std::span<std::string const> words)
{
    return shortened(std::string(take_program(words)));
}

std::string pattern_of(std::span<std::string const> words)
{
    std::string pattern(take_program(words));
    for (auto const& word : words) {
        if (pattern.size() > most_name_bytes) break;
        add_word(pattern, word);
    }
    return shortened(std::move(pattern));
}

PatternLimit::PatternLimit(std::string last_name, std::size_t most)
    : last_name_(std::move(last_name)),
      most_(most)
{
}

std::string PatternLimit::name_of(std::span<std::string const> words)
{
    auto const keep = [this](std::unordered_set<std::string>& names, std::string const& name) {
        if (names.contains(name)) return true;
        if (names.size() == most_) return false;
        names.insert(name);
        return true;
    };
    if (auto pattern = pattern_of(words); keep(patterns_, pattern)) return pattern;
    if (auto program = program_of(words); keep(programs_, program)) return program;
    return last_name_;
}

} // namespace starmap::farm
