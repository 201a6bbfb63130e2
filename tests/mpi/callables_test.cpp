// What a task may be, how it takes its arguments, and what may travel.
#include "support/numbers.hpp"
#include "support/session.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <array>
#include <complex>
#include <cstdint>
#include <map>
#include <memory>
#include <numeric>
#include <optional>
#include <set>
#include <string>
#include <tuple>
#include <variant>
#include <vector>

using starmap::test::numbers;

namespace {

using Counter = starmap::AccumDict<char, long>;

Counter count_letters(std::string const& text)
{
    Counter counts;
    for (char letter : text) ++counts[letter];
    return counts;
}

std::string repeat(int times, std::string const& text, double weight)
{
    std::string result;
    for (int i = 0; i < times; ++i) result += text;
    return result + "/" + std::to_string(weight);
}

long twice_by_value(long x) { return 2 * x; }
long twice_by_reference(long const& x) { return 2 * x; }
long twice_by_rvalue(long&& x) { return 2 * x; }
double half(double x) { return x / 2; }

std::string take(std::string&& text)
{
    auto const mine = std::move(text);
    return mine + "!";
}
std::string join(std::vector<std::string> words, std::string const& between)
{
    return std::accumulate(words.begin(), words.end(), std::string(),
                           [&](auto const& left, auto const& right) {
                               return left.empty() ? right : left + between + right;
                           });
}

struct Seen {
    std::uint64_t task_no;
    double weight;
    int rank;
    std::uint32_t worker;
    long argument;
};
Seen look(long argument, starmap::Monitor& monitor)
{
    return {monitor.task_no(), monitor.weight(), monitor.rank(), monitor.worker(), argument};
}
Seen look_at_all(long left, long right, starmap::Monitor& monitor)
{
    return look(left * right, monitor);
}

/// State that says how it travels.
struct Polynomial {
    std::vector<double> coefficients;

    double operator()(double x) const
    {
        double value = 0;
        for (auto const c : coefficients) value = value * x + c;
        return value;
    }
    template <class Archive>
    void serialize(Archive& archive, unsigned)
    {
        archive& coefficients;
    }
};

double opened(std::unique_ptr<Polynomial> value) { return value->coefficients[0]; }

/// State that travels as it is.
struct Shift {
    long by;
    long operator()(long x) const { return x + by; }
};

struct Particle {
    std::array<double, 3> position;
    int charge;
    bool operator==(Particle const&) const = default;
};
struct Cloud {
    std::vector<Particle> particles;
    std::map<std::string, std::set<int>> tags;
    std::optional<std::string> note;
    std::variant<int, std::string> id;
    std::tuple<std::complex<double>, std::vector<bool>> rest;
    bool operator==(Cloud const&) const = default;

    template <class Archive>
    void serialize(Archive& archive, unsigned)
    {
        archive& particles& tags& note& id& rest;
    }
};
Cloud same(Cloud const& cloud) { return cloud; }

std::vector<long> doubled(long n)
{
    auto all = numbers<long>(n);
    for (auto& x : all) x *= 2;
    return all;
}

} // namespace

TEST_CASE("the first program of the manual")
{
    std::vector<std::string> const words{"hello", "world"};
    auto const counts = session().starmap(starmap::fn<count_letters>, words).reduce();
    Counter expected;
    for (char letter : std::string("helloworld")) ++expected[letter];
    CHECK(counts == expected);
    CHECK(counts.at('l') == 3);
}

TEST_CASE("a tuple of arguments is unpacked")
{
    std::vector<std::tuple<int, std::string, double>> arguments;
    std::vector<std::string> expected;
    for (int i = 0; i < 17; ++i) {
        arguments.emplace_back(i, std::string(1, static_cast<char>('a' + i)), 0.5 * i);
        expected.push_back(repeat(i, std::string(1, static_cast<char>('a' + i)), 0.5 * i));
    }
    CHECK(session().starmap(starmap::fn<repeat>, arguments).collect() == expected);
}

TEST_CASE("parameters may be values, const references and rvalue references")
{
    auto const items = numbers<long>(30);
    CHECK(session().starmap(starmap::fn<twice_by_value>, items).collect() == doubled(30));
    CHECK(session().starmap(starmap::fn<twice_by_reference>, items).collect() == doubled(30));
    CHECK(session().starmap(starmap::fn<twice_by_rvalue>, items).collect() == doubled(30));
    CHECK(session().map(starmap::fn<twice_by_value>, items).collect() == doubled(30));
    CHECK(session().map(starmap::fn<twice_by_reference>, items).collect() == doubled(30));
    CHECK(session().map(starmap::fn<twice_by_rvalue>, items).collect() == doubled(30));

    std::vector<std::string> const words{"a", "", "long enough not to live inside the string"};
    std::vector<std::string> const taken{"a!", "!", "long enough not to live inside the string!"};
    CHECK(session().map(starmap::fn<take>, words).collect() == taken);
    CHECK(session().starmap(starmap::fn<take>, words).collect() == taken);
    CHECK(words.front() == "a");
}

TEST_CASE("an argument converts as in any call")
{
    std::vector<int> const items{1, 2, 3};
    CHECK(session().map(starmap::fn<half>, items).collect() == std::vector<double>{0.5, 1, 1.5});
}

TEST_CASE("what cannot be copied can be an argument")
{
    std::vector<std::unique_ptr<Polynomial>> items;
    for (int i = 0; i < 20; ++i)
        items.push_back(std::make_unique<Polynomial>(Polynomial{{static_cast<double>(i)}}));
    CHECK(session().map(starmap::fn<opened>, items).reduce() == 190);
    CHECK(items.back()->coefficients[0] == 19);
}

TEST_CASE("shared arguments come after the item")
{
    std::vector<std::vector<std::string>> const items{{"a", "b"}, {}, {"c"}, {"d", "e", "f"}};
    auto const joined =
        session().map(starmap::fn<join>, items, starmap::shared(std::string("-"))).collect();
    CHECK(joined == std::vector<std::string>{"a-b", "", "c", "d-e-f"});
}

TEST_CASE("a task learns of itself from the monitor")
{
    std::vector<long> const items{5, 1, 9, 3, 3, 8, 7};
    auto const weight = [](long item) { return static_cast<double>(item) / 4; };
    auto const check = [&](std::vector<Seen> const& seen) {
        REQUIRE(seen.size() == items.size());
        for (std::size_t i = 0; i < seen.size(); ++i) {
            CAPTURE(i);
            CHECK(seen[i].task_no == i + 1);
            CHECK(seen[i].weight == weight(items[i]));
            CHECK(seen[i].argument == items[i]);
            CHECK(seen[i].rank >= 0);
            CHECK(seen[i].rank <= static_cast<int>(session().workers()));
            CHECK(seen[i].worker <= session().workers());
        }
    };
    check(session().starmap(starmap::fn<look>, items, {.weight = weight}).collect());
    check(session().map(starmap::fn<look>, items, {.weight = weight}).collect());
    check(session()
              .map(starmap::fn<look_at_all>, items, starmap::shared(1L), {.weight = weight})
              .collect());
}

TEST_CASE("a task may be a lambda without captures")
{
    auto const items = numbers<long>(25);
    CHECK(session().map([](long x) { return 2 * x; }, items).collect() == doubled(25));
    CHECK(session().map([](auto const& x) { return x + x; }, items).collect() == doubled(25));
    CHECK(session().starmap([](auto x) { return x + x; }, items).collect() ==
          doubled(25)); // generic
    auto const with_monitor = [](long x, starmap::Monitor& monitor) {
        return x + static_cast<long>(monitor.task_no());
    };
    CHECK(session().starmap(with_monitor, items).reduce() == 24 * 25 / 2 + 25 * 26 / 2);
}

TEST_CASE("a task may be a function object with state")
{
    std::vector<double> const items{0, 1, 2, 3};
    auto const values = session().map(Polynomial{{1, 0, -1}}, items).collect();
    CHECK(values == std::vector<double>{-1, 0, 3, 8});
    CHECK(session().starmap(Shift{100}, numbers<long>(10)).reduce() == 1045);
    CHECK(session().starmap(Shift{-1}, numbers<long>(10)).reduce() == 35);
}

TEST_CASE("whatever Boost.Serialization knows travels there and back")
{
    std::vector<Cloud> clouds(6);
    for (std::size_t i = 0; i < clouds.size(); ++i) {
        auto const n = static_cast<int>(i);
        auto& cloud = clouds[i];
        cloud.particles.resize(i * 10, Particle{{0.5 * n, -1, 1e300}, n});
        cloud.tags["t" + std::to_string(n)] = {n, n + 1};
        if (i % 2 == 0) cloud.note = std::string(1000 * i, 'x');
        if (i % 3 == 0) cloud.id = "id" + std::to_string(n);
        std::get<0>(cloud.rest) = {1.5, -0.0};
        std::get<1>(cloud.rest).assign(i, true);
    }
    CHECK(session().map(starmap::fn<same>, clouds).collect() == clouds);
    CHECK(session().starmap(starmap::fn<same>, clouds).collect() == clouds);
}

TEST_CASE("tasks that return nothing are waited for")
{
    CHECK(session().map([](long) {}, numbers<long>(40)).wait() == 40);
    CHECK(session().starmap([](long) {}, numbers<long>(40)).wait() == 40);
    CHECK(session()
              .apply([](std::span<long const>) {}, numbers<long>(40), {.concurrent_tasks = 4})
              .wait() == 4);
    CHECK(session().map([](long x) { return x; }, numbers<long>(40)).wait() == 40);
}
