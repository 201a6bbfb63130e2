#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <string_view>
#include <unordered_set>

namespace starmap::farm {

/// The name by which the record groups commands that have none of their own, and learns what they
/// cost: what stays the same when the parameters change. Of `A=1 ./bin/sim --alpha=3 -j4 x.dat 7 8`
/// it is `sim --alpha=# -j# *`:
///  - assignments in front, also those behind `env`, are left out;
///  - the program is its base name; of an interpreter with a script, it is the script's base name,
///  or
///    the module's name behind `-m`, and what stands between them is left out;
///  - of options the value behind = is # where it is a number, else *; so is the number in -j4;
///  - other words are # where they are numbers, else *; several of these side by side are one, #
///    where all are numbers.
/// At most 63 bytes, cut between two characters; control characters are ?. A pattern that would
/// begin with _, which keeps tasks out of the record, gets ./ in front.
std::string pattern_of(std::span<std::string const> words);

/// The first word of pattern_of().
std::string program_of(std::span<std::string const> words);

/// Patterns, as long as they are few: commands that differ in each option's name must not fill the
/// record with names.
class PatternLimit {
public:
    /// `last_name` is for what goes beyond both limits: the list's name.
    explicit PatternLimit(std::string last_name, std::size_t most = 1000);

    /// The pattern of a command; after so many distinct patterns, and if it is a new one, its
    /// program alone; after so many distinct programs likewise the last name.
    std::string name_of(std::span<std::string const> words);

private:
    std::string last_name_;
    std::size_t most_;
    std::unordered_set<std::string> patterns_;
    std::unordered_set<std::string> programs_;
};

} // namespace starmap::farm
