#pragma once

#include <array>
#include <bit>
#include <cstdint>

/// The generator xoshiro256**, written from its description: D. Blackman and S. Vigna, "Scrambled
/// linear pseudorandom number generators", ACM Trans. Math. Softw. 47 (2021), 36. The standard
/// fixes what its engines give but not what its distributions make of that, so numbers here are
/// turned into doubles by hand: the same everywhere. A state of 32 bytes is made in no time, which
/// std::mt19937_64 with its 2.5 KB is not.
class Xoshiro256 {
public:
    /// From one seed, stretched by SplitMix64 as the authors advise.
    explicit constexpr Xoshiro256(std::uint64_t seed)
    {
        for (auto& word : state_) word = next_of_splitmix(seed);
    }
    explicit constexpr Xoshiro256(std::array<std::uint64_t, 4> const& state) : state_(state) {}

    /// 64 random bits.
    constexpr std::uint64_t bits()
    {
        auto const result = std::rotl(state_[1] * 5, 7) * 9;
        auto const shifted = state_[1] << 17;
        state_[2] ^= state_[0];
        state_[3] ^= state_[1];
        state_[1] ^= state_[2];
        state_[0] ^= state_[3];
        state_[2] ^= shifted;
        state_[3] = std::rotl(state_[3], 45);
        return result;
    }
    /// Uniform in (0, 1]: a multiple of 2^-53, never 0, so that its logarithm is finite.
    constexpr double uniform() { return static_cast<double>((bits() >> 11) + 1) * 0x1p-53; }

private:
    /// G. Steele, D. Lea and C. Flood, "Fast splittable pseudorandom number generators" (2014).
    static constexpr std::uint64_t next_of_splitmix(std::uint64_t& state)
    {
        state += 0x9e3779b97f4a7c15;
        auto mixed = state;
        mixed = (mixed ^ (mixed >> 30)) * 0xbf58476d1ce4e5b9;
        mixed = (mixed ^ (mixed >> 27)) * 0x94d049bb133111eb;
        return mixed ^ (mixed >> 31);
    }

    std::array<std::uint64_t, 4> state_{};
};
