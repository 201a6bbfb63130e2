#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace starmap::farm {

/// A word with places for the values of variables in it: {NAME} for a variable, {1} for the first
/// one and so on, {n} for the number of the row, from 1 (unless a variable is called 1 or n), and
/// {{ and }} for braces. {} is the first variable where it stands first, then the second, and so
/// on; where there is but one variable, it is that one each time.
class WordTemplate {
public:
    /// `next_place` counts the {} that came before in the same command, and those in here.
    /// Throws UsageError, with the nearest name where a variable is unknown.
    WordTemplate(std::string_view text, std::span<std::string const> names,
                 std::size_t& next_place);

    /// The word with these values, in the order of the names, for that row. A value is handed
    /// through `shown`, such as quote(), where that is given.
    template <class Shown>
    std::string filled(std::span<std::string const> values, std::uint64_t row, Shown&& shown) const
    {
        std::string word = pieces_.front().literal;
        for (auto const& piece : std::span(pieces_).subspan(1)) {
            if (piece.variable < values.size())
                word += shown(values[piece.variable]);
            else
                word += std::to_string(row);
            word += piece.literal;
        }
        return word;
    }
    bool has_variables() const noexcept { return pieces_.size() > 1; }
    /// The only variable in it (row_number for {n}), whose value the word then tells; or several.
    std::size_t only_variable() const noexcept;

    static constexpr std::size_t row_number = ~std::size_t{0};
    static constexpr std::size_t several = row_number - 1; ///< or none

private:
    struct Piece {
        std::size_t variable = 0; ///< its place among the names, or row_number
        std::string literal; ///< behind it; of the first piece, which has no variable, the word's
                             ///< beginning
    };
    std::vector<Piece> pieces_;
};

} // namespace starmap::farm
