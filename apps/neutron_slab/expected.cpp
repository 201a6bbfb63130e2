#include "slab.hpp"

#include <cmath>
#include <cstddef>
#include <vector>

namespace {

constexpr std::size_t cells = 600;

/// The exponential integrals E1, E2 and E3 (M. Abramowitz, I. Stegun, "Handbook of Mathematical
/// Functions", 5.1.14).
double e1(double x) { return -std::expint(-x); }
double e2(double x) { return x == 0 ? 1 : std::exp(-x) - x * e1(x); }
double e3(double x) { return (std::exp(-x) - x * e2(x)) / 2; }

/// A symmetric, positive definite matrix of which only row 0 is given: entry (i, j) is
/// first_row[|i - j|]. Solves A x = b by Cholesky's method.
std::vector<double> solve_toeplitz(std::vector<double> const& first_row, std::vector<double> b)
{
    auto const n = b.size();
    std::vector<double> factor(n * n);
    auto const at = [&](std::size_t i, std::size_t j) -> double& { return factor[i * n + j]; };
    for (std::size_t i = 0; i < n; ++i) {
        for (std::size_t j = 0; j <= i; ++j) {
            auto sum = first_row[i - j];
            for (std::size_t k = 0; k < j; ++k) sum -= at(i, k) * at(j, k);
            at(i, j) = i == j ? std::sqrt(sum) : sum / at(j, j);
        }
    }
    for (std::size_t i = 0; i < n; ++i) {
        for (std::size_t k = 0; k < i; ++k) b[i] -= at(i, k) * b[k];
        b[i] /= at(i, i);
    }
    for (auto i = n; i-- > 0;) {
        for (auto k = i + 1; k < n; ++k) b[i] -= at(k, i) * b[k];
        b[i] /= at(i, i);
    }
    return b;
}

} // namespace

Balance expected_balance(Slab const& slab)
{
    auto const h = slab.thickness / cells;
    auto const edge = [h](std::size_t i) { return h * static_cast<double>(i); };
    // The kernel is averaged over both cells; E3'' = E1 makes that a second difference.
    std::vector<double> row(cells);
    std::vector<double> first_collisions(cells);
    for (std::size_t d = 0; d < cells; ++d) {
        auto const double_integral =
            d == 0 ? 2 * (e3(h) - 0.5 + h) : e3(edge(d - 1)) - 2 * e3(edge(d)) + e3(edge(d + 1));
        row[d] = (d == 0 ? 1 : 0) - slab.scattering / 2 * double_integral / h;
        first_collisions[d] = (std::exp(-edge(d)) - std::exp(-edge(d + 1))) / h;
    }
    auto const density = solve_toeplitz(row, first_collisions);

    Balance balance{std::exp(-slab.thickness), 0, 0};
    for (std::size_t i = 0; i < cells; ++i) {
        // Of what scatters in a cell, the part that leaves by its left side without a collision.
        auto const leaving = [&](std::size_t left) {
            return slab.scattering / 2 * density[i] * (e3(edge(left)) - e3(edge(left + 1)));
        };
        balance.reflected += leaving(i);
        balance.transmitted += leaving(cells - 1 - i);
        balance.absorbed += (1 - slab.scattering) * density[i] * h;
    }
    return balance;
}
