#include "base/nearest.hpp"

#include <algorithm>
#include <cstddef>
#include <numeric>
#include <vector>

namespace starmap::base {

namespace {

/// Optimal string alignment distance, with three rows of the usual table.
std::size_t edits(std::string_view from, std::string_view to)
{
    std::vector<std::size_t> before_last(to.size() + 1), last(to.size() + 1), row(to.size() + 1);
    std::iota(last.begin(), last.end(), std::size_t{0});
    for (std::size_t i = 1; i <= from.size(); ++i) {
        row[0] = i;
        for (std::size_t j = 1; j <= to.size(); ++j) {
            auto const replaced = last[j - 1] + (from[i - 1] == to[j - 1] ? 0 : 1);
            row[j] = std::min({last[j] + 1, row[j - 1] + 1, replaced});
            auto const swapped =
                i > 1 && j > 1 && from[i - 1] == to[j - 2] && from[i - 2] == to[j - 1];
            if (swapped) row[j] = std::min(row[j], before_last[j - 2] + 1);
        }
        std::swap(before_last, last);
        std::swap(last, row);
    }
    return last.back();
}

} // namespace

std::string nearest(std::string_view word, std::span<std::string const> candidates)
{
    std::string const* best = nullptr;
    std::size_t fewest = 0;
    for (auto const& candidate : candidates) {
        auto const needed = edits(word, candidate);
        if (best == nullptr || needed < fewest) {
            best = &candidate;
            fewest = needed;
        }
    }
    if (best == nullptr || 2 * fewest > std::max(word.size(), best->size())) return {};
    return *best;
}

} // namespace starmap::base
