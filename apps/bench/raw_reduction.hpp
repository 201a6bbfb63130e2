#pragma once

#include <mpi.h>

#include <array>
#include <cmath>
#include <cstddef>

namespace bench::raw {

/// What is added up: 8 numbers.
struct Sums {
    std::array<double, 8> sum{};

    Sums& operator+=(Sums const& other)
    {
        for (std::size_t i = 0; i < sum.size(); ++i) sum[i] += other.sum[i];
        return *this;
    }
};

/// Next to no work: seven multiplications.
inline Sums powers_of(int i)
{
    Sums result;
    auto const x = 1e-6 * i;
    auto power = 1.0;
    for (auto& each : result.sum) {
        each = power;
        power *= x;
    }
    return result;
}

/// A little work: sines of 8 frequencies.
inline Sums waves_of(int i)
{
    Sums result;
    auto frequency = 0.0;
    for (auto& each : result.sum) each = std::sin(1e-3 * i * (frequency += 1.0));
    return result;
}

/// `of(0) + ... + of(items - 1)`, as one writes it by hand where all items cost the same: each
/// worker computes an equal share, and MPI_Reduce adds up the sums. All ranks call it; rank 0 gets
/// the seconds it took, the others 0.
template <auto of>
double reduce(int items)
{
    int rank = 0;
    int size = 0;
    MPI_Comm_rank(MPI_COMM_WORLD, &rank);
    MPI_Comm_size(MPI_COMM_WORLD, &size);
    MPI_Barrier(MPI_COMM_WORLD);
    auto const start = MPI_Wtime();
    Sums own;
    if (rank != 0) {
        auto const bound = [&](int worker) {
            return static_cast<int>(static_cast<long>(items) * worker / (size - 1));
        };
        for (auto i = bound(rank - 1); i < bound(rank); ++i) own += of(i);
    }
    Sums all;
    MPI_Reduce(own.sum.data(), all.sum.data(), static_cast<int>(own.sum.size()), MPI_DOUBLE,
               MPI_SUM, 0, MPI_COMM_WORLD);
    // The sum is used: no compiler may leave it out.
    return rank != 0 || !std::isfinite(all.sum[0]) ? 0 : MPI_Wtime() - start;
}

} // namespace bench::raw
