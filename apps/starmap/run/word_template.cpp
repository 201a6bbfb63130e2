#include "run/word_template.hpp"

#include "run/excerpt.hpp"

#include "base/nearest.hpp"

#include <starmap/error.hpp>

#include <algorithm>
#include <charconv>
#include <system_error>

namespace starmap::farm {

namespace {

using Names = std::span<std::string const>;

[[noreturn]] void refuse_name(std::string_view name, Names names)
{
    if (name == "task_no")
        throw UsageError("the template's {task_no} has no value (the record's number of a task is "
                         "given when it starts): take {n}, the number of the row, or read "
                         "STARMAP_TASK_NO in the command");
    constexpr std::size_t longest = 100;
    constexpr std::size_t most_shown = 10;
    std::vector<std::string> known;
    std::string list = "{n}";
    for (auto const& each : names)
        if (each.size() <= longest) known.push_back(each);
    for (std::size_t i = 0; i < names.size(); ++i)
        list += i < most_shown ? ", " + excerpt(names[i]) : i == most_shown ? " and more" : "";
    auto const close = base::nearest(name.substr(0, longest), known);
    throw UsageError("the template's {" + excerpt(name) + "} is no parameter (there are " + list +
                     "): " + (close.empty() ? "" : "did you mean {" + close + "}? ") +
                     "A brace that is meant as it stands is written twice");
}

std::size_t place_of(std::string_view name, Names names, std::size_t& next_place)
{
    auto const found = std::ranges::find(names, name);
    if (found != names.end()) return static_cast<std::size_t>(found - names.begin());
    if (name == "n") return WordTemplate::row_number;
    if (name.empty()) {
        auto const place = names.size() == 1 ? 0 : next_place++;
        if (place < names.size()) return place;
        throw UsageError("the template has more {} than parameters (there are " +
                         std::to_string(names.size()) + "): name them, as in {NAME}");
    }
    std::size_t place = 0;
    auto const [end, error] = std::from_chars(name.data(), name.data() + name.size(), place);
    auto const is_place = error == std::errc{} && end == name.data() + name.size();
    if (!is_place || place == 0 || place > names.size()) refuse_name(name, names);
    return place - 1;
}

} // namespace

WordTemplate::WordTemplate(std::string_view text, Names names, std::size_t& next_place) : pieces_(1)
{
    for (std::size_t at = 0; at < text.size(); ++at) {
        auto const each = text[at];
        if (each != '{' && each != '}') {
            pieces_.back().literal += each;
        } else if (text.substr(at + 1).starts_with(each)) {
            pieces_.back().literal += each;
            ++at;
        } else {
            auto const end = text.find_first_of("{}", at + 1);
            if (each == '}' || end == std::string_view::npos || text[end] == '{')
                throw UsageError("the brace at " + excerpt(text.substr(at)) +
                                 " of the template has "
                                 "no other (names stand in braces, as in {alpha}): write it twice "
                                 "if it is meant as it stands");
            pieces_.push_back({place_of(text.substr(at + 1, end - at - 1), names, next_place), {}});
            at = end;
        }
    }
}

std::size_t WordTemplate::only_variable() const noexcept
{
    if (pieces_.size() == 1) return several;
    auto const first = pieces_[1].variable;
    auto const same =
        std::ranges::all_of(std::span(pieces_).subspan(1),
                            [first](Piece const& each) { return each.variable == first; });
    return same ? first : several;
}

} // namespace starmap::farm
