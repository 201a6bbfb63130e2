#pragma once

#include <algorithm>
#include <bit>
#include <chrono>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <iterator>
#include <set>
#include <span>
#include <stdexcept>
#include <string>
#include <thread>
#include <type_traits>
#include <vector>

/// A reduction whose bits show any other order, and tasks that do all they can to come in another.
namespace skewed {

/// Neither commutative nor associative, and it rounds. Not linear either: else the right part of a
/// left part would count like the left part of a right one.
struct Op {
    double operator()(double left, double right) const { return 0.5 * (left + std::sqrt(right)); }
};

/// Between 1 and 2, with all 52 bits random: SplitMix64.
inline double value(std::uint64_t i)
{
    i += 0x9e3779b97f4a7c15;
    i = (i ^ (i >> 30)) * 0xbf58476d1ce4e5b9;
    i = (i ^ (i >> 27)) * 0x94d049bb133111eb;
    return 1 + static_cast<double>((i ^ (i >> 31)) >> 12) * 0x1p-52;
}
inline double weight(std::uint64_t i) { return static_cast<double>((i & 0xffffffff) * 7919 % 23); }
inline std::string word(std::uint64_t i) { return std::to_string(i) + ' '; }

/// An item of one Starmap of many: its value and weight are those of `i`.
inline std::uint64_t item(std::uint64_t starmap, std::uint64_t i) { return starmap << 32 | i; }

/// The first attempt of some items fails, in each process anew; some others take a while.
inline double shaky(std::uint64_t item)
{
    static std::set<std::uint64_t> tried;
    auto const i = item & 0xffffffff;
    if (i % 211 == 17 && tried.insert(item).second) throw std::runtime_error("not at first");
    if (i % 97 == 0) std::this_thread::sleep_for(std::chrono::microseconds(i * 31 % 700));
    return value(i);
}
inline std::string shaky_word(std::uint64_t item)
{
    shaky(item);
    return word(item & 0xffffffff);
}

/// The tree of the guide, written anew: the left half is the largest power of two below n.
template <class T, class Combine>
T tree(std::span<T const> values, Combine op)
{
    if (values.size() == 1) return values.front();
    auto const half = std::bit_floor(values.size() - 1);
    return op(tree(values.first(half), op), tree(values.subspan(half), op));
}

/// 0 to n - 1, the heaviest first in each window.
inline std::vector<std::uint64_t> canonical(std::uint64_t n, std::size_t window)
{
    std::vector<std::uint64_t> order(n);
    for (std::uint64_t i = 0; i < n; ++i) order[i] = i;
    for (std::size_t at = 0; at < n; at += window)
        std::stable_sort(order.begin() + static_cast<std::ptrdiff_t>(at),
                         order.begin() + static_cast<std::ptrdiff_t>(std::min(n, at + window)),
                         [](auto a, auto b) { return weight(a) > weight(b); });
    return order;
}
template <class F>
auto results_of(F f, std::vector<std::uint64_t> const& items)
{
    std::vector<std::invoke_result_t<F, std::uint64_t>> results;
    for (auto const i : items) results.push_back(f(i));
    return results;
}

/// Items 0 to n - 1 of a Starmap, one by one: an input of unknown length.
struct Stream {
    struct Iterator {
        using value_type = std::uint64_t;
        using difference_type = std::ptrdiff_t;
        using iterator_concept = std::input_iterator_tag;
        std::uint64_t starmap = 0;
        std::uint64_t n = 0;
        std::uint64_t i = 0;
        std::uint64_t operator*() const { return item(starmap, i); }
        Iterator& operator++()
        {
            ++i;
            return *this;
        }
        void operator++(int) { ++i; }
        bool operator==(std::default_sentinel_t) const { return i == n; }
    };
    std::uint64_t starmap;
    std::uint64_t n;
    Iterator begin() const { return {starmap, n}; }
    std::default_sentinel_t end() const { return {}; }
};
inline std::vector<std::uint64_t> list(std::uint64_t starmap, std::uint64_t n)
{
    std::vector<std::uint64_t> items;
    for (std::uint64_t i = 0; i < n; ++i) items.push_back(item(starmap, i));
    return items;
}

/// Runs Starmaps of n tasks in all ways, and calls `same(found, expected)` for each.
template <class Session, class Same>
void check_all_ways(Session& session, std::uint64_t n, Same same)
{
    static std::uint64_t starmap = 0;    // what failed at first in one must do so in the next
    constexpr std::size_t window = 4096; // of the library, for streams
    auto const f = [](std::uint64_t item) { return shaky(item); };
    auto const words = [](std::uint64_t item) { return shaky_word(item); };
    auto const in_order = canonical(n, 1);
    auto const by_weight = canonical(n, n);
    auto const by_windows = canonical(n, window);
    auto const sum = [](std::vector<std::uint64_t> const& order) {
        auto const values = results_of(value, order);
        return tree(std::span<double const>(values), Op());
    };
    auto const text = [](std::vector<std::uint64_t> const& order) {
        std::string all;
        for (auto const i : order) all += word(i);
        return all;
    };
    constexpr unsigned retries = 8; // no process lets the same item fail twice
    auto const items = [&] { return list(++starmap, n); };
    auto const stream = [&] { return Stream{++starmap, n}; };
    double nothing = 0;
    auto const on_rank_0 = [&nothing](double a, double b) { return Op()(a, b) + nothing; };

    same(session.map(f, items(), {.retries = retries}).reduce(Op()), sum(in_order));
    same(session.map(f, items(), {.concurrent_tasks = 11, .retries = retries}).reduce(Op()),
         sum(in_order));
    same(session.map(f, items(), {.weight = weight, .retries = retries}).reduce(Op()),
         sum(by_weight));
    same(session.map(f, items(), {.weight = weight, .max_weight = 300.0, .retries = retries})
             .reduce(on_rank_0),
         sum(by_weight));
    same(session.map(f, stream(), {.retries = retries}).reduce(Op()), sum(in_order));
    same(session.map(f, stream(), {.weight = weight, .retries = retries}).reduce(Op()),
         sum(by_windows));
    same(session.starmap(f, stream(), {.weight = weight, .retries = retries}).reduce(Op()),
         sum(by_windows));
    same(session.map(words, stream(), {.weight = weight, .retries = retries}).reduce(),
         text(by_windows));
    same(session.starmap(words, items(), {.weight = weight, .retries = retries}).reduce(),
         text(by_weight));
}

} // namespace skewed
