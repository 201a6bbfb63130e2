#include "core/exceedance.hpp"
#include "core/fault_sites.hpp"
#include "core/ground_motion.hpp"
#include "core/lanes.hpp"
#include "core/pieces.hpp"

#include <algorithm>
#include <bit>
#include <cstddef>
#include <optional>
#include <utility>

namespace hazard {

namespace {

/// Passes of slide_minimum over a window.
double passes(std::size_t window) { return static_cast<double>(std::bit_width(window - 1)); }

/// What the columns of a floating rupture cost at one site that feels so many levels.
double cost_of_columns(Floating const& floating, std::size_t rows, double levels)
{
    auto const columns = floating.last - floating.first;
    auto const positions = rows - floating.window.rows + 1;
    auto const points = static_cast<double>(columns + floating.window.columns - 1);
    auto const compared = static_cast<double>(rows) * (1 + passes(floating.window.rows)) +
                          static_cast<double>(positions) * passes(floating.window.columns);
    return static_cast<double>(columns * positions) * (levels + cost::motion) +
           points * compared * cost::minimum;
}

/// Fills pieces with floating ruptures of one fault, magnitude by magnitude.
class FaultCutter {
public:
    FaultCutter(SimpleFaultSource const& fault, Sites const& sites, SiteRange range,
                Calculation const& calculation)
        : mesh_(fault, calculation.mesh_spacing),
          range_(range)
    {
        Exceedance const exceedance(calculation.levels, calculation.sigma_truncation);
        piece_.fault = fault;
        piece_.fault.seismicity.magnitudes.clear(); // they are in `floating`
        finish();
        double farthest = -1;
        for (auto const& floating : floating_ruptures(fault, mesh_)) {
            Event const event{sadigh_1997(floating.magnitude, is_reverse(fault.rake)),
                              floating.rate, calculation.max_distance(floating.magnitude)};
            if (event.farthest != farthest) {
                farthest = event.farthest;
                sites_.emplace(mesh_, sites, range, farthest);
            }
            auto const near = sites_->near(columns_of(floating));
            if (near.empty()) continue;
            levels_ = mean_levels_felt(event, exceedance, sites, near);
            cut(floating);
        }
        finish();
    }

    std::vector<Work>& pieces() noexcept { return pieces_; }

private:
    void cut(Floating const& floating)
    {
        for (auto part = floating; part.first < floating.last; part.first = part.last) {
            // As many columns as there is room for, found by halving; but not far fewer than the
            // window has, as the columns under it are looked at anyhow.
            part.last = floating.last;
            while (weight_with(part) > most_weight &&
                   part.last - part.first > floating.window.columns)
                part.last = part.first + (part.last - part.first + 1) / 2;
            if (weight_with(part) > most_weight && !piece_.floating.empty()) finish();
            weight_ = weight_with(part);
            columns_ = columns_with(part);
            per_site_ += cost_of_columns(part, mesh_.rows(), levels_);
            piece_.floating.push_back(part);
        }
    }

    void finish()
    {
        if (!piece_.floating.empty()) pieces_.push_back({piece_, range_, weight_});
        piece_.floating.clear();
        columns_ = {mesh_.columns(), 0};
        per_site_ = 0;
    }

    /// How many levels sites feel on average, of a few sites and columns that stand for all.
    double mean_levels_felt(Event const& event, Exceedance const& exceedance, Sites const& sites,
                            std::vector<std::uint32_t> const& near) const
    {
        auto const middle = mesh_.rows() / 2;
        auto const end = mesh_.columns() - 1;
        auto const stride = 1 + near.size() / 32;
        double sum = 0;
        double asked = 0;
        for (std::size_t i = 0; i < near.size(); i += stride)
            for (auto const column : {end / 6, end / 2, end - end / 6}) {
                auto const distance = length(sites[near[i]] - mesh_.point(middle, column));
                sum += static_cast<double>(exceedance.levels_felt(event, distance));
                ++asked;
            }
        return sum / asked;
    }

    /// All columns of the piece, once it has this part too.
    Columns columns_with(Floating const& part) const
    {
        auto const [first, last] = columns_of(part);
        return {std::min(columns_.first, first), std::max(columns_.last, last)};
    }

    /// The weight of the piece, once it has this part too.
    double weight_with(Floating const& part) const
    {
        auto const columns = columns_with(part);
        auto const points = static_cast<double>(mesh_.rows() * (columns.last - columns.first));
        auto const per_site = per_site_ + cost_of_columns(part, mesh_.rows(), levels_);
        return cost::piece +
               cost::mesh_point * static_cast<double>(mesh_.rows() * mesh_.columns()) +
               static_cast<double>(filled(sites_->count_near(columns))) *
                   (points * cost::distance + per_site);
    }

    FaultMesh mesh_;
    SiteRange range_;
    std::optional<FaultSites> sites_; ///< that feel the magnitude in hand
    double levels_ = 0;               ///< that they feel of it

    FaultWork piece_;
    Columns columns_{};
    double per_site_ = 0;
    double weight_ = 0;
    std::vector<Work> pieces_;
};

} // namespace

std::vector<Work> pieces_of_fault(SimpleFaultSource const& fault, Sites const& sites,
                                  SiteRange range, Calculation const& calculation)
{
    return std::move(FaultCutter(fault, sites, range, calculation).pieces());
}

} // namespace hazard
