// Odd values, and large ones, as items, as shared arguments and as results.
#include "support/session.hpp"

#include <doctest/doctest.h>

#include <sys/resource.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <complex>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <list>
#include <map>
#include <memory>
#include <numeric>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <tuple>
#include <unordered_map>
#include <utility>
#include <variant>
#include <vector>

namespace values_test {

struct Empty {
    bool operator==(Empty const&) const = default;
};
struct Leaf {
    double x = 0;
    std::array<int, 2> at{};
    bool operator==(Leaf const&) const = default;
};
/// A user's type in a user's type, itself among them, each with its serialize().
struct Tree {
    std::string name;
    std::optional<Leaf> leaf;
    std::map<std::string, std::vector<Tree>> branches;
    bool operator==(Tree const& other) const
    {
        return name == other.name && leaf == other.leaf && branches == other.branches;
    }
    template <class Archive>
    void serialize(Archive& archive, unsigned)
    {
        archive& name& leaf& branches;
    }
};

/// What a serialize() may do wrong.
enum class Mistake : int { none, reads_less, reads_more, throws_a_number };
struct Uneven {
    long number = 0;
    Mistake mistake = Mistake::none;

    Uneven& operator+=(Uneven const& other)
    {
        number += other.number;
        mistake = std::max(mistake, other.mistake);
        return *this;
    }
    template <class Archive>
    void serialize(Archive& archive, unsigned)
    {
        constexpr bool loading = Archive::is_loading::value;
        archive& number& mistake;
        if (mistake == (loading ? Mistake::reads_more : Mistake::reads_less)) archive& number;
        if (mistake == Mistake::throws_a_number && loading) throw 7;
    }
};
long number_of(Uneven const& uneven) { return uneven.number; }
long add(int i, Uneven const& uneven) { return i + uneven.number; }
Uneven make_uneven(int i, Mistake const& mistake) { return {i, i == 13 ? mistake : Mistake{}}; }

using Variant = std::variant<std::monostate, int, std::string, std::vector<bool>>;
using Containers =
    std::tuple<std::deque<int>, std::list<std::string>, std::set<int>,
               std::map<std::string, std::vector<int>>, std::unordered_map<int, std::string>,
               std::pair<int, std::string>, std::array<int, 0>, std::vector<std::vector<bool>>>;

template <class T>
bool same(T const& a, T const& b)
{
    return a == b;
}
bool same(std::shared_ptr<Tree> const& a, std::shared_ptr<Tree> const& b)
{
    return a ? b && *a == *b : !b;
}
bool same(std::unique_ptr<Tree> const& a, std::unique_ptr<Tree> const& b)
{
    return a ? b && *a == *b : !b;
}

/// Gives back the item if its number is odd, else the shared argument.
template <class T>
T item_or_shared(T const& item, T const& shared, starmap::Monitor& monitor)
{
    return monitor.task_no() % 2 == 1 ? item : shared;
}
std::unique_ptr<Tree> item_or_shared_tree(std::unique_ptr<Tree> const& item,
                                          std::unique_ptr<Tree> const& shared,
                                          starmap::Monitor& monitor)
{
    auto const& chosen = monitor.task_no() % 2 == 1 ? item : shared;
    return chosen ? std::make_unique<Tree>(*chosen) : nullptr;
}

/// Sends each value as an item, `last` as the shared argument too, and takes all back as results.
template <class T, class Task>
void check(Task task, std::vector<T> const& items, T last)
{
    auto const results = session().map(task, items, starmap::shared(std::move(last))).collect();
    REQUIRE(results.size() == items.size());
    for (std::size_t i = 0; i < items.size(); ++i) {
        T const& result = results[i];
        T const& expected = i % 2 == 0 ? items[i] : items.back();
        CHECK(same(result, expected));
    }
}
template <class T>
void check(std::vector<T> const& items)
{
    check<T>(starmap::fn<item_or_shared<T>>, items, items.back());
}
template <>
void check(std::vector<std::unique_ptr<Tree>> const& items)
{
    check<std::unique_ptr<Tree>>(starmap::fn<item_or_shared_tree>, items,
                                 items.back() ? std::make_unique<Tree>(*items.back()) : nullptr);
}

} // namespace values_test

using namespace values_test;

TEST_CASE("values of every kind are the same as items, as shared arguments and as results")
{
    using namespace std::chrono;
    check<bool>({true, false, true, true, false});
    check<std::string>({"", std::string("a\0b", 3), std::string(70'000, 'x'), "", "end"});
    check<std::vector<bool>>({{}, {true}, {false, true}, std::vector<bool>(99, true), {false}});
    check<Empty>(std::vector<Empty>(5));
    check<std::monostate>(std::vector<std::monostate>(5));
    check<std::array<std::string, 2>>({{"a", ""}, {"", "b"}, {"c", "d"}, {"", ""}, {"e", "f"}});
    check<std::optional<std::string>>({"a", {}, "", {}, "b"});
    check<Variant>({Variant(), Variant(5), Variant("text"), Variant(std::vector{true}), Variant()});
    check<std::tuple<nanoseconds, system_clock::time_point, std::complex<double>>>(
        {{1ns, system_clock::time_point(7us), {1, -1}}, {-1ns, {}, 2}, {3h, {}, 0}, {}, {}});
}

TEST_CASE("containers and nested types, all at once")
{
    Containers const full{{1, 2},     {"a", ""},  {3, 1}, {{"k", {1, 2}}, {"", {}}},
                          {{7, "x"}}, {1, "one"}, {},     {{true}, {}, {false, true}}};
    check<Containers>({full, {}, full, {}, full});
    Tree const leaf{"leaf", Leaf{0.5, {1, 2}}, {}};
    Tree const tree{"tree", {}, {{"left", {leaf, {}}}, {"", {}}, {"right", {leaf}}}};
    check<Tree>({leaf, tree, {}, tree, {"root", Leaf{}, {{"only", {tree, leaf}}}}});
}

TEST_CASE("owning pointers")
{
    auto const tree = std::make_shared<Tree>(Tree{"t", {}, {}});
    check<std::shared_ptr<Tree>>({tree, nullptr, tree, nullptr, tree});
    std::vector<std::unique_ptr<Tree>> owned(5);
    owned[0] = std::make_unique<Tree>(Tree{"first", Leaf{1, {}}, {}});
    owned[4] = std::make_unique<Tree>(Tree{"last", {}, {}});
    check(owned);
}

TEST_CASE("results that are bools are combined, folded and iterated like others")
{
    auto const odd = [](int i) { return i % 2 == 1; };
    auto const all = [](bool a, bool b) { return a && b; };
    auto const count = [](int n, bool b) { return n + (b ? 1 : 0); };
    std::vector<int> const items{1, 3, 5, 6, 7};
    CHECK_FALSE(session().map(odd, items).reduce(all));
    CHECK_FALSE(session().starmap(odd, items, {.order = starmap::Order::arrival}).reduce(all));
    CHECK(session().map(odd, items).reduce(count, 0) == 4);
    int n = 0;
    for (bool const b : session().starmap(odd, items)) n = count(n, b);
    CHECK(n == 4);
}

TEST_CASE("a serialize() that is not the same both ways is an error of that task")
{
    auto& s = session();
    constexpr auto collect = starmap::OnFailure::collect;
    std::vector<int> numbers(20);
    std::iota(numbers.begin(), numbers.end(), 0);
    for (auto const mistake :
         {Mistake::reads_less, Mistake::reads_more, Mistake::throws_a_number}) {
        CAPTURE(static_cast<int>(mistake));
        std::vector<Uneven> items;
        std::vector<std::tuple<int, Mistake>> orders;
        for (int const i : numbers) {
            items.push_back(make_uneven(i, mistake));
            orders.emplace_back(i, mistake);
        }
        auto const unpacked = starmap::fn<number_of>;
        CHECK_THROWS_AS(s.starmap(unpacked, items).reduce(), starmap::TaskError);
        CHECK_THROWS_AS(s.map(unpacked, items).reduce(), starmap::TaskError);
        CHECK_THROWS_AS(s.map(starmap::fn<add>, numbers, starmap::shared(items[13])).reduce(),
                        starmap::TaskError);
        auto const made = starmap::fn<make_uneven>;
        CHECK_THROWS_AS(s.starmap(made, orders).collect(), starmap::TaskError);
        CHECK_THROWS_AS(s.map(made, numbers, starmap::shared(mistake)).collect(),
                        starmap::TaskError);
        CHECK_THROWS_AS(s.map(made, numbers, starmap::shared(mistake)).reduce(),
                        starmap::TaskError);
        auto sent = s.starmap(unpacked, items, {.on_failure = collect});
        CHECK(sent.reduce() == 190 - 13);
        REQUIRE(sent.failures().size() == 1);
        CHECK(sent.failures().front().task_no == 14);
        auto brought = s.starmap(made, orders, {.on_failure = collect});
        CHECK(brought.reduce().number == 190 - 13);
        REQUIRE(brought.failures().size() == 1);
        CHECK(brought.failures().front().task_no == 14);
    }
}

namespace {

constexpr std::size_t large = std::size_t{3} << 27; // 8-byte numbers: 3 GiB
constexpr std::size_t step = 1 << 20;

struct Digest {
    std::size_t size = 0;
    std::uint64_t sum = 0; ///< of each number in `step`, and the last
    int rank = -1;
    long peak_kib = 0; ///< of resident memory
};

std::vector<std::uint64_t> make_numbers(std::size_t n)
{
    std::vector<std::uint64_t> numbers(n);
    for (std::size_t i = 0; i < n; ++i) numbers[i] = i * 0x9e3779b97f4a7c15;
    return numbers;
}
std::vector<std::uint64_t> make_some(std::size_t n) { return make_numbers(n); }
Digest digest(std::span<std::uint64_t const> numbers, int rank)
{
    rusage usage{};
    getrusage(RUSAGE_SELF, &usage);
    Digest result{numbers.size(), 0, rank, usage.ru_maxrss};
    for (std::size_t i = 0; i < numbers.size(); i += step) result.sum += numbers[i];
    result.sum += numbers.back();
    return result;
}
Digest digest_of(std::vector<std::uint64_t> const& numbers, starmap::Monitor& monitor)
{
    return digest(numbers, monitor.rank());
}
void check_digest(Digest const& found, std::size_t n)
{
    std::uint64_t sum = (n - 1) * 0x9e3779b97f4a7c15;
    for (std::size_t i = 0; i < n; i += step) sum += i * 0x9e3779b97f4a7c15;
    CHECK(found.size == n);
    CHECK(found.sum == sum);
    MESSAGE("rank " << found.rank << ": peak " << found.peak_kib / 1024 << " MiB");
}

} // namespace

// Not run unless asked for (scripts/test --large): they need 10 GiB of memory and half a minute.
// The small one beside the large one is there because a single task would not leave rank 0.
TEST_CASE("a result of 3 GiB" * doctest::skip())
{
    for (auto const& numbers :
         session().starmap(starmap::fn<make_some>, std::vector{std::size_t{1}, large}))
        check_digest(digest(numbers, 0), numbers.size() == 1 ? 1 : large);
    std::vector<std::vector<std::uint64_t>> const small{{0}, {0}};
    for (auto const& each : session().starmap(starmap::fn<digest_of>, small).collect())
        check_digest(each, 1);
}

TEST_CASE("an argument of 3 GiB" * doctest::skip())
{
    std::vector<std::vector<std::uint64_t>> items(2);
    items[0] = make_numbers(1);
    items[1] = make_numbers(large);
    auto const digests = session().starmap(starmap::fn<digest_of>, std::move(items)).collect();
    REQUIRE(digests.size() == 2);
    check_digest(digests[0], 1);
    check_digest(digests[1], large);
    CHECK(digests[1].rank > 0);
    check_digest(digest(make_numbers(1), 0), 1);
}
