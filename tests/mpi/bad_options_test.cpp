// Wrong options and wrong use: an error that says what is wrong, and a session that goes on.
#include "support/numbers.hpp"
#include "support/session.hpp"

#include <doctest/doctest.h>

#include <cmath>
#include <limits>
#include <numeric>
#include <span>
#include <stdexcept>
#include <string>
#include <vector>

using starmap::test::numbers;

namespace {

constexpr double not_a_number = std::numeric_limits<double>::quiet_NaN();
constexpr double infinity = std::numeric_limits<double>::infinity();

int same(int i) { return i; }
int count(std::span<int const> items) { return static_cast<int>(items.size()); }

/// The text of the UsageError that `use` must end with.
template <class Use>
std::string usage_error(Use use)
{
    try {
        use();
    } catch (starmap::UsageError const& error) {
        CHECK(session().map(starmap::fn<same>, numbers(10)).reduce() == 45);
        return error.what();
    }
    FAIL("no UsageError was thrown");
    return {};
}
bool contains(std::string const& text, std::string const& part)
{
    return text.find(part) != std::string::npos;
}

} // namespace

TEST_CASE("a bad weight is refused, naming the item and the weight")
{
    auto const items = numbers(20);
    auto& s = session();
    for (double const bad : {-1.0, not_a_number, infinity, -infinity}) {
        CAPTURE(bad);
        auto const weight = [bad](int i) { return i == 13 ? bad : 1.0; };
        auto const shown = std::isnan(bad) ? "nan" : std::isinf(bad) ? "inf" : "-1";
        std::vector<std::string> const texts{
            usage_error([&] { s.map(starmap::fn<same>, items, {.weight = weight}).reduce(); }),
            usage_error([&] { s.starmap(starmap::fn<same>, items, {.weight = weight}).collect(); }),
            usage_error([&] { s.apply(starmap::fn<count>, items, {.weight = weight}).reduce(); }),
            usage_error([&] {
                s.apply(starmap::fn<count>, items, {.weight = weight, .concurrent_tasks = 3})
                    .reduce();
            }),
            usage_error([&] {
                s.map(starmap::fn<same>, items, {.weight = weight, .max_weight = 3}).wait();
            }),
            usage_error([&] {
                for (int never : s.map(starmap::fn<same>, items, {.weight = weight})) FAIL(never);
            })};
        for (auto const& text : texts) {
            CAPTURE(text);
            CHECK(contains(text, "13"));
            CHECK(contains(text, shown));
        }
    }
}

TEST_CASE("a bad weight far into a generator is refused as well")
{
    struct Numbers {
        int* at;
        struct iterator {
            using value_type = int;
            using difference_type = std::ptrdiff_t;
            using iterator_concept = std::input_iterator_tag;
            int* at;
            int operator*() const { return *at; }
            iterator& operator++()
            {
                ++*at;
                return *this;
            }
            void operator++(int) { ++*at; }
            bool operator==(std::default_sentinel_t) const { return *at == 20'000; }
        };
        iterator begin() { return {at}; }
        std::default_sentinel_t end() const { return {}; }
    };
    int at = 0;
    auto const text = usage_error([&] {
        session()
            .map(starmap::fn<same>, Numbers{&at},
                 {.weight = [](int i) { return i == 15'000 ? -0.5 : 1.0; }})
            .reduce();
    });
    CHECK(contains(text, "15000"));
    CHECK(contains(text, "-0.5"));
}

TEST_CASE("bad limits are refused, naming the value")
{
    auto const items = numbers(20);
    auto& s = session();
    struct Case {
        double max_weight;
        char const* shown;
    };
    for (auto const& [bad, shown] : {Case{0, "0"}, Case{-2.5, "-2.5"}, Case{not_a_number, "nan"}}) {
        auto const text = usage_error(
            [&, bad = bad] { s.apply(starmap::fn<count>, items, {.max_weight = bad}).reduce(); });
        CAPTURE(text);
        CHECK(contains(text, "max_weight"));
        CHECK(contains(text, shown));
        CHECK(contains(usage_error([&, bad = bad] {
                           s.map(starmap::fn<same>, items, {.max_weight = bad}).reduce();
                       }),
                       "max_weight"));
    }
    for (auto const& text :
         {usage_error(
              [&] { s.apply(starmap::fn<count>, items, {.concurrent_tasks = 0}).reduce(); }),
          usage_error(
              [&] { s.map(starmap::fn<same>, items, {.concurrent_tasks = 0}).reduce(); })}) {
        CAPTURE(text);
        CHECK(contains(text, "concurrent_tasks"));
        CHECK(contains(text, "0"));
    }
}

TEST_CASE("a Starmap is used once")
{
    auto& s = session();
    auto reduced = s.map(starmap::fn<same>, numbers(5), {.name = "counting"});
    CHECK(reduced.reduce() == 10);
    CHECK(contains(usage_error([&] { reduced.reduce(); }), "counting"));
    usage_error([&] { reduced.collect(); });
    usage_error([&] { reduced.wait(); });
    usage_error([&] { reduced.reduce([](int a, int b) { return a + b; }, 0); });
    usage_error([&] {
        for (int never : reduced) FAIL(never);
    });
    auto waited = s.map([](int) {}, numbers(5));
    CHECK(waited.wait() == 5);
    usage_error([&] { waited.wait(); });
    auto failed = s.map([](int) -> int { throw 1; }, numbers(5));
    CHECK_THROWS_AS(failed.reduce(), starmap::TaskError);
    usage_error([&] { failed.collect(); });
}

TEST_CASE("an exception of a weight or a key comes through as it is")
{
    auto const items = numbers(20);
    auto const bad_weight = [](int i) -> double {
        if (i == 5) throw std::domain_error("no weight");
        return 1;
    };
    auto const bad_key = [](int i) -> int {
        if (i == 5) throw std::domain_error("no key");
        return 1;
    };
    auto& s = session();
    CHECK_THROWS_WITH_AS(s.map(starmap::fn<same>, items, {.weight = bad_weight}).reduce(),
                         "no weight", std::domain_error);
    CHECK_THROWS_WITH_AS(s.starmap(starmap::fn<same>, items, {.weight = bad_weight}).reduce(),
                         "no weight", std::domain_error);
    CHECK_THROWS_WITH_AS(
        s.apply(starmap::fn<count>, items, {.key = bad_key, .concurrent_tasks = 2}).reduce(),
        "no key", std::domain_error);
    CHECK_THROWS_WITH_AS(s.map(starmap::fn<same>, items, {.key = bad_key}).collect(), "no key",
                         std::domain_error);
    CHECK(s.map(starmap::fn<same>, items).reduce() == 190);
}
