// Exceptions out of the user's own code on every way of the data: reading the input, packing and
// unpacking on both sides, combining. Always an error, never a hang, and the session goes on.
#include "support/numbers.hpp"
#include "support/session.hpp"

#include <doctest/doctest.h>

#include <cstddef>
#include <exception>
#include <iterator>
#include <numeric>
#include <span>
#include <stdexcept>
#include <string>
#include <vector>

using starmap::test::numbers;

namespace {

using starmap::OnFailure;

/// Where a value refuses to travel.
enum class Refuses : int { nothing, packing, unpacking };

/// Carries a number; one that `refuses` throws where it says so.
struct Cargo {
    int number = 0;
    Refuses refuses = Refuses::nothing;

    Cargo& operator+=(Cargo const& other)
    {
        number += other.number;
        return *this;
    }
    template <class Archive>
    void serialize(Archive& archive, unsigned)
    {
        constexpr bool packs = Archive::is_saving::value;
        archive& number& refuses;
        if (refuses == (packs ? Refuses::packing : Refuses::unpacking))
            throw std::runtime_error(packs ? "no packing" : "no unpacking");
    }
};
char const* text_of(Refuses refuses)
{
    return refuses == Refuses::packing ? "no packing" : "no unpacking";
}

/// A function object that refuses to travel.
struct CargoCount {
    Cargo state;
    int operator()(int i) const { return i + state.number; }
    template <class Archive>
    void serialize(Archive& archive, unsigned)
    {
        archive& state;
    }
};

int unload(Cargo const& cargo) { return cargo.number; }
int unload_all(std::span<Cargo const> cargoes)
{
    int sum = 0;
    for (auto const& cargo : cargoes) sum += cargo.number;
    return sum;
}
int unload_with(int i, Cargo const& cargo) { return i + cargo.number; }
Cargo load_unpackable(int i) { return {i, i == 13 ? Refuses::packing : Refuses::nothing}; }
Cargo load_not_unpackable(int i) { return {i, i == 13 ? Refuses::unpacking : Refuses::nothing}; }
Cargo load_all_unpackable(std::span<int const> items)
{
    Cargo sum;
    for (int const i : items)
        if (i == 13)
            sum.refuses = Refuses::packing;
        else
            sum.number += i;
    return sum;
}

/// 0 to 19, of which 13 refuses.
std::vector<Cargo> cargoes(Refuses refuses)
{
    std::vector<Cargo> all;
    for (int const i : numbers(20)) all.push_back({i, i == 13 ? refuses : Refuses::nothing});
    return all;
}

/// What the exception says that `consume` must end with.
template <class Consume>
std::string error_of(Consume consume)
{
    std::string what;
    try {
        consume();
    } catch (std::exception const& error) {
        what = error.what();
    }
    REQUIRE(!what.empty());
    CHECK(session().map([](int i) { return i; }, numbers(100)).reduce() == 4950);
    CHECK(session().starmap([](int i) { return i; }, numbers(10)).reduce() == 45);
    return what;
}
bool contains(std::string const& text, std::string const& part)
{
    CAPTURE(text);
    CAPTURE(part);
    auto const found = text.find(part) != std::string::npos;
    CHECK(found);
    return found;
}

/// Throws at the item with this number.
struct Generator {
    int at = 0;
    int bad;
    struct iterator {
        using value_type = int;
        using difference_type = std::ptrdiff_t;
        using iterator_concept = std::input_iterator_tag;
        Generator* generator;
        int operator*() const { return generator->at; }
        iterator& operator++()
        {
            if (++generator->at == generator->bad) throw std::domain_error("the well is dry");
            return *this;
        }
        void operator++(int) { ++*this; }
        bool operator==(std::default_sentinel_t) const { return generator->at == 50'000; }
    };
    iterator begin()
    {
        if (bad == 0) throw std::domain_error("the well is dry");
        return {this};
    }
    std::default_sentinel_t end() const { return {}; }
};

} // namespace

TEST_CASE("an input that throws")
{
    auto& s = session();
    auto const same = [](int i) { return i; };
    auto const weight = [](int) { return 2.0; };
    for (int const bad : {0, 1, 5, 4097, 20'000}) {
        CAPTURE(bad);
        auto const dry = "the well is dry";
        CHECK_THROWS_WITH_AS(s.map(same, Generator{0, bad}).reduce(), dry, std::domain_error);
        CHECK_THROWS_WITH_AS(s.map(same, Generator{0, bad}, {.weight = weight}).collect(), dry,
                             std::domain_error);
        CHECK_THROWS_WITH_AS(s.starmap(same, Generator{0, bad}).wait(), dry, std::domain_error);
        CHECK_THROWS_WITH_AS(
            [&] {
                int seen = 0;
                for (int value : s.map(same, Generator{0, bad})) seen += value >= 0;
                CHECK(seen < 50'000);
            }(),
            dry, std::domain_error);
        contains(error_of([&] {
                     s.map(same, Generator{0, bad}, {.concurrent_tasks = 3}).wait();
                 }),
                 dry);
    }
    CHECK(s.map(same, Generator{0, -1}).wait() == 50'000);
}

TEST_CASE("an argument that refuses to travel")
{
    auto& s = session();
    for (auto const refuses : {Refuses::packing, Refuses::unpacking}) {
        auto const text = text_of(refuses);
        auto const items = cargoes(refuses);
        contains(error_of([&] { s.starmap(starmap::fn<unload>, items).reduce(); }), text);
        contains(error_of([&] { s.map(starmap::fn<unload>, items).reduce(); }), text);
        contains(error_of([&] { s.apply(starmap::fn<unload_all>, items).collect(); }), text);
        contains(error_of([&] {
                     s.apply(starmap::fn<unload_all>, items, {.concurrent_tasks = 4}).reduce();
                 }),
                 text);

        auto map = s.map(starmap::fn<unload>, items,
                         {.concurrent_tasks = 4, .on_failure = OnFailure::collect});
        CHECK(map.reduce() == 190 - (10 + 11 + 12 + 13 + 14));
        CHECK(map.failures().size() == 1);
    }
}

TEST_CASE("of tiny tasks that travel together only the one that refuses to is lost")
{
    auto& s = session();
    for (auto const refuses : {Refuses::packing, Refuses::unpacking}) {
        auto const text = text_of(refuses);
        CAPTURE(text);
        auto const items = cargoes(refuses);
        auto star = s.starmap(starmap::fn<unload>, items, {.on_failure = OnFailure::collect});
        CHECK(star.reduce() == 190 - 13);
        REQUIRE(star.failures().size() == 1);
        CHECK(star.failures().front().task_no == 14);
        contains(star.failures().front().what(), text);

        auto apply = s.apply(starmap::fn<unload_all>, items,
                             {.concurrent_tasks = 4, .on_failure = OnFailure::collect});
        CHECK(apply.reduce() == 190 - (10 + 11 + 12 + 13 + 14));
        CHECK(apply.failures().size() == 1);
    }
}

TEST_CASE("a shared argument, or the callable's state, that refuses to travel")
{
    auto& s = session();
    auto const items = numbers(30);
    for (auto const refuses : {Refuses::packing, Refuses::unpacking}) {
        auto const text = text_of(refuses);
        auto const shared = starmap::shared(Cargo{1, refuses});
        contains(error_of([&] { s.map(starmap::fn<unload_with>, items, shared).reduce(); }), text);
        contains(error_of([&] { s.starmap(CargoCount{{1, refuses}}, items).reduce(); }), text);
        contains(error_of([&] { s.map(CargoCount{{1, refuses}}, items).collect(); }), text);

        auto star = s.starmap(CargoCount{{1, refuses}}, items, {.on_failure = OnFailure::collect});
        CHECK(star.reduce() == 0);
        CHECK(star.failures().size() == 30);
        for (auto const& failure : star.failures()) contains(failure.what(), text);
        auto map = s.map(starmap::fn<unload_with>, items, shared,
                         {.concurrent_tasks = 3, .on_failure = OnFailure::collect});
        CHECK(map.collect().empty());
        CHECK(map.failures().size() == 3);
    }
}

TEST_CASE("a result that refuses to travel")
{
    auto& s = session();
    auto const items = numbers(20);
    for (auto const refuses : {Refuses::packing, Refuses::unpacking}) {
        auto const text = text_of(refuses);
        auto const f = [&](auto const& use) {
            return refuses == Refuses::packing ? use(starmap::fn<load_unpackable>)
                                               : use(starmap::fn<load_not_unpackable>);
        };
        f([&](auto task) {
            contains(error_of([&] { s.starmap(task, items).reduce(); }), text);
            contains(error_of([&] { s.starmap(task, items).collect(); }), text);
            contains(error_of([&] { s.map(task, items).collect(); }), text);
            contains(error_of([&] {
                         for (auto const& cargo : s.starmap(task, items)) CHECK(cargo.number != 13);
                     }),
                     text);
            auto star = s.starmap(task, items, {.on_failure = OnFailure::collect});
            int sum = 0;
            for (auto const& cargo : star) sum += cargo.number;
            CHECK(sum == 190 - 13);
            REQUIRE(star.failures().size() == 1);
            CHECK(star.failures().front().task_no == 14);
            CHECK(star.failures().front().first_item == 13);
            CHECK(s.starmap(task, items).wait() == 20); // no result travels
        });
    }
    contains(error_of([&] {
                 s.apply(starmap::fn<load_all_unpackable>, items, {.concurrent_tasks = 4}).reduce();
             }),
             "no packing");
}

TEST_CASE("an operation that throws, on the workers or on rank 0")
{
    auto& s = session();
    auto const items = numbers(100);
    auto const same = [](int i) { return i; };
    auto const bad = [](int a, int b) -> int {
        if (b == 57) throw std::range_error("cannot combine");
        return a + b;
    };
    int calls = 0;
    auto const bad_here = [&calls](int a, int b) -> int {
        if (++calls == 30) throw std::range_error("cannot combine");
        return a + b;
    };
    auto const text = "cannot combine";
    contains(error_of([&] { s.map(same, items).reduce(bad); }), text);
    for (auto const on_failure : {OnFailure::raise, OnFailure::collect}) {
        contains(error_of([&] { s.starmap(same, items, {.on_failure = on_failure}).reduce(bad); }),
                 text);
        calls = 0;
        contains(error_of([&] { s.map(same, items, {.on_failure = on_failure}).reduce(bad_here); }),
                 text);
        calls = 0;
        contains(error_of([&] {
                     s.starmap(same, items,
                               {.order = starmap::Order::arrival, .on_failure = on_failure})
                         .reduce(bad_here);
                 }),
                 text);
    }
}
