#pragma once

#include "run/csv_table.hpp"
#include "run/number_range.hpp"

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <variant>
#include <vector>

namespace starmap::farm {

/// A source of values that a template is given, as the command line of the farm says it.
struct Parameter {
    enum class Kind : std::uint8_t {
        each,  ///< --each FILE: a table; each column is a variable (csv_table.hpp)
        range, ///< --range NAME=FIRST..LAST..STEP: numbers (number_range.hpp)
        set,   ///< --set NAME=VALUE,VALUE: values, quoted as in a table where they have a comma
    };
    Kind kind = Kind::range;
    std::string text; ///< what stands behind --each, --range or --set
};

/// All combinations of the values of parameters, one after the other: the first parameter varies
/// slowest. Only the parameters themselves are kept.
class Parameters {
public:
    /// Throws UsageError for a parameter that cannot be read, a name that is there twice, and 2^63
    /// combinations or more; IoError for a table that cannot be read.
    explicit Parameters(std::span<Parameter const> parameters);

    /// Of all variables, in the order of the parameters.
    std::vector<std::string> const& names() const noexcept { return names_; }
    /// How many combinations there are; 1 without parameters.
    std::uint64_t size() const noexcept { return size_; }
    /// Goes to the next combination, first to the first one; false where there is none.
    bool next();
    /// Which combination this is, from 1.
    std::uint64_t number() const noexcept { return number_; }
    /// The values of this combination, in the order of names().
    std::vector<std::string> const& values() const noexcept { return values_; }
    /// Where this combination is from: "row 7 of the template (params.csv:8)".
    std::string place() const;
    /// True if no two combinations have the same values of the variables that are marked.
    bool told_apart_by(std::vector<bool> const& marked) const;
    /// Begins again before the first one.
    void rewind();

private:
    using Set = std::vector<std::string>;
    struct Factor {
        std::variant<NumberRange, Set, CsvTable> from;
        std::size_t first = 0; ///< of its variables
        std::uint64_t row = 0;
        std::uint64_t size() const;
        bool told_apart_by(std::vector<bool> const& marked) const;
    };
    void add(Parameter const& parameter);
    void take_name(std::string name);
    void take_values(Factor const& factor);

    std::vector<Factor> factors_;
    std::vector<std::string> names_;
    std::vector<std::string> values_;
    std::uint64_t size_ = 1;
    std::uint64_t number_ = 0;
};

} // namespace starmap::farm
