#pragma once

#include "run/command.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace starmap::farm {

/// What `#STARMAP NAME=VALUE ...` says of a command; what it does not name is empty.
///
/// In a list such a comment stands
///  - behind a command, on its line: it holds for this command;
///  - on a line of its own: it holds for the next command, and for no other. Several such lines
///    before a command add up. One without a command after it is an error;
///  - on a line of its own, with the word `default` in front: `#STARMAP default NAME=VALUE ...`. It
///    holds for all commands after it. A later one replaces the values that it names and keeps the
///    others; `#STARMAP default` alone takes all back.
/// Of one command a name may be said only once, in front or behind; that beats a default, which
/// beats what the command line of the farm says. Values are quoted as words are, and behind an
/// unquoted # comes a comment.
struct Directive {
    std::optional<double> weight;         ///< weight=3: a finite number from 0 on
    std::optional<double> timeout;        ///< timeout=600, 10m, 1h30m [s]; 0: any
    std::optional<std::string> key;       ///< key=gpu; empty: none
    std::optional<std::string> name;      ///< name=x; empty: the command's pattern
    std::optional<std::uint64_t> memory;  ///< mem=4G [bytes]; 0: any
    std::optional<std::uint16_t> retries; ///< retries=2, at most most_retries
    std::optional<std::uint16_t> cores;   ///< cores=4, from 1

    /// Takes over what `other` names.
    void replace_by(Directive const& other);
    /// Likewise. Throws UsageError where both name the same.
    void add(Directive const& other);
    /// Tells the command what it names.
    void apply_to(Command& command) const;
};

/// The most bytes of a name, as the record keeps no more, and of a key.
inline constexpr std::size_t most_name_bytes = 63;
inline constexpr std::size_t most_key_bytes = 255;

/// A directive, and for whom.
struct ReadDirective {
    Directive directive;
    bool is_default = false; ///< for all that follows
};

/// True where a comment (from its #) is a directive. Throws UsageError where it seems to be meant
/// as one: `#starmap ...`, or #STARMAP with = behind it further on in a comment.
bool is_directive(std::string_view comment);

/// Reads `NAME=VALUE ...`, what comes after #STARMAP. Throws UsageError, with the text that is
/// wrong in it, and the nearest name where one is unknown.
ReadDirective read_directive(std::string_view text);

/// The directive as text without #STARMAP, which read_directive() reads again as the same; empty
/// where it names nothing.
std::string text_of(Directive const& directive);

} // namespace starmap::farm
