#pragma once

#include <cstdint>

namespace starmap::base {

/// A step of SplitMix64 and its finaliser (Steele, Lea, Flood 2014): a bijection under which close
/// numbers become unlike ones.
constexpr std::uint64_t mix(std::uint64_t z) noexcept
{
    z += 0x9e3779b97f4a7c15;
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9;
    z = (z ^ (z >> 27)) * 0x94d049bb133111eb;
    return z ^ (z >> 31);
}

} // namespace starmap::base
