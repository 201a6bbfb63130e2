#include "run/parameters.hpp"

#include "run/excerpt.hpp"
#include "run/occurrences.hpp"
#include "run/words.hpp"

#include <starmap/error.hpp>

#include <algorithm>
#include <limits>
#include <utility>

namespace starmap::farm {

namespace {

constexpr std::uint64_t most_combinations = std::numeric_limits<std::int64_t>::max();

[[noreturn]] void refuse(std::string_view option, std::string const& text, std::string const& why,
                         std::string_view example)
{
    throw UsageError(std::string(option) + " " + excerpt(text) + " cannot be (" + why +
                     "): write " + std::string(example));
}

std::vector<std::string> set_from(std::string_view text)
{
    if (text.find_first_of(std::string_view("\n\0", 2)) != std::string_view::npos)
        throw UsageError("it has an end of line or a NUL byte in it");
    return csv_record(text, 0, ',').fields;
}

bool distinct(std::vector<std::string> values)
{
    std::ranges::sort(values);
    return std::ranges::adjacent_find(values) == values.end();
}

} // namespace

std::uint64_t Parameters::Factor::size() const
{
    return std::visit([](auto const& each) { return std::uint64_t{each.size()}; }, from);
}

Parameters::Parameters(std::span<Parameter const> parameters)
{
    for (auto const& parameter : parameters) {
        add(parameter);
        auto const count = factors_.back().size();
        if (count != 0 && size_ > most_combinations / count)
            throw UsageError("the parameters up to " + excerpt(parameter.text) +
                             " have more than "
                             "9e18 combinations (that is never done): leave some out");
        size_ *= count;
    }
    values_.resize(names_.size());
}

void Parameters::take_name(std::string name)
{
    if (std::ranges::find(names_, name) != names_.end())
        throw UsageError("the parameter " + excerpt(name) + " is there twice: rename one");
    names_.push_back(std::move(name));
}

void Parameters::add(Parameter const& parameter)
{
    auto const& text = parameter.text;
    auto const first = names_.size();
    if (parameter.kind == Parameter::Kind::each) {
        auto table = CsvTable::from_file(text);
        for (auto const& column : table.columns()) take_name(column);
        factors_.push_back({std::move(table), first});
        return;
    }
    auto const is_range = parameter.kind == Parameter::Kind::range;
    auto const option = is_range ? "--range" : "--set";
    auto const example = is_range
                             ? "NAME=FIRST..LAST as in i=1..10, or with a step as in a=0..1..0.1"
                             : "NAME=VALUE,VALUE as in mode=fast,exact";
    auto const equals = text.find('=');
    if (equals == std::string::npos || equals == 0)
        refuse(option, text, equals == 0 ? "its name is empty" : "it has no =", example);
    take_name(text.substr(0, equals));
    auto const value = std::string_view(text).substr(equals + 1);
    try {
        if (is_range)
            factors_.push_back({NumberRange(value), first});
        else
            factors_.push_back({set_from(value), first});
    } catch (UsageError const& error) {
        refuse(option, text, error.what(), example);
    }
}

void Parameters::take_values(Factor const& factor)
{
    auto const at = values_.begin() + static_cast<std::ptrdiff_t>(factor.first);
    if (auto const* const range = std::get_if<NumberRange>(&factor.from))
        *at = (*range)[factor.row];
    else if (auto const* const set = std::get_if<Set>(&factor.from))
        *at = (*set)[factor.row];
    else
        std::ranges::move(std::get<CsvTable>(factor.from).fields(factor.row), at);
}

bool Parameters::next()
{
    if (number_ == size_) return false;
    if (number_++ == 0) {
        for (auto const& factor : factors_) take_values(factor);
        return true;
    }
    for (auto factor = factors_.rbegin();; ++factor) { // ends, as there is a next one
        factor->row = factor->row + 1 == factor->size() ? 0 : factor->row + 1;
        take_values(*factor);
        if (factor->row != 0) return true;
    }
}

void Parameters::rewind()
{
    number_ = 0;
    for (auto& factor : factors_) factor.row = 0;
}

std::string Parameters::place() const
{
    std::string tables;
    for (auto const& factor : factors_)
        if (auto const* const table = std::get_if<CsvTable>(&factor.from))
            tables += (tables.empty() ? " (" : ", ") + table->place(factor.row);
    return "row " + std::to_string(number_) + " of the template" + tables +
           (tables.empty() ? "" : ")");
}

bool Parameters::Factor::told_apart_by(std::vector<bool> const& marked) const
{
    if (size() < 2) return true;
    auto const* const table = std::get_if<CsvTable>(&from);
    if (table == nullptr) {
        auto const* const set = std::get_if<Set>(&from);
        return marked[first] && (set == nullptr || distinct(*set));
    }
    Occurrences seen;
    for (std::uint64_t i = 0; i < table->size(); ++i) {
        auto fields = table->fields(i);
        for (std::size_t column = fields.size(); column-- > 0;)
            if (!marked[first + column])
                fields.erase(fields.begin() + static_cast<std::ptrdiff_t>(column));
        if (seen.count(quote(fields)) > 1) return false;
    }
    return true;
}

bool Parameters::told_apart_by(std::vector<bool> const& marked) const
{
    return std::ranges::all_of(factors_,
                               [&](Factor const& factor) { return factor.told_apart_by(marked); });
}

} // namespace starmap::farm
