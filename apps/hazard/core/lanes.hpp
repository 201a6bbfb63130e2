#pragma once

#include <array>
#include <cstddef>

namespace hazard {

/// Sites are worked on so many at a time, side by side in memory: enough to keep the widest vectors
/// busy, and few enough that those of a block are about equally far away.
inline constexpr std::size_t lanes = 32;
/// A number for each of them.
using Lanes = std::array<double, lanes>;

/// Lanes in use are rounded up to a multiple of this, so that no vector is partly filled.
inline constexpr std::size_t lane_step = 8;
constexpr std::size_t filled(std::size_t sites)
{
    return (sites + lane_step - 1) / lane_step * lane_step;
}

} // namespace hazard
