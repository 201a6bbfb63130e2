/// Estimates by simulation how much of a beam of neutrons passes a slab, comes back and is
/// absorbed, beside the values that the integral equation of transport gives. The same digits on
/// any number of ranks: each batch has a seed of its own, and batches are added up in a fixed
/// order.
#include "slab.hpp"

#include <starmap/starmap.hpp>

#include <CLI/CLI.hpp>

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <iomanip>
#include <iostream>
#include <string>
#include <vector>

/// The scores of many neutrons.
struct Tally {
    double sum = 0;
    double sum_of_squares = 0;

    void score(double value)
    {
        sum += value;
        sum_of_squares += value * value;
    }
    Tally& operator+=(Tally const& other)
    {
        sum += other.sum;
        sum_of_squares += other.sum_of_squares;
        return *this;
    }
    double mean(double n) const { return sum / n; }
    /// Standard error of the mean.
    double error(double n) const
    {
        return std::sqrt(std::max(0.0, sum_of_squares / n - mean(n) * mean(n)) / (n - 1));
    }
};

struct Tallies {
    Tally transmitted;
    Tally reflected;
    Tally absorbed;

    Tallies& operator+=(Tallies const& other)
    {
        transmitted += other.transmitted;
        reflected += other.reflected;
        absorbed += other.absorbed;
        return *this;
    }
};

Tallies run_batch(std::uint64_t histories, Slab const& slab, starmap::Monitor& monitor)
{
    Xoshiro256 random(monitor.seed());
    Tallies tallies;
    for (std::uint64_t i = 0; i < histories; ++i) {
        auto const balance = follow_neutron(slab, random);
        tallies.transmitted.score(balance.transmitted);
        tallies.reflected.score(balance.reflected);
        tallies.absorbed.score(balance.absorbed);
    }
    return tallies;
}

/// The estimate with so many digits that another order of adding would show.
void print(std::string const& name, Tally const& tally, double n, double expected)
{
    std::cout << std::left << std::setw(12) << name << std::fixed << std::setprecision(16)
              << tally.mean(n) << " +- " << std::setprecision(6) << tally.error(n) << "  expected "
              << std::setprecision(5) << expected << '\n';
}

int main(int argc, char** argv)
{
    return starmap::run(argc, argv, [&](starmap::Session& session) {
        Slab slab;
        std::uint64_t histories = 2'000'000;
        std::uint64_t batch = 10'000;
        CLI::App options("Simulates neutrons that fall on a slab. --starmap-seed=N gives other "
                         "neutrons.");
        options.add_option("--thickness", slab.thickness, "of the slab, in mean free paths")
            ->check(CLI::Range(0.01, 20.0))
            ->capture_default_str();
        options
            .add_option("--scattering", slab.scattering,
                        "probability that a collision scatters and does not absorb")
            ->check(CLI::Range(0.0, 1.0))
            ->capture_default_str();
        options.add_option("--histories", histories, "neutrons to follow")
            ->check(CLI::Range(std::uint64_t{2}, std::uint64_t{1'000'000'000'000}))
            ->capture_default_str();
        options.add_option("--batch", batch, "neutrons in a task; another number, other neutrons")
            ->check(CLI::Range(std::uint64_t{1}, std::uint64_t{1'000'000'000}))
            ->capture_default_str();
        try {
            options.parse(argc, argv);
            if (histories / batch > 10'000'000)
                throw CLI::ValidationError("--batch", "of " + std::to_string(batch) +
                                                          " makes more than 10 million tasks; give "
                                                          "a larger one");
        } catch (CLI::ParseError const& error) {
            return options.exit(error) == 0 ? 0 : 2; // --help is no error
        }

        std::vector<std::uint64_t> batches(histories / batch, batch);
        if (histories % batch != 0) batches.push_back(histories % batch);
        auto const cost = [](std::uint64_t n) { return static_cast<double>(n); };
        auto const tallies =
            session.map(starmap::fn<run_batch>, batches, starmap::shared(slab), {.weight = cost})
                .reduce();

        auto const n = static_cast<double>(histories);
        auto const expected = expected_balance(slab);
        print("transmitted", tallies.transmitted, n, expected.transmitted);
        print("reflected", tallies.reflected, n, expected.reflected);
        print("absorbed", tallies.absorbed, n, expected.absorbed);
        return 0;
    });
}
