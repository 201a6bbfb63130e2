#pragma once

#include "core/calculation.hpp"
#include "core/curves.hpp"
#include "core/lanes.hpp"
#include "core/rupture.hpp"

#include <algorithm>
#include <array>
#include <cstddef>
#include <utility>
#include <vector>

namespace hazard {

/// Some sites side by side, and their rates of exceedance: `lanes` for each level.
class SiteBlock {
public:
    explicit SiteBlock(std::size_t levels) : rates_(levels * lanes) {}

    bool is_full() const noexcept { return sites_.count == lanes; }
    bool is_empty() const noexcept { return sites_.count == 0; }
    /// `row` is that of the curves.
    void push_back(Vector site, std::size_t row)
    {
        rows_[sites_.count] = row;
        sites_.push_back(site);
    }
    /// To be called when the last site is in.
    SiteLanes const& sites()
    {
        sites_.fill();
        return sites_;
    }
    double* rates() noexcept { return rates_.data(); }

    /// Adds the rates to those of the curves, and empties itself.
    void move_into(Curves& curves)
    {
        for (std::size_t i = 0; i < sites_.count; ++i) {
            auto* const curve = curves.at(rows_[i]);
            for (std::size_t l = 0; l < curves.levels(); ++l) curve[l] += rates_[l * lanes + i];
        }
        std::ranges::fill(rates_, 0.0);
        sites_.count = 0;
    }

private:
    SiteLanes sites_;
    std::array<std::size_t, lanes> rows_{};
    std::vector<double> rates_;
};

/// Calls `add(block)` for blocks of those sites of `curves` that lie in the ball, the ones near its
/// centre first: a block whose sites feel about the same is done with sooner.
template <class Add>
void for_each_block(Curves& curves, Sites const& sites, Ball const& ball, SiteBlock& block,
                    Add const& add)
{
    std::vector<std::pair<double, std::size_t>> near;
    for (std::size_t row = 0; row < curves.sites().size(); ++row) {
        auto const distance = length(sites[curves.sites()[row]] - ball.centre);
        if (distance <= ball.radius) near.emplace_back(distance, row);
    }
    std::ranges::sort(near);
    for (auto const& [_, row] : near) {
        block.push_back(sites[curves.sites()[row]], row);
        if (!block.is_full() && row != near.back().second) continue;
        add(block);
        block.move_into(curves);
    }
}

} // namespace hazard
