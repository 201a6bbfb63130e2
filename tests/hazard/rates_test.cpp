#include "refusal.hpp"

#include "core/curves.hpp"
#include "core/exceedance.hpp"
#include "core/ground_motion.hpp"
#include "core/magnitudes.hpp"
#include "core/max_distance.hpp"
#include "core/scaling.hpp"
#include "core/vector_math.hpp"

#include <doctest/doctest.h>

#include <cmath>
#include <limits>
#include <numeric>

using namespace hazard;
using doctest::Approx;

namespace {
double sum(std::vector<MagnitudeRate> const& bins)
{
    return std::accumulate(bins.begin(), bins.end(), 0.0,
                           [](double total, auto const& bin) { return total + bin.rate; });
}
} // namespace

TEST_CASE("truncated Gutenberg and Richter fills its range, whatever the width")
{
    for (double const width : {0.1, 0.3, 7.0}) {
        auto const bins = truncated_gutenberg_richter(3.1, 0.9, 5, 6.5, width);
        CHECK(sum(bins) == Approx(std::pow(10, 3.1 - 4.5) - std::pow(10, 3.1 - 5.85)));
    }
    auto const bins = truncated_gutenberg_richter(4, 1, 5, 6.5, 0.5);
    REQUIRE(bins.size() == 3);
    CHECK(bins[0].magnitude == Approx(5.25));
    CHECK(bins[0].rate == Approx(0.1 - std::pow(10, -1.5)));
    CHECK(bins[2].magnitude == Approx(6.25));
}

TEST_CASE("distributions that make no sense are refused")
{
    CHECK(has(refusal([] { truncated_gutenberg_richter(3, 1, 6, 6, 0.1); }), "maxMag 6"));
    CHECK(has(refusal([] { truncated_gutenberg_richter(3, -1, 5, 6, 0.1); }), "bValue is -1"));
    CHECK(has(refusal([] { truncated_gutenberg_richter(3, 1, 5, 6, 0); }), "width", "0"));
    CHECK(has(refusal([] { truncated_gutenberg_richter(3, 1, 5, 6, 1e-9); }), "bins"));
    CHECK(has(refusal([] { evenly_discretised(5, 0.1, {0.1, -0.2}); }), "magnitude 5.1 is -0.2"));
    CHECK(has(refusal([] { evenly_discretised(5, 0.1, {}); }), "no magnitude"));
    CHECK(evenly_discretised(5, 0.5, {0.1, 0, 0.2}).size() == 2);
    CHECK(evenly_discretised(5, 0.5, {0.1, 0, 0.2})[1].magnitude == 6);
}

TEST_CASE("areas follow the published relations")
{
    CHECK(rupture_area(Scaling::point, 7, 0) == 0);
    CHECK(rupture_area(Scaling::peer, 6, 0) == Approx(100));
    CHECK(rupture_area(Scaling::wells_coppersmith, 7, 0) == Approx(std::pow(10, 2.88)));
    CHECK(rupture_area(Scaling::wells_coppersmith, 7, 180) == Approx(std::pow(10, 2.88)));
    CHECK(rupture_area(Scaling::wells_coppersmith, 7, 90) == Approx(std::pow(10, 2.87)));
    CHECK(rupture_area(Scaling::wells_coppersmith, 7, -90) == Approx(std::pow(10, 2.87)));
    CHECK(rupture_area(Scaling::wells_coppersmith, 6, 90) == Approx(std::pow(10, 1.89)));
    CHECK(rupture_area(Scaling::wells_coppersmith, 6, -90) == Approx(std::pow(10, 2.05)));
    CHECK(has(refusal([] { scaling_named("Leonard2010"); }), "Leonard2010"));
}

TEST_CASE("a rupture keeps its area as long as it fits")
{
    auto const free = fitted(200, 2, {100, 100});
    CHECK(free.length == Approx(20));
    CHECK(free.width == Approx(10));
    auto const flat = fitted(200, 2, {100, 5});
    CHECK(flat.width == 5);
    CHECK(flat.length == Approx(40));
    auto const narrow = fitted(200, 2, {16, 100});
    CHECK(narrow.length == 16);
    CHECK(narrow.width == Approx(12.5));
    auto const whole = fitted(1e6, 2, {16, 12});
    CHECK(whole.length == 16);
    CHECK(whole.width == 12);
}

TEST_CASE("the motion is that of Sadigh et al. (1997)")
{
    auto const median = [](double m, double r, bool reverse) {
        auto const shaking = sadigh_1997(m, reverse);
        return std::exp(shaking.base - Shaking::decay * std::log(r + shaking.saturation));
    };
    // Worked out by hand from the table of coefficients.
    CHECK(median(6, 10, false) ==
          Approx(std::exp(-0.624 + 6 - 2.1 * std::log(10 + std::exp(1.29649 + 1.5)))));
    CHECK(median(7, 10, false) ==
          Approx(std::exp(-1.274 + 7.7 - 2.1 * std::log(10 + std::exp(-0.48451 + 3.668)))));
    CHECK(median(7, 10, true) == Approx(1.2 * median(7, 10, false)));
    CHECK(median(6.5, 20, false) == Approx(median(6.5 + 1e-9, 20, false)).epsilon(1e-2));
    CHECK(sadigh_1997(6, false).sigma == Approx(0.55));
    CHECK(sadigh_1997(7.3, false).sigma == 0.38);
    CHECK(is_reverse(45));
    CHECK_FALSE(is_reverse(-90));
    CHECK_FALSE(is_reverse(180));
}

TEST_CASE("our elementary functions keep the errors they promise")
{
    double worst_log = 0;
    double worst_exp2 = 0;
    double worst_tail = 0;
    for (double x = 0.71; x < 1e5; x *= 1.0037)
        worst_log = std::max(worst_log, std::abs(vector_math::log(x) - std::log(x)));
    for (double x = -1000; x <= 1000; x += 0.317)
        worst_exp2 = std::max(worst_exp2, std::abs(vector_math::exp2(x) / std::exp2(x) - 1));
    for (double z = -37; z <= 37; z += 0.0137) {
        auto const exact = 0.5 * std::erfc(z * std::sqrt(0.5));
        worst_tail = std::max(worst_tail, std::abs(vector_math::normal_tail(z) / exact - 1));
    }
    CHECK(worst_log < 1e-13);
    CHECK(worst_exp2 < 2e-13);
    CHECK(worst_tail < 2e-10);
}

TEST_CASE("many lanes give what one by one the C library gives")
{
    std::vector<double> const levels{0.001, 0.01, 0.1, 0.3, 1};
    Lanes distances;
    for (std::size_t i = 0; i < lanes; ++i) distances[i] = 0.1 * std::pow(1.3, i);
    for (std::optional<double> const truncation : {std::optional<double>{}, {0.0}, {1.5}, {3.0}}) {
        Exceedance const exceedance(levels, truncation);
        std::vector<double> fast(levels.size() * lanes);
        auto plain = fast;
        for (double const magnitude : {4.5, 6.6, 7.8}) {
            Event const event{sadigh_1997(magnitude, true), 0.01, 150};
            exceedance.add(event, distances, 30, fast.data());
            exceedance.add_plainly(event, distances, 30, plain.data());
        }
        double worst = 0;
        for (std::size_t i = 0; i < fast.size(); ++i)
            // Near the truncation probabilities go to 0, and rounding stays.
            worst = std::max(worst, std::abs(fast[i] - plain[i]) / (plain[i] + 1e-7));
        CHECK(worst < 1e-8);
        CHECK(plain[0] > 0.02); // M 4.5 is felt less than the lowest level at no such distance
        CHECK(plain[29] == 0);  // too far
    }
}

TEST_CASE("levels that are not felt get nothing, and all others something")
{
    std::vector<double> const levels{0.01, 0.02, 0.04, 0.08, 0.16, 0.32, 0.64};
    Event const event{sadigh_1997(6, false), 1, 80};
    for (double const truncation : {0.0, 1.0, 3.0}) {
        Exceedance const exceedance(levels, truncation);
        for (double const distance : {1.0, 20.0, 70.0, 90.0}) {
            Lanes distances;
            distances.fill(distance);
            std::vector<double> rates(levels.size() * lanes);
            exceedance.add(event, distances, 1, rates.data());
            auto const felt = exceedance.levels_felt(event, distance);
            for (std::size_t l = 0; l < levels.size(); ++l)
                CHECK((rates[l * lanes] > 0) == (l < felt));
        }
    }
    CHECK(Exceedance(levels, std::nullopt).levels_felt(event, 70) == levels.size());
}

TEST_CASE("the distance of effect depends on the magnitude as told")
{
    CHECK(MaxDistance()(5) == std::numeric_limits<double>::infinity());
    CHECK(MaxDistance::parse("300")(9) == 300);
    auto const distance = MaxDistance::parse("5:100,6:200, 8:300");
    CHECK(distance(4) == 100);
    CHECK(distance(5.5) == Approx(150));
    CHECK(distance(7) == Approx(250));
    CHECK(distance(9) == 300);
    for (auto const* const wrong : {"", "far", "5:", "5:100,", "0", "5:-1", "6:100,5:200", "5;1"})
        CHECK_MESSAGE(!refusal([&] { MaxDistance::parse(wrong); }).empty(), wrong);
}

TEST_CASE("curves add up site by site")
{
    Curves a({1, 3}, 2);
    a.at(0)[0] = 1;
    a.at(1)[1] = 2;
    Curves b({3, 4}, 2);
    b.at(0)[1] = 10;
    b.at(1)[0] = 20;
    Curves total;
    total += a;
    total += Curves{};
    total += b;
    CHECK(total.sites() == std::vector<std::uint32_t>{1, 3, 4});
    CHECK(total.at(0)[0] == 1);
    CHECK(total.at(1)[1] == 12);
    CHECK(total.at(2)[0] == 20);
    CHECK(total.at(2)[1] == 0);
    CHECK(probability(0.01, 50) == Approx(1 - std::exp(-0.5)));
    CHECK(probability(1e-20, 1) == Approx(1e-20));
}
