#include "scheduling/workloads.hpp"

#include <algorithm>
#include <cmath>
#include <complex>
#include <numeric>
#include <random>

namespace bench::scheduling {

namespace {

constexpr double mean_seconds = 10e-3;
constexpr std::size_t mandelbrot_side = 512;
constexpr int mandelbrot_iterations = 1000;

double iterations(std::complex<double> c)
{
    std::complex<double> z;
    int done = 0;
    while (done < mandelbrot_iterations && std::norm(z) <= 4) {
        z = {z.real() * z.real() - z.imag() * z.imag() + c.real(),
             2 * z.real() * z.imag() + c.imag()};
        ++done;
    }
    return done;
}

std::vector<double> const& mandelbrot()
{
    static auto const pixels = [] {
        std::vector<double> all;
        all.reserve(mandelbrot_side * mandelbrot_side);
        auto const step = 2.5 / (mandelbrot_side - 1);
        for (std::size_t y = 0; y < mandelbrot_side; ++y)
            for (std::size_t x = 0; x < mandelbrot_side; ++x)
                all.push_back(iterations(
                    {-2 + step * static_cast<double>(x), -1.25 + step * static_cast<double>(y)}));
        auto const mean =
            std::accumulate(all.begin(), all.end(), 0.0) / static_cast<double>(all.size());
        for (auto& each : all) each *= mean_seconds / mean;
        return all;
    }();
    return pixels;
}

template <class Distribution>
std::vector<double> drawn(std::size_t count, Distribution distribution, std::mt19937_64& random)
{
    std::vector<double> all(count);
    for (auto& each : all) each = mean_seconds * distribution(random);
    return all;
}

std::vector<double> seconds_of(Kind kind, std::size_t count, std::mt19937_64& random)
{
    constexpr double sigma = 1.5;
    switch (kind) {
    case Kind::constant: break;
    case Kind::exponential: return drawn(count, std::exponential_distribution<double>(1), random);
    case Kind::gamma: return drawn(count, std::gamma_distribution<double>(2, 0.5), random);
    case Kind::lognormal:
        return drawn(count, std::lognormal_distribution<double>(-sigma * sigma / 2, sigma), random);
    case Kind::decreasing: {
        std::vector<double> all(count);
        for (std::size_t i = 0; i < count; ++i)
            all[i] = 2 * mean_seconds * static_cast<double>(count - i) / static_cast<double>(count);
        return all;
    }
    case Kind::mandelbrot: return mandelbrot();
    }
    return std::vector<double>(count, mean_seconds);
}

} // namespace

char const* to_string(Kind kind) noexcept
{
    switch (kind) {
    case Kind::constant: return "constant";
    case Kind::exponential: return "exponential";
    case Kind::gamma: return "gamma";
    case Kind::lognormal: return "lognormal";
    case Kind::decreasing: return "decreasing";
    case Kind::mandelbrot: return "mandelbrot";
    }
    return "unknown";
}

Items make_items(Kind kind, std::size_t count, double wrong, std::uint64_t seed)
{
    std::mt19937_64 random(seed);
    Items items{.seconds = seconds_of(kind, count, random), .weights = {}};
    items.weights = items.seconds;
    std::lognormal_distribution<double> error(0, wrong > 0 ? wrong : 1);
    if (wrong > 0)
        for (auto& weight : items.weights) weight *= error(random);
    return items;
}

void give_two_keys(Items& items, double ratio, double share, std::uint64_t seed)
{
    std::mt19937_64 random(seed);
    std::bernoulli_distribution second(share);
    items.groups.resize(items.seconds.size());
    for (std::size_t i = 0; i < items.groups.size(); ++i) {
        items.groups[i] = second(random) ? 1 : 0;
        if (items.groups[i] == 1) items.weights[i] /= ratio;
    }
}

starmap::scheduling::SimulatedWork guided(Items const& items)
{
    auto const group = [&](std::size_t i) { return items.groups.empty() ? 0 : items.groups[i]; };
    std::vector<std::size_t> order(items.seconds.size());
    std::iota(order.begin(), order.end(), std::size_t{0});
    std::stable_sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) {
        return group(a) != group(b) ? group(a) < group(b) : items.weights[a] > items.weights[b];
    });
    starmap::scheduling::SimulatedWork work;
    for (auto const i : order) {
        work.seconds.push_back(items.seconds[i]);
        work.weights.push_back(items.weights[i]);
        if (!items.groups.empty()) work.groups.push_back(items.groups[i]);
    }
    return work;
}

} // namespace bench::scheduling
