// Speed of the inner loop of apps/hazard on one core, against the same sums done one by one with
// the functions of the C library, in turns: `hazard_bench [rounds]`.
#include "core/rupture.hpp"

#include <algorithm>
#include <chrono>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <vector>

namespace {

using hazard::Exceedance;

constexpr std::size_t level_count = 20;
constexpr std::size_t ruptures = 400;
constexpr std::size_t blocks = 8;
constexpr double probabilities =
    static_cast<double>(hazard::lanes * blocks * level_count * ruptures);

double seconds_of(auto const& work)
{
    auto const start = std::chrono::steady_clock::now();
    work();
    return std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
}

double median(std::vector<double> values)
{
    std::ranges::nth_element(values, values.begin() + std::ssize(values) / 2);
    return values[values.size() / 2];
}

/// Ruptures below one place, and sites around it up to 250 km away, as near ones are taken
/// together.
class Scene {
public:
    Scene()
    {
        for (std::size_t i = 0; i < hazard::lanes * blocks; ++i) {
            auto const turn = 40.0 * static_cast<double>(i);
            auto const away = 250 * std::sqrt(static_cast<double>(i) / (hazard::lanes * blocks));
            if (i % hazard::lanes == 0) sites_.emplace_back();
            sites_.back().push_back(hazard::to_cartesian(hazard::moved(place, turn, away)));
        }
        for (std::size_t i = 0; i < ruptures; ++i) {
            auto const magnitude = 5 + 0.005 * static_cast<double>(i);
            auto const side = std::sqrt(hazard::rupture_area(hazard::Scaling::peer, magnitude, 0));
            hazard::RuptureShape const shape{10, 45, 60, side / 2, 3, 3};
            placed_.emplace_back(shape, place, hazard::horizon(place));
            events_.push_back({hazard::sadigh_1997(magnitude, false), 1e-3, 300});
        }
    }

    /// Adds all ruptures to `rates` by `add(event, distances)`.
    void run(auto const& add) const
    {
        hazard::Lanes distances;
        for (auto const& sites : sites_)
            for (std::size_t i = 0; i < ruptures; ++i) {
                placed_[i].distances(sites, distances);
                add(events_[i], distances);
            }
    }

private:
    static constexpr hazard::Position place{20, 40};
    std::vector<hazard::SiteLanes> sites_;
    std::vector<hazard::PlacedRupture> placed_;
    std::vector<hazard::Event> events_;
};

} // namespace

int main(int argc, char** argv)
{
    auto const rounds = argc > 1 ? std::atoi(argv[1]) : 31;
    if (rounds < 1) {
        std::fprintf(stderr, "hazard_bench: \"%s\" is no number of rounds: give one from 1 on\n",
                     argv[1]);
        return 2;
    }
    std::vector<double> levels;
    for (std::size_t l = 0; l < level_count; ++l)
        levels.push_back(0.005 * std::pow(1.4, static_cast<double>(l)));
    Exceedance const exceedance(levels, 3.0);
    Scene const scene;
    std::vector<double> rates(level_count * hazard::lanes);

    std::vector<double> vectors;
    std::vector<double> plain;
    std::vector<double> ratios;
    for (int round = 0; round < rounds; ++round) {
        vectors.push_back(seconds_of([&] {
            scene.run([&](auto const& event, auto const& distances) {
                exceedance.add(event, distances, hazard::lanes, rates.data());
            });
        }));
        plain.push_back(seconds_of([&] {
            scene.run([&](auto const& event, auto const& distances) {
                exceedance.add_plainly(event, distances, hazard::lanes, rates.data());
            });
        }));
        ratios.push_back(plain.back() / vectors.back());
    }
    std::printf("ruptures x sites x levels per second and core, medians of %d rounds in turns\n"
                "  in vectors      %.3g\n"
                "  plain loop      %.3g\n"
                "  times as fast   %.2f\n",
                rounds, probabilities / median(vectors), probabilities / median(plain),
                median(ratios));
    return rates.front() > 0 ? 0 : 1; // the sums are used
}
