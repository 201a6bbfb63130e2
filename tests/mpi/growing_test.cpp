#include "support/session.hpp"

#include <starmap/starmap.hpp>

#include <doctest/doctest.h>

#include <cmath>
#include <stdexcept>
#include <vector>

namespace {

/// A peak of width `width` at 0.3, and its integral over an interval.
double peak(double x, double width) { return width / ((x - 0.3) * (x - 0.3) + width * width); }
double exact(double from, double to, double width)
{
    return std::atan((to - 0.3) / width) - std::atan((from - 0.3) / width);
}

struct Interval {
    double from = 0;
    double to = 0;
    double tolerance = 0;
};

double simpson(Interval const& in, double width)
{
    auto const middle = (in.from + in.to) / 2;
    return (in.to - in.from) / 6 *
           (peak(in.from, width) + 4 * peak(middle, width) + peak(in.to, width));
}

/// Adaptive quadrature (Lyness 1969): an interval whose two halves tell something else than the
/// whole is divided, and each half may err by half as much.
void integrate(Interval const& whole, double width, starmap::Emitter<double>& emitter)
{
    auto const middle = (whole.from + whole.to) / 2;
    Interval const left{whole.from, middle, whole.tolerance / 2};
    Interval const right{middle, whole.to, whole.tolerance / 2};
    auto const halves = simpson(left, width) + simpson(right, width);
    auto const error = (halves - simpson(whole, width)) / 15;
    if (std::abs(error) <= whole.tolerance) {
        emitter.emit(halves + error);
    } else {
        emitter.submit(left);
        emitter.submit(right);
    }
}

/// The same by recursion, its sums along the same tree.
double recursive(Interval const& whole, double width)
{
    auto const middle = (whole.from + whole.to) / 2;
    Interval const left{whole.from, middle, whole.tolerance / 2};
    Interval const right{middle, whole.to, whole.tolerance / 2};
    auto const halves = simpson(left, width) + simpson(right, width);
    auto const error = (halves - simpson(whole, width)) / 15;
    if (std::abs(error) <= whole.tolerance) return halves + error;
    return recursive(left, width) + recursive(right, width);
}

/// Its packing fails half way for odd numbers.
struct Fragile {
    int number = 0;
    template <class Archive>
    void serialize(Archive& archive, unsigned)
    {
        archive& number;
        if (number % 2 != 0) throw std::domain_error("odd");
    }
};
void catches(Fragile const& item, starmap::Emitter<Fragile>& emitter)
{
    for (int i = 0; i < 4; ++i) try {
            emitter.emit({item.number + i});
            if (item.number < 4) emitter.submit(Fragile{item.number + i + 3});
        } catch (std::domain_error const&) {
        }
}

} // namespace

TEST_CASE("a peaked function is integrated to a tolerance by tasks that divide their intervals")
{
    auto& session = ::session();
    for (double const width : {0.1, 1e-3, 1e-5}) {
        for (double const tolerance : {1e-4, 1e-9}) {
            CAPTURE(width);
            CAPTURE(tolerance);
            // The peak must be seen: no rule finds what it does not look at.
            std::vector<Interval> const sides{{-1, 0.3, tolerance / 2}, {0.3, 2, tolerance / 2}};
            auto tasks = session.map(starmap::fn<integrate>, sides, starmap::shared(width));
            auto const integral = tasks.reduce();
            CHECK(std::abs(integral - exact(-1, 2, width)) <= tolerance);
            CHECK(integral == recursive(sides[0], width) + recursive(sides[1], width));
            CHECK(tasks.stats().tasks_done % 2 == 0); // two binary trees
            CHECK(tasks.stats().tasks_done > 10);
        }
    }
}

TEST_CASE("a task may catch what the packing of a result throws, and go on without that one")
{
    std::vector<int> emitted;
    for (auto const& each :
         ::session().starmap(starmap::fn<catches>, std::vector<Fragile>{{6}, {2}}).collect())
        emitted.push_back(each.number);
    CHECK(emitted == std::vector{6, 8, 2, 4});
}
