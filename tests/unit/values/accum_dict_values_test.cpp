#include <starmap/accum_dict.hpp>
#include <starmap/error.hpp>

#include <doctest/doctest.h>

#include <array>
#include <cmath>
#include <complex>
#include <cstdint>
#include <limits>
#include <string>
#include <valarray>
#include <vector>

using starmap::AccumDict;
using Inner = AccumDict<std::string, long>;
using Nested = AccumDict<std::string, Inner>;
using Lists = AccumDict<std::string, std::vector<double>>;

namespace {

template <class V, class S>
concept Adds = requires(V dict, S scalar)
{
    dict += scalar;
};

static_assert(Adds<Inner, int>);
static_assert(!Adds<Inner, double>, "a fraction with whole numbers would be cut off");
static_assert(Adds<Nested, int>);
static_assert(!Adds<Nested, double>);
static_assert(Adds<Lists, double>);
static_assert(Adds<AccumDict<int, std::complex<double>>, std::complex<double>>);
static_assert(!Adds<AccumDict<int, std::string>, char>, "text is no number");
static_assert(!Adds<Inner, std::string>);
static_assert(!Adds<Inner, AccumDict<int, long>>, "other keys are another kind");

} // namespace

TEST_CASE("nested dictionaries add key by key")
{
    Nested nested;
    nested["x"] += {{"p", 1}};
    nested["x"] += {{"p", 2}, {"q", 1}};
    CHECK(nested == Nested{{"x", {{"p", 3}, {"q", 1}}}});
    Nested const more{{"x", {{"q", 5}}}, {"y", {{"r", 1}}}};
    CHECK(nested + more == Nested{{"x", {{"p", 3}, {"q", 6}}}, {"y", {{"r", 1}}}});
    CHECK(nested - more == Nested{{"x", {{"p", 3}, {"q", -4}}}, {"y", {{"r", -1}}}});
    CHECK(nested * more == Nested{{"x", {{"p", 0}, {"q", 5}}}, {"y", {{"r", 0}}}});
    CHECK(nested * 2 == Nested{{"x", {{"p", 6}, {"q", 2}}}});
    CHECK(10 - nested == Nested{{"x", {{"p", 7}, {"q", 9}}}});
    CHECK(-nested == Nested{{"x", {{"p", -3}, {"q", -1}}}});
    nested += nested;
    CHECK(nested == Nested{{"x", {{"p", 6}, {"q", 2}}}});
}

TEST_CASE("vectors add element by element, an empty one is zero")
{
    Lists lists;
    lists["a"];
    lists += {{"a", {1, 2}}, {"b", {3}}};
    CHECK(lists == Lists{{"a", {1, 2}}, {"b", {3}}});
    lists += {{"a", {0.5, 0.5}}, {"b", {}}};
    CHECK(lists == Lists{{"a", {1.5, 2.5}}, {"b", {3}}});
    CHECK(lists - Lists{{"a", {1, 1}}, {"c", {4}}} ==
          Lists{{"a", {.5, 1.5}}, {"b", {3}}, {"c", {-4}}});
    CHECK(lists * Lists{{"a", {2, 2}}, {"c", {4}}} == Lists{{"a", {3, 5}}, {"b", {0}}, {"c", {0}}});
    CHECK(lists * Lists{{"a", {}}, {"b", {2}}} == Lists{{"a", {0, 0}}, {"b", {6}}});
    CHECK(lists * 2 == Lists{{"a", {3, 5}}, {"b", {6}}});
    auto const& same = lists;
    lists -= same;
    CHECK(lists == Lists{{"a", {0, 0}}, {"b", {0}}});
}

TEST_CASE("a key missing in a product gives 0 even where the other value is not finite")
{
    double const infinity = std::numeric_limits<double>::infinity();
    AccumDict<int, double> const one{{1, infinity}};
    AccumDict<int, double> const other{{2, infinity}};
    CHECK(one * other == AccumDict<int, double>{{1, 0}, {2, 0}});
    Lists const fresh{{"a", {}}};
    Lists const endless{{"a", {infinity}}};
    CHECK(fresh * endless == Lists{{"a", {0}}});
    CHECK(endless * fresh == Lists{{"a", {0}}});
}

TEST_CASE("arrays and valarrays add element by element")
{
    using Arrays = AccumDict<int, std::array<int, 2>>;
    CHECK(Arrays{{1, {1, 2}}} + Arrays{{1, {10, 20}}, {2, {5, 5}}} ==
          Arrays{{1, {11, 22}}, {2, {5, 5}}});
    CHECK(Arrays{{1, {1, 2}}} - Arrays{{2, {5, 6}}} == Arrays{{1, {1, 2}}, {2, {-5, -6}}});

    using Valarrays = AccumDict<int, std::valarray<double>>;
    Valarrays values;
    values[1];
    values += {{1, {1, 2}}, {2, {3, 4, 5}}};
    values += {{1, {1, 2}}};
    values -= {{2, {1, 1, 1}}, {3, {7}}};
    REQUIRE(values.size() == 3);
    CHECK((values[1] == std::valarray<double>{2, 4}).min());
    CHECK((values[2] == std::valarray<double>{2, 3, 4}).min());
    REQUIRE(values[3].size() == 1);
    CHECK(values[3][0] == -7);
}

TEST_CASE("vectors of vectors and of dictionaries go down to the numbers")
{
    using Tables = AccumDict<int, std::vector<std::vector<int>>>;
    CHECK(Tables{{1, {{1, 2}, {3}}}} + Tables{{1, {{1, 1}, {}}}} == Tables{{1, {{2, 3}, {3}}}});
    using Rows = AccumDict<int, std::vector<Inner>>;
    CHECK(Rows{{1, {{{"a", 1}}}}} + Rows{{1, {{{"a", 1}, {"b", 2}}}}} ==
          Rows{{1, {{{"a", 2}, {"b", 2}}}}});
}

TEST_CASE("values of different sizes are refused with both sizes and the key")
{
    Lists lists{{"roof", {1, 2, 3}}};
    CHECK_THROWS_WITH_AS(lists += (Lists{{"roof", {1, 2}}}),
                         "the values of key roof cannot be added (one has 3 elements, the other "
                         "2): give them the same size, or none, which counts as zero",
                         starmap::UsageError);
    CHECK(lists == Lists{{"roof", {1, 2, 3}}});
    Lists const wrong{{"roof", {1}}};
    CHECK_THROWS_WITH_AS(lists -= wrong, doctest::Contains("cannot be subtracted (one has 3"),
                         starmap::UsageError);
    CHECK_THROWS_WITH_AS(lists *= wrong, doctest::Contains("cannot be multiplied (one has 3"),
                         starmap::UsageError);
    using Deep = AccumDict<int, AccumDict<unsigned char, std::valarray<double>>>;
    Deep deep{{7, {{200, {1, 2}}}}};
    Deep const other{{7, {{200, {1}}}}};
    CHECK_THROWS_WITH_AS(deep += other, doctest::Contains("key 7 > 200 cannot"),
                         starmap::UsageError);
}

namespace {
struct Silent {
    int value = 0;
    auto operator<=>(Silent const&) const = default;
};

/// Has + but no +=.
struct Money {
    int cents = 0;
    bool operator==(Money const&) const = default;
    friend Money operator+(Money const& a, Money const& b) { return {a.cents + b.cents}; }
};
} // namespace

TEST_CASE("a key that cannot be printed is told as ?")
{
    AccumDict<Silent, std::vector<int>> dict{{Silent{1}, {1}}};
    CHECK_THROWS_WITH_AS(dict += (AccumDict<Silent, std::vector<int>>{{Silent{1}, {1, 2}}}),
                         doctest::Contains("key ? cannot"), starmap::UsageError);
}

TEST_CASE("other values need only the operator that is used")
{
    using Texts = AccumDict<int, std::string>;
    CHECK(Texts{{1, "ab"}} + Texts{{1, "c"}, {2, "d"}} == Texts{{1, "abc"}, {2, "d"}});
    using Purse = AccumDict<int, Money>;
    CHECK(Purse{{1, {5}}} + Purse{{1, {7}}} == Purse{{1, {12}}});
    using Waves = AccumDict<int, std::complex<double>>;
    CHECK(Waves{{1, {1, 2}}} - Waves{{2, {3, 4}}} == Waves{{1, {1, 2}}, {2, {-3, -4}}});
    CHECK(Waves{{1, {1, 2}}} * std::complex<double>(0, 1) == Waves{{1, {-2, 1}}});
    CHECK(Waves{{1, {1, 2}}} * 2 == Waves{{1, {2, 4}}});
}

TEST_CASE("narrow numbers stay narrow")
{
    using Bytes = AccumDict<int, std::uint8_t>;
    CHECK(Bytes{{1, 250}} + Bytes{{1, 10}} == Bytes{{1, 4}});
    CHECK(AccumDict<int, float>{{1, 1.F}} * 0.5 == AccumDict<int, float>{{1, 0.5F}});
}
