#include <starmap/accum_dict.hpp>
#include <starmap/error.hpp>

#include <doctest/doctest.h>

#include <algorithm>
#include <functional>
#include <map>
#include <random>
#include <stdexcept>
#include <string>

using Counts = starmap::AccumDict<std::string, long>;
using Sums = starmap::AccumDict<std::string, double>;

TEST_CASE("adding keeps the keys of both sides")
{
    Counts counts;
    counts += {{"a", 1}};
    CHECK(counts == Counts{{"a", 1}});
    counts += {{"a", 1}, {"b", 1}};
    CHECK(counts == Counts{{"a", 2}, {"b", 1}});
}

TEST_CASE("a plain map adds from either side")
{
    std::map<std::string, long> const plain{{"a", 1}};
    CHECK(plain + Counts{{"a", 2}, {"b", 1}} == Counts{{"a", 3}, {"b", 1}});
    CHECK(Counts{{"a", 2}, {"b", 1}} + plain == Counts{{"a", 3}, {"b", 1}});
    CHECK(Counts(plain).map() == plain);
}

TEST_CASE("a number goes to every value, from either side")
{
    Counts const counts{{"a", 2}, {"b", 1}};
    CHECK(counts + 1 == Counts{{"a", 3}, {"b", 2}});
    CHECK(1 + counts == Counts{{"a", 3}, {"b", 2}});
    CHECK(counts - 1 == Counts{{"a", 1}, {"b", 0}});
    CHECK(1 - counts == Counts{{"a", -1}, {"b", 0}});
    CHECK(counts * 3 == Counts{{"a", 6}, {"b", 3}});
    CHECK(3 * counts == Counts{{"a", 6}, {"b", 3}});
    Sums sums{{"a", .4}, {"b", .5}};
    CHECK(sums * 1.2 == Sums{{"a", .4 * 1.2}, {"b", .5 * 1.2}});
    CHECK(1.2 * sums == sums * 1.2);
    sums *= 2;
    sums += 1;
    sums -= 0.5;
    sums /= 2;
    CHECK(sums == Sums{{"a", (.8 + 1 - .5) / 2}, {"b", (1. + 1 - .5) / 2}});
    CHECK(Counts() + 5 == Counts());
}

TEST_CASE("division is that of the values")
{
    CHECK(Sums{{"a", 3}, {"b", 4}} / 2 == Sums{{"a", 1.5}, {"b", 2}});
    CHECK(Counts{{"a", 3}, {"b", 4}} / 2 == Counts{{"a", 1}, {"b", 2}});
    CHECK_THROWS_WITH_AS(Counts({{"a", 3}}) / 0, doctest::Contains("divided by 0"),
                         starmap::UsageError);
}

TEST_CASE("subtracting takes a missing key as zero")
{
    CHECK(Counts{{"a", 5}, {"b", 3}} - Counts{{"a", 1}} == Counts{{"a", 4}, {"b", 3}});
    CHECK(Counts{{"a", 5}} - Counts{{"c", 2}} == Counts{{"a", 5}, {"c", -2}});
    CHECK(-Counts{{"a", 5}, {"b", -3}} == Counts{{"a", -5}, {"b", 3}});
}

TEST_CASE("multiplying takes a missing key as zero")
{
    CHECK(Sums{{"a", .4}, {"b", .5}} * Sums{{"b", .5}} == Sums{{"a", 0}, {"b", .25}});
    CHECK(Counts{{"a", 2}} * Counts{{"c", 7}} == Counts{{"a", 0}, {"c", 0}});
}

TEST_CASE("a dictionary may be combined with itself")
{
    Counts counts{{"a", 2}, {"b", -3}};
    counts += counts;
    CHECK(counts == Counts{{"a", 4}, {"b", -6}});
    counts *= counts;
    CHECK(counts == Counts{{"a", 16}, {"b", 36}});
    auto& same = counts; // a second name, as compilers warn of `counts -= counts`
    counts += std::move(same);
    CHECK(counts == Counts{{"a", 32}, {"b", 72}});
    counts -= same;
    CHECK(counts == Counts{{"a", 0}, {"b", 0}});
}

TEST_CASE("a new key begins at zero, and reading by at or find creates none")
{
    starmap::AccumDict<char, long> letters;
    for (char letter : std::string("hello")) ++letters[letter];
    CHECK(letters == starmap::AccumDict<char, long>{{'e', 1}, {'h', 1}, {'l', 2}, {'o', 1}});
    CHECK_THROWS_AS(letters.at('z'), std::out_of_range);
    CHECK(letters.find('z') == letters.end());
    CHECK(!letters.contains('z'));
    CHECK(letters.size() == 4);
}

TEST_CASE("it is a map")
{
    Counts counts{{"b", 2}, {"a", 1}};
    CHECK(counts.begin()->first == "a");
    CHECK(!counts.insert({"a", 9}).second);
    CHECK(counts.insert({"c", 3}).second);
    CHECK(counts.try_emplace("d", 4).first->second == 4);
    CHECK(!counts.insert_or_assign("d", 5).second);
    CHECK(counts.at("d") == 5);
    CHECK(counts.erase("a") == 1);
    CHECK(counts.count("a") == 0);
    CHECK(counts.lower_bound("bb")->first == "c");
    counts.erase(counts.find("b"));
    Counts other;
    swap(counts, other);
    CHECK(counts.empty());
    CHECK(other == Counts{{"c", 3}, {"d", 5}});
    CHECK(Counts(other.begin(), other.end()) == other);
    other.clear();
    CHECK(other.empty());
}

TEST_CASE("apply makes a dictionary of another type")
{
    Counts const counts{{"a", 3}, {"b", 4}};
    auto const scaled =
        counts.apply([](long n, double by) { return static_cast<double>(n) * by; }, 0.5);
    CHECK(scaled == Sums{{"a", 1.5}, {"b", 2}});
}

namespace {

/// Counts how often one of them is copied.
struct Tracked {
    static inline int copies = 0;
    int value = 0;
    Tracked() = default;
    explicit Tracked(int v) : value(v) {}
    Tracked(Tracked const& other) : value(other.value) { ++copies; }
    Tracked(Tracked&&) = default;
    Tracked& operator=(Tracked const& other)
    {
        value = other.value;
        ++copies;
        return *this;
    }
    Tracked& operator=(Tracked&&) = default;
    ~Tracked() = default;
    Tracked& operator+=(Tracked const& other)
    {
        value += other.value;
        return *this;
    }
};

using TrackedDict = starmap::AccumDict<int, Tracked>;

TrackedDict tracked(int first, int last)
{
    TrackedDict dict;
    for (int key = first; key < last; ++key) dict[key].value = 1;
    return dict;
}

} // namespace

TEST_CASE("adding rvalues copies no value, whichever side is larger")
{
    for (auto const& [a, b] :
         {std::pair{100, 5}, std::pair{5, 100}, std::pair{0, 9}, std::pair{9, 0}}) {
        auto left = tracked(0, a);
        auto right = tracked(-2, b);
        Tracked::copies = 0;
        auto const sum = std::move(left) + std::move(right);
        CHECK(Tracked::copies == 0);
        CHECK(sum.size() == static_cast<std::size_t>(std::max(a, b)) + 2);
        int total = 0;
        for (auto const& entry : sum) total += entry.second.value;
        CHECK(total == a + b + 2);
    }
    auto sum = tracked(0, 3);
    auto const more = tracked(0, 3);
    Tracked::copies = 0;
    sum = std::plus<>{}(std::move(sum), more);
    CHECK(Tracked::copies == 0);
    sum += tracked(3, 5);
    CHECK(Tracked::copies == 0);
}

TEST_CASE("all ways of adding agree with adding key by key")
{
    unsigned const seed = 1234;
    MESSAGE("seed ", seed);
    std::mt19937 random(seed);
    using Dict = starmap::AccumDict<int, long>;
    auto const draw = [&random](std::size_t size) {
        Dict dict;
        for (std::size_t i = 0; i < size; ++i)
            dict[static_cast<int>(random() % 100)] = static_cast<long>(random() % 1000);
        return dict;
    };
    for (int round = 0; round < 300; ++round) {
        CAPTURE(round);
        auto const a = draw(random() % 80);
        auto const b = draw(random() % (round % 2 == 0 ? 4 : 80));
        Dict sum;
        Dict difference;
        Dict product;
        for (int key = 0; key < 100; ++key) {
            if (!a.contains(key) && !b.contains(key)) continue;
            long const left = a.contains(key) ? a.at(key) : 0;
            long const right = b.contains(key) ? b.at(key) : 0;
            sum[key] = left + right;
            difference[key] = left - right;
            product[key] = left * right;
        }
        CHECK(a + b == sum);
        CHECK(Dict(a) + Dict(b) == sum);
        CHECK(a - b == difference);
        CHECK(a * b == product);
    }
}
