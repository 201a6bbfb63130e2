#pragma once

#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>

/// Elementary functions without branches, calls and tables, which compilers turn into vector
/// instructions. They are always inlined, so that the loop they stand in decides for which ones.
namespace hazard::vector_math {

/// Added to a number below 2^51 in size, it leaves the nearest integer in the lowest bits.
inline constexpr double rounding = 0x1.8p52;

/// c[0] + c[1] x + c[2] x^2 + ..., by Horner's rule.
template <std::size_t N>
[[gnu::always_inline]] inline double polynomial(double x, std::array<double, N> const& c)
{
    double value = c[N - 1];
    for (std::size_t i = N - 1; i-- > 0;) value = value * x + c[i];
    return value;
}

/// 2^x for |x| < 1000, with a relative error below 2e-13 (of which x's own rounding is the most).
/// The polynomial is a least-squares fit over [-1/2, 1/2].
[[gnu::always_inline]] inline double exp2(double x)
{
    auto const shifted = x + rounding;
    auto const fraction = x - (shifted - rounding);
    auto const mantissa = polynomial<10>(
        fraction, {1.0000000000000109, 0.6931471805598722, 0.2402265069564892, 0.055504108668738165,
                   0.009618129191894632, 0.0013333557602266944, 0.00015403435160986137,
                   1.525299658674521e-05, 1.3259349575273516e-06, 1.0147696403077914e-07});
    auto const exponent = std::bit_cast<std::uint64_t>(shifted) << 52;
    return std::bit_cast<double>(std::bit_cast<std::uint64_t>(mantissa) + exponent);
}

/// Natural logarithm for finite x >= sqrt(1/2), with an absolute error below 1e-13: x is 2^n m with
/// m within a factor sqrt(2) of 1, and ln m the series of 2 artanh((m - 1) / (m + 1)).
[[gnu::always_inline]] inline double log(double x)
{
    constexpr std::uint64_t sqrt_half = 0x3fe6a09e667f3bcd;
    auto const bits = std::bit_cast<std::uint64_t>(x);
    auto const exponent = (bits - sqrt_half) >> 52;
    auto const m = std::bit_cast<double>(bits - (exponent << 52));
    auto const n = std::bit_cast<double>(exponent | std::bit_cast<std::uint64_t>(0x1p52)) - 0x1p52;
    auto const s = (m - 1) / (m + 1);
    auto const series = polynomial<8>(
        s * s, {2.0, 2.0 / 3, 2.0 / 5, 2.0 / 7, 2.0 / 9, 2.0 / 11, 2.0 / 13, 2.0 / 15});
    return n * 0.6931471805599453 + s * series;
}

/// Beyond so many standard deviations normal_tail() does not change any more.
inline constexpr double last_sigma = 37;

/// The probability that a standard normal variable exceeds z, for |z| <= last_sigma, with a
/// relative error below 2e-10. For z > 0 it is exp(-z^2 / 2) times a slowly falling function, of
/// which (z + 3) times the value is a polynomial in (z - 3) / (z + 3): our own minimax fit.
[[gnu::always_inline]] inline double normal_tail(double z)
{
    constexpr double half_log2_e = 0.7213475204444817;
    auto const size = z < 0 ? -z : z;
    auto const inverse = 1 / (size + 3);
    auto const slow = polynomial<13>(
        (size - 3) * inverse,
        {0.7290836902616961, -0.5093319816011477, 0.23001770521511916, -0.04726303219194885,
         -0.010462593203384031, 0.006972672187240805, 0.0010256903910144666, -0.0010460846041371319,
         -0.00025024503299744816, 0.00015544146077051124, 6.783158730105932e-05,
         -1.588686471976075e-05, -1.0951102470846408e-05});
    auto const tail = exp2(-half_log2_e * size * size) * slow * inverse;
    return z < 0 ? 1 - tail : tail;
}

} // namespace hazard::vector_math
