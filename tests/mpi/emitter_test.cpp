#include "support/numbers.hpp"
#include "support/session.hpp"

#include <starmap/starmap.hpp>

#include <doctest/doctest.h>

#include <cstdint>
#include <set>
#include <span>
#include <stdexcept>
#include <string>
#include <tuple>
#include <vector>

using starmap::Emitter;
using starmap::fn;
using starmap::Monitor;
using starmap::OnFailure;
using starmap::test::numbers;

namespace {

std::string word(int i) { return std::to_string(i) + ','; }

/// i times its own word.
void repeat(int i, Emitter<std::string>& emitter)
{
    for (int n = 0; n < i % 4; ++n) emitter.emit(word(i));
}
void repeat_shared(int i, std::string const& mark, Monitor& monitor, Emitter<std::string>& emitter)
{
    for (int n = 0; n < i % 4; ++n) emitter(word(i) + mark);
    if (monitor.task_no() == 0) throw std::logic_error("tasks are numbered from 1");
}
void words_of(std::span<int const> items, Emitter<std::string>& emitter)
{
    for (int const i : items) repeat(i, emitter);
}
std::string expected_words(int count, std::string const& mark = "")
{
    std::string result;
    for (int i = 0; i < count; ++i)
        for (int n = 0; n < i % 4; ++n) result += word(i) + mark;
    return result;
}
std::string all(std::vector<std::string> const& words)
{
    std::string result;
    for (auto const& each : words) result += each;
    return result;
}

/// A binary tree of words: the children of i are 2 i + 1 and 2 i + 2.
void descend(int i, int limit, Emitter<std::string>& emitter)
{
    emitter.emit(word(i));
    for (int const child : {2 * i + 1, 2 * i + 2})
        if (child < limit) emitter.submit(child, limit);
}
std::string preorder(int i, int limit)
{
    if (i >= limit) return {};
    return word(i) + preorder(2 * i + 1, limit) + preorder(2 * i + 2, limit);
}

/// Sums 1 / n over an uneven tree; floating-point, so that the order shows in the bits.
double own_part(std::uint64_t n) { return 1.0 / static_cast<double>(3 * n + 1); }
void spread(std::uint64_t n, Emitter<double>& emitter)
{
    emitter.emit(own_part(n));
    if (n <= 10) return;
    emitter.submit(n - 7);
    emitter.submit(n / 3);
}
double along_the_tree(std::uint64_t n)
{
    if (n <= 10) return own_part(n);
    return (own_part(n) + along_the_tree(n - 7)) + along_the_tree(n / 3);
}
double in_order_of_the_tree(std::uint64_t n, double sum)
{
    sum += own_part(n);
    if (n <= 10) return sum;
    return in_order_of_the_tree(n / 3, in_order_of_the_tree(n - 7, sum));
}

void fails_after_emitting(int i, Emitter<int>& emitter)
{
    emitter.emit(i);
    if (i < 100) emitter.submit(1000 + i);
    if (i % 3 == 0) throw std::runtime_error("three");
    emitter.emit(-i);
}

void wrong_submit(int kind, Emitter<int>& emitter)
{
    switch (kind) {
    case 0: emitter.submit(std::string("text")); break;
    case 1: emitter.submit(1, 2); break;
    case 2: emitter.submit(2.5); break;
    case 3: emitter.submit(1e10); break;
    case 4: emitter.submit(std::uint64_t{1} << 40); break;
    case 10: emitter.submit(11L); break;
    case 11: emitter.submit(static_cast<short>(12)); break;
    case 12: emitter.submit(13.0); break;
    default: emitter.emit(kind);
    }
}
void mixed(std::string const& text, double x, unsigned char n, Emitter<std::string>& emitter)
{
    emitter.emit(text + '/' + std::to_string(static_cast<int>(x)) + '/' + std::to_string(n));
    if (n == 0) emitter.submit("array", 2, 3L);
    if (n == 3) emitter.submit(std::string("string"), 4.0F, 5ULL);
}
void submit_in_apply(std::span<int const>, Emitter<int>& emitter) { emitter.submit(1); }
void only_submit(int i, Emitter<void>& emitter)
{
    if (i > 0) emitter.submit(i - 1);
    if (i > 1) emitter.submit(i - 2);
}

} // namespace

TEST_CASE("what tasks emit is reduced, folded, collected and iterated over in its order")
{
    auto& session = ::session();
    auto const items = numbers(101);
    auto const expected = expected_words(101);
    auto const append = [](std::string a, std::string const& b) { return std::move(a) + b; };
    std::string tail; // an operation with a state stays on rank 0
    auto const with_state = [&tail](std::string a, std::string const& b) { return a + b + tail; };
    for (bool const one_by_one : {false, true}) {
        auto const tasks = [&](starmap::Options<int> options = {}) {
            return one_by_one ? session.starmap(fn<repeat>, items, std::move(options))
                              : session.map(fn<repeat>, items, std::move(options));
        };
        CHECK(tasks().reduce() == expected);
        CHECK(tasks().reduce(append) == expected);
        CHECK(tasks().reduce(with_state) == expected);
        CHECK(tasks().reduce(append, std::string()) == expected);
        CHECK(all(tasks().collect()) == expected);
        CHECK(tasks().wait() == items.size());
        std::string iterated;
        for (auto const& each : tasks().results(starmap::Order::canonical)) iterated += each;
        CHECK(iterated == expected);
        std::multiset<std::string> arrived;
        for (auto const& each : tasks()) arrived.insert(each);
        auto const collected = tasks().collect();
        CHECK(arrived == std::multiset<std::string>(collected.begin(), collected.end()));
        CHECK(tasks({.order = starmap::Order::arrival}).reduce().size() == expected.size());
    }
    CHECK(session.map(fn<repeat_shared>, items, starmap::shared(std::string("!"))).reduce() ==
          expected_words(101, "!"));
    CHECK(session.map(fn<repeat>, std::vector<int>{4}).reduce().empty());
    CHECK(session.map(fn<repeat>, std::vector<int>{}).reduce().empty());
}

TEST_CASE("tasks of apply emit too")
{
    auto& session = ::session();
    auto const items = numbers(101);
    auto const expected = expected_words(101);
    CHECK(session.apply(fn<words_of>, items).reduce() == expected);
    CHECK(session.apply(fn<words_of>, items, {.concurrent_tasks = 7}).reduce() == expected);
    CHECK(all(session.apply(fn<words_of>, items, {.concurrent_tasks = 7}).collect()) == expected);
    CHECK(all(session.apply(fn<words_of>, items).collect()) == expected);
    std::string iterated;
    for (auto const& each : session.apply(fn<words_of>, items).results(starmap::Order::canonical))
        iterated += each;
    CHECK(iterated == expected);
}

TEST_CASE("a tree of tasks that submit tasks is reduced in the order of the tree")
{
    auto& session = ::session();
    for (int const limit : {1, 2, 3, 10, 300}) {
        auto const expected = preorder(0, limit);
        std::vector<std::tuple<int, int>> const root{{0, limit}};
        auto const append = [](std::string a, std::string const& b) { return std::move(a) + b; };
        CHECK(session.starmap(fn<descend>, root).reduce() == expected);
        CHECK(session.starmap(fn<descend>, root).reduce(append, std::string()) == expected);
        CHECK(all(session.starmap(fn<descend>, root).collect()) == expected);
        CHECK(session.starmap(fn<descend>, root).wait() == static_cast<std::uint64_t>(limit));
        auto tasks = session.starmap(fn<descend>);
        tasks.submit(0, limit);
        tasks.submit(limit - 1, limit);
        CHECK(tasks.reduce() == expected + preorder(limit - 1, limit));
    }
}

TEST_CASE("sums over growing work have the same bits on any number of ranks")
{
    auto& session = ::session();
    std::vector<std::uint64_t> const roots{200, 3, 150, 230};
    auto const part = along_the_tree;
    auto const expected = (part(200) + part(3)) + (part(150) + part(230));
    auto const by_weight = (part(230) + part(200)) + (part(150) + part(3));
    auto otherwise = 0.0;
    for (auto const root : roots) otherwise = in_order_of_the_tree(root, otherwise);
    CHECK(otherwise != expected);
    auto const weight = [](std::uint64_t n) { return static_cast<double>(n); };
    auto const add = [](double a, double b) { return a + b; };
    CHECK(session.map(fn<spread>, roots).reduce() == expected);
    CHECK(session.map(fn<spread>, roots).reduce(add) == expected);
    CHECK(session.map(fn<spread>, roots, {.concurrent_tasks = 2, .retries = 1}).reduce() ==
          expected);
    CHECK(session.starmap(fn<spread>, roots).reduce() == expected);
    CHECK(session.starmap(fn<spread>, roots, {.weight = weight}).reduce() == by_weight);
    CHECK(session.map(fn<spread>, roots, {.weight = weight}).reduce() == by_weight);
    CHECK(session.map(fn<spread>, roots, {.weight = weight, .max_weight = 180.0}).reduce() ==
          by_weight);
}

TEST_CASE("of an attempt that fails nothing is left, neither results nor submitted tasks")
{
    auto& session = ::session();
    auto const items = numbers(60);
    std::multiset<int> expected;
    for (int const i : items) {
        if (i % 3 == 0) continue;
        expected.insert({i, -i});
        if ((1000 + i) % 3 != 0) expected.insert({1000 + i, -1000 - i});
    }
    for (unsigned const retries : {0U, 2U}) {
        auto tasks = session.map(fn<fails_after_emitting>, items,
                                 {.on_failure = OnFailure::collect, .retries = retries});
        auto const results = tasks.collect();
        CHECK(std::multiset<int>(results.begin(), results.end()) == expected);
        CHECK(tasks.failures().size() == 20 + 20);
        auto again = session.starmap(fn<fails_after_emitting>, items,
                                     {.on_failure = OnFailure::collect, .retries = retries});
        CHECK(again.reduce() == 0);
        CHECK(again.failures().size() == 20 + 20);
    }
    CHECK_THROWS_AS(session.map(fn<fails_after_emitting>, items).reduce(), starmap::TaskError);
}

TEST_CASE("what is submitted must be what the tasks take")
{
    auto& session = ::session();
    for (int const kind : {0, 1, 2, 3, 4}) {
        CAPTURE(kind);
        CHECK_THROWS_WITH_AS(session.map(fn<wrong_submit>, std::vector<int>{kind, 99}).reduce(),
                             doctest::Contains("Emitter::submit"), starmap::TaskError);
    }
    CHECK(session.map(fn<wrong_submit>, std::vector<int>{10}).reduce() == 13);
    CHECK(session
              .starmap(fn<mixed>,
                       std::vector<std::tuple<std::string, double, unsigned char>>{
                           {"first", 1.0, static_cast<unsigned char>(0)}})
              .collect() == std::vector<std::string>{"first/1/0", "array/2/3", "string/4/5"});
    CHECK_THROWS_WITH_AS(
        session.apply(fn<submit_in_apply>, numbers(3), {.concurrent_tasks = 1}).reduce(),
        doctest::Contains("a task of apply"), starmap::TaskError);
}

TEST_CASE("tasks may do nothing but submit")
{
    // As many tasks as calls of the naive Fibonacci function.
    CHECK(::session().map(fn<only_submit>, std::vector<int>{12}).wait() == 609);
}

TEST_CASE("an iteration over growing work may be left, and the session goes on")
{
    auto& session = ::session();
    int taken = 0;
    for (auto const& each :
         session.starmap(fn<descend>, std::vector<std::tuple<int, int>>{{0, 100'000}})) {
        CHECK_FALSE(each.empty());
        if (++taken == 20) break;
    }
    CHECK(session.map(fn<repeat>, numbers(9)).reduce() == expected_words(9));
}
