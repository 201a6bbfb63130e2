#include "unit/wire/round_trip.hpp"

#include <doctest/doctest.h>

#include <array>
#include <chrono>
#include <complex>
#include <cstdint>
#include <deque>
#include <limits>
#include <list>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <tuple>
#include <unordered_map>
#include <unordered_set>
#include <utility>
#include <valarray>
#include <variant>
#include <vector>

namespace {

enum class Colour : std::uint8_t { red, green };
enum Plain { plain_a, plain_b = 70'000 };

/// Boost follows pointers to classes that have a serialize(), and to no others.
struct Node {
    std::string text;
    template <class Archive>
    void serialize(Archive& archive, unsigned)
    {
        archive& text;
    }
};

template <class T>
void same(T const& value)
{
    CHECK(round_trip(value) == value);
    CHECK(round_trip(value, value) == value);
    // Inside others too, where a Boost archive is at work.
    CHECK(round_trip(std::list<T>{value, value}) == std::list<T>{value, value});
    CHECK(round_trip(std::tuple<T, std::list<int>>(value, {1})) ==
          std::tuple<T, std::list<int>>(value, {1}));
}

} // namespace

TEST_CASE("an unordered container may have many more buckets than elements")
{
    std::unordered_map<int, std::string> sparse;
    sparse.reserve(200000);
    sparse[1] = "one";
    CHECK(round_trip(sparse) == sparse);
}

TEST_CASE("numbers and enums")
{
    same(true);
    same('c');
    same(std::int8_t{-3});
    same(std::numeric_limits<std::int64_t>::min());
    same(std::numeric_limits<std::uint64_t>::max());
    same(1.5F);
    same(-0.1);
    same(1.25L);
    same(L'w');
    same(Colour::green);
    same(plain_b);
    CHECK(std::signbit(round_trip(-0.0)));
}

TEST_CASE("texts")
{
    same(std::string());
    same(std::string("a\0b", 3));
    same(std::string(100'000, 'x'));
    same(std::wstring(L"gr\u00fc\u00df"));
    same(std::wstring());
}

TEST_CASE("sequences")
{
    same(std::vector<int>{});
    same(std::vector<double>{1, 2.5});
    same(std::vector<bool>{true, false, true});
    same(std::vector<bool>(77, true));
    same(std::vector<std::string>{"a", "", "c"});
    same(std::vector<std::vector<int>>{{1}, {}, {2, 3}});
    same(std::vector<std::vector<bool>>{{true}, {}});
    same(std::deque<int>{1, 2});
    same(std::list<std::string>{"x"});
    same(std::array<int, 3>{1, 2, 3});
    same(std::array<std::string, 2>{"p", "q"});
    same(std::array<int, 0>{});
    same(std::vector<std::array<double, 2>>{{1, 2}, {3, 4}});
    auto const numbers = std::valarray<double>{1, 2, 3};
    auto const back = round_trip(numbers);
    REQUIRE(back.size() == 3);
    CHECK((back == numbers).min());
    CHECK(round_trip(std::valarray<int>()).size() == 0);
}

TEST_CASE("maps and sets")
{
    same(std::map<std::string, int>{{"a", 1}, {"b", 2}});
    same(std::map<int, std::map<int, std::string>>{{1, {{2, "x"}}}, {3, {}}});
    same(std::multimap<int, int>{{1, 2}, {1, 3}});
    same(std::unordered_map<std::string, double>{{"pi", 3.14}, {"e", 2.72}});
    same(std::set<int>{3, 1});
    same(std::multiset<int>{1, 1});
    same(std::unordered_set<std::string>{"a", "b"});
}

TEST_CASE("pairs, tuples, optionals, variants")
{
    same(std::pair<int, std::string>{1, "one"});
    same(std::tuple<>());
    same(std::tuple<int, std::string, std::vector<double>>{1, "a", {0.5}});
    same(std::tuple<std::tuple<int>, std::pair<char, char>>{{1}, {'a', 'b'}});
    same(std::optional<int>());
    same(std::optional<int>(7));
    same(std::optional<std::vector<std::string>>({"a"}));
    same(std::optional<std::optional<int>>(std::optional<int>()));
    using Variant = std::variant<std::monostate, int, std::string, std::vector<bool>>;
    same(Variant());
    same(Variant(5));
    same(Variant("text"));
    same(Variant(std::vector<bool>{true}));
    CHECK(round_trip(Variant(5), Variant("old")) == Variant(5));
    CHECK(round_trip(std::optional<int>(), std::optional<int>(3)) == std::nullopt);
}

TEST_CASE("times and complex numbers")
{
    using namespace std::chrono;
    same(milliseconds(5));
    same(duration<double>(0.25));
    same(sys_days(2026y / March / 1));
    same(system_clock::time_point(system_clock::duration(12345)));
    same(std::complex<double>(1, -2));
    same(std::vector<std::complex<float>>{{1, 2}, {3, 4}});
}

TEST_CASE("owning pointers: null, alone, and shared within one value")
{
    CHECK_FALSE(round_trip(std::shared_ptr<Node>(), std::make_shared<Node>()));
    CHECK(round_trip(std::make_shared<Node>(Node{"x"}))->text == "x");
    auto const one = std::make_shared<Node>(Node{"shared"});
    auto const both = round_trip(std::vector{one, one, std::make_shared<Node>(Node{"own"})});
    REQUIRE(both.size() == 3);
    CHECK(both[0] == both[1]);
    CHECK(both[0] != both[2]);
    CHECK(both[1]->text == "shared");

    starmap::detail::Bytes bytes;
    std::vector<std::unique_ptr<Node>> owners;
    owners.push_back(std::make_unique<Node>(Node{"four"}));
    owners.push_back(nullptr);
    starmap::detail::encode(bytes, owners);
    starmap::detail::ByteReader reader(bytes.view());
    std::vector<std::unique_ptr<Node>> back;
    starmap::detail::decode(reader, back);
    REQUIRE(back.size() == 2);
    CHECK(back[0]->text == "four");
    CHECK_FALSE(back[1]);
}
