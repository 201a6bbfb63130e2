#include <starmap/detail/reduction_tree.hpp>
#include <starmap/detail/sink.hpp>

#include <doctest/doctest.h>

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstdint>
#include <optional>
#include <random>
#include <string>
#include <utility>
#include <vector>

using starmap::detail::for_each_node;
using starmap::detail::ReductionTree;
using starmap::detail::TreeNode;
using starmap::detail::TreeSink;
using starmap::detail::TreeStack;

namespace {

struct Join {
    std::string operator()(std::string&& a, std::string&& b) const { return a + b; }
};
struct Plus {
    double operator()(double a, double b) const { return a + b; }
};

std::vector<TreeNode> nodes(std::uint64_t first, std::uint64_t count)
{
    std::vector<TreeNode> result;
    for_each_node(first, count, [&](TreeNode node) { result.push_back(node); });
    return result;
}

/// A chunk as a worker combines it: the values of its nodes, and the positions that failed.
template <class R>
struct Chunk {
    std::uint64_t first = 0;
    std::uint64_t count = 0;
    std::vector<R> values;
    std::vector<std::uint64_t> failed;
};

/// What a worker makes of these positions; those in `holes` fail.
template <class R, class Op>
Chunk<R> run_chunk(std::uint64_t first, std::uint64_t count, std::vector<R> const& all,
                   std::vector<bool> const& holes, Op op)
{
    TreeStack<R> stack(first);
    Chunk<R> chunk{.first = first, .count = count, .values = {}, .failed = {}};
    for (auto p = first; p < first + count; ++p) {
        if (holes[p]) {
            stack.skip();
            chunk.failed.push_back(p);
        } else {
            stack.push(all[p], op);
        }
    }
    chunk.values = std::move(stack).values();
    return chunk;
}

/// What rank 0 does with it: each run between the holes is made of nodes.
template <class R, class Op>
void absorb(TreeSink<R, Op>& sink, Chunk<R> chunk)
{
    std::size_t next = 0;
    auto const run = [&](std::uint64_t first, std::uint64_t count) {
        for_each_node(first, count, [&](TreeNode node) {
            REQUIRE(next < chunk.values.size());
            sink.take(node.first, node.count(), 0, std::move(chunk.values[next++]), 1);
        });
    };
    auto at = chunk.first;
    for (auto const hole : chunk.failed) {
        run(at, hole - at);
        at = hole + 1;
    }
    run(at, chunk.first + chunk.count - at);
    REQUIRE(next == chunk.values.size());
}

/// Random chunks in random order; what fails is tried again, alone, or given up if in `lost`.
template <class R, class Op>
std::optional<R> reduce(std::vector<R> const& all, std::vector<bool> const& lost,
                        std::mt19937_64& random, Op op)
{
    TreeSink<R, Op> sink(op);
    std::vector<std::pair<std::uint64_t, std::uint64_t>> waiting;
    for (std::uint64_t at = 0; at < all.size();) {
        auto const count = std::min<std::uint64_t>(random() % 13 + 1, all.size() - at);
        waiting.emplace_back(at, count);
        at += count;
    }
    auto failing = lost;
    for (std::size_t i = 0; i < failing.size(); ++i)
        if (random() % 5 == 0) failing[i] = true;
    while (!waiting.empty()) {
        std::swap(waiting[random() % waiting.size()], waiting.back());
        auto const [first, count] = waiting.back();
        waiting.pop_back();
        auto chunk = run_chunk(first, count, all, failing, op);
        for (auto const p : chunk.failed) {
            if (!lost[p])
                waiting.emplace_back(p, 1);
            else if (random() % 2 == 0)
                sink.take(p, 1, 0, std::nullopt, 1);
            else
                waiting.emplace_back(p, 0); // told later
        }
        if (count == 0)
            sink.take(first, 1, 0, std::nullopt, 1);
        else
            absorb(sink, std::move(chunk));
        for (auto p = first; p < first + count; ++p) failing[p] = false;
    }
    return sink.finish();
}

} // namespace

TEST_CASE("a run of positions is made of the fewest aligned nodes, in order")
{
    for (std::uint64_t first = 0; first < 70; ++first)
        for (std::uint64_t count = 0; count < 70; ++count) {
            CAPTURE(first);
            CAPTURE(count);
            auto at = first;
            auto const all = nodes(first, count);
            for (auto const& node : all) {
                REQUIRE(node.first == at);
                REQUIRE(node.first % node.count() == 0);
                at += node.count();
            }
            REQUIRE(at == first + count);
            for (std::size_t i = 1; i < all.size(); ++i)
                REQUIRE_FALSE((all[i - 1].level == all[i].level && all[i - 1].is_left()));
            REQUIRE(all.size() <= static_cast<std::size_t>(2 * std::bit_width(count)));
        }
    CHECK(nodes(0, std::uint64_t{1} << 40).size() == 1);
    CHECK(nodes(1, std::uint64_t{1} << 40).size() == 41);
}

TEST_CASE("a stack holds the values of those nodes")
{
    Join op;
    for (std::uint64_t first = 0; first < 20; ++first)
        for (std::uint64_t count = 0; count < 40; ++count) {
            TreeStack<std::string> stack(first);
            std::vector<std::string> expected;
            for (auto p = first; p < first + count; ++p) stack.push(std::to_string(p) + ' ', op);
            for (auto const& node : nodes(first, count)) {
                expected.emplace_back();
                for (auto p = node.first; p < node.first + node.count(); ++p)
                    expected.back() += std::to_string(p) + ' ';
            }
            REQUIRE(std::move(stack).values() == expected);
        }
}

TEST_CASE("any chunks in any order, with retries and losses, give the plain concatenation")
{
    for (std::uint64_t seed = 1; seed <= 400; ++seed) {
        CAPTURE(seed);
        std::mt19937_64 random(seed);
        auto const count = random() % 70;
        std::vector<std::string> all;
        std::vector<bool> lost;
        std::string expected;
        for (std::uint64_t i = 0; i < count; ++i) {
            all.push_back(std::to_string(i) + ' ');
            lost.push_back(seed % 2 == 0 && random() % 4 == 0);
            if (!lost.back()) expected += all.back();
        }
        auto const joined = reduce(all, lost, random, Join{});
        CHECK(joined.value_or("") == expected);
        CHECK(joined.has_value() == !expected.empty());
    }
}

TEST_CASE("sums of floating numbers have the same bits for any chunks in any order")
{
    for (std::uint64_t set = 1; set <= 20; ++set) {
        CAPTURE(set);
        std::mt19937_64 values(set);
        std::vector<double> all(values() % 200 + 1);
        std::vector<bool> lost(all.size());
        for (std::size_t i = 0; i < all.size(); ++i) {
            all[i] =
                std::ldexp(static_cast<double>(values()), static_cast<int>(values() % 80) - 90);
            lost[i] = set % 2 == 0 && values() % 6 == 0;
        }
        std::mt19937_64 first(0);
        auto const expected = reduce(all, lost, first, Plus{});
        for (std::uint64_t seed = 1; seed <= 20; ++seed) {
            CAPTURE(seed);
            std::mt19937_64 random(seed);
            auto const sum = reduce(all, lost, random, Plus{});
            REQUIRE(sum.has_value() == expected.has_value());
            if (sum)
                REQUIRE(std::bit_cast<std::uint64_t>(*sum) ==
                        std::bit_cast<std::uint64_t>(*expected));
        }
    }
}

TEST_CASE("the tree keeps few values: one run of positions leaves O(log) of them")
{
    ReductionTree<double> tree;
    Plus op;
    for (std::uint64_t i = 0; i < 1000; ++i) {
        tree.add({i, 0}, 1.0, op);
        REQUIRE(tree.waiting() == static_cast<std::size_t>(std::popcount(i + 1)));
    }
    CHECK(tree.finish(op) == 1000);
    CHECK(tree.waiting() == 0);
    CHECK_FALSE(tree.finish(op));
}

TEST_CASE("a long run of missing positions costs no more than its nodes")
{
    TreeSink<std::string, Join> sink(Join{});
    sink.take((std::uint64_t{1} << 40) + 1, 1, 0, "z", 1);
    sink.take(1, std::uint64_t{1} << 40, 0, std::nullopt, 1);
    sink.take(0, 1, 0, "a", 1);
    CHECK(sink.finish() == "az");
}
