// Chunks, keys, weights, statistics, several Starmaps at once, shared arguments, large data.
#include "support/session.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <numeric>
#include <set>
#include <string>
#include <vector>

namespace {

struct Box {
    double cost = 0;
    char kind = 'a';
    double weight() const { return cost; }
};

std::vector<Box> boxes(int n)
{
    std::vector<Box> result;
    for (int i = 0; i < n; ++i)
        result.push_back({static_cast<double>(i * 37 % 11), static_cast<char>('a' + i % 3)});
    return result;
}

struct Cut {
    std::string kinds;
    double weight = 0;
    template <class Archive>
    void serialize(Archive& archive, unsigned)
    {
        archive& kinds& weight;
    }
};
Cut describe(std::span<Box const> items, starmap::Monitor& monitor)
{
    Cut cut;
    for (auto const& box : items) cut.kinds += box.kind;
    cut.weight = monitor.weight();
    return cut;
}

/// Counts how often it is unpacked in its process.
struct Table {
    std::vector<double> values;
    static inline int unpacked = 0;
    template <class Archive>
    void serialize(Archive& archive, unsigned)
    {
        archive& values;
        if constexpr (Archive::is_loading::value) ++unpacked;
    }
};

long slow_square(long x) { return x * x; }

} // namespace

TEST_CASE("apply cuts as the public splitters do")
{
    auto const items = boxes(50);
    auto const key = [](Box const& box) { return box.kind; };
    auto const compare = [](std::vector<Cut> const& cuts, auto const& blocks) {
        REQUIRE(cuts.size() == blocks.size());
        for (std::size_t i = 0; i < cuts.size(); ++i) {
            CHECK(cuts[i].kinds.size() == blocks[i].items.size());
            CHECK(cuts[i].weight == blocks[i].weight);
            CHECK(std::set<char>(cuts[i].kinds.begin(), cuts[i].kinds.end()).size() == 1);
        }
    };
    compare(session()
                .apply(starmap::fn<describe>, items,
                       {.weight = &Box::cost, .key = key, .concurrent_tasks = 9})
                .collect(),
            starmap::split_in_blocks(items, 9, &Box::cost, key));
    compare(session()
                .apply(starmap::fn<describe>, items,
                       {.weight = &Box::weight, .key = key, .max_weight = 20})
                .collect(),
            starmap::block_splitter(items, 20, &Box::cost, key));
    auto const guided =
        session().apply(starmap::fn<describe>, items, {.weight = &Box::cost, .key = &Box::kind});
    auto cuts = starmap::Starmap<Cut>(session().apply(starmap::fn<describe>, items,
                                                      {.weight = &Box::cost, .key = &Box::kind}))
                    .collect();
    std::size_t seen = 0;
    for (auto const& cut : cuts) {
        seen += cut.kinds.size();
        CHECK(std::set<char>(cut.kinds.begin(), cut.kinds.end()).size() == 1);
    }
    CHECK(seen == items.size());
    CHECK(guided.stats().tasks == 0); // lazy: this one was never asked for
}

TEST_CASE("a task knows its number, weight and place")
{
    auto const items = boxes(20);
    auto const numbers = session()
                             .map(
                                 [](Box const& box, starmap::Monitor& monitor) {
                                     return monitor.weight() == box.cost ? monitor.task_no() : 0;
                                 },
                                 items, {.weight = &Box::cost})
                             .collect();
    for (std::size_t i = 0; i < numbers.size(); ++i) CHECK(numbers[i] == i + 1);
}

TEST_CASE("shared arguments are unpacked once a worker")
{
    Table const table{std::vector<double>(1000, 0.5)};
    std::vector<int> const input(300, 1);
    auto tasks = session().starmap([](int) { return Table::unpacked; }, input);
    auto const before = tasks.collect();
    auto sharing = session().map([](int i, Table const& t) { return i * t.values[3]; }, input,
                                 starmap::shared(table));
    CHECK(sharing.reduce() == 150);
    auto const after = session().starmap([](int) { return Table::unpacked; }, input).collect();
    auto const most = [](auto const& all) { return *std::max_element(all.begin(), all.end()); };
    CHECK(most(after) <= most(before) + 1);
    auto const& sent = sharing.stats().sent;
    auto const shared = std::find_if(sent.begin(), sent.end(),
                                     [](auto const& each) { return each.argument == "shared1"; });
    REQUIRE(shared != sent.end());
    auto const workers = sharing.stats().workers.size();
    CHECK(shared->bytes >= 8000 * workers);
    CHECK(shared->bytes <= 9000 * std::max<std::size_t>(1, session().workers()));
}

TEST_CASE("statistics add up")
{
    std::vector<long> const input(500, 2);
    auto tasks = session().starmap(starmap::fn<slow_square>, input);
    CHECK(tasks.wait() == 500);
    auto const& stats = tasks.stats();
    CHECK(stats.tasks == 500);
    CHECK(stats.tasks_done == 500);
    REQUIRE(stats.sent.size() == 1);
    CHECK(stats.sent[0].argument == "arg1");
    CHECK(stats.sent[0].bytes == 500 * sizeof(long));
    CHECK(stats.received_total == 0); // wait() has no results sent
    std::uint64_t by_workers = 0;
    for (auto const& worker : stats.workers) by_workers += worker.tasks;
    CHECK(by_workers == 500);
    auto mapped = session().map(starmap::fn<slow_square>, input);
    mapped.reduce();
    CHECK(mapped.stats().tasks_done == 500);
    CHECK(mapped.stats().received_max > 0);
}

TEST_CASE("several Starmaps at once, consumed in any order, one from another's results")
{
    auto const input = [](long n) { return std::vector<long>(static_cast<std::size_t>(n), 1); };
    auto a = session().map(starmap::fn<slow_square>, input(10));
    auto b = session().starmap(starmap::fn<slow_square>, input(20));
    auto c = session().map(starmap::fn<slow_square>, input(15));
    auto b_results = b.results();
    auto b_at = b_results.begin();
    CHECK(c.reduce() == 15);
    CHECK(a.reduce() == 10);
    long rest = 0;
    for (; b_at != b_results.end(); ++b_at) rest += *b_at;
    CHECK(rest == 20);

    long nested = 0;
    for (auto const outer : session().starmap(starmap::fn<slow_square>, std::vector<long>{1, 2, 3}))
        for (auto const inner :
             session().map(starmap::fn<slow_square>, std::vector<long>{outer, outer}))
            nested += inner;
    CHECK(nested == 2 * (1 + 16 + 81));
    auto const first =
        session().map(starmap::fn<slow_square>, std::vector<long>{1, 2, 3}).collect();
    CHECK(session().map(starmap::fn<slow_square>, first).collect() == std::vector<long>{1, 16, 81});
}

TEST_CASE("large arguments and results")
{
    constexpr std::size_t doubles = 8'000'000; // 64 MB
    std::vector<std::vector<double>> const input(2, std::vector<double>(doubles, 1.5));
    auto const results = session()
                             .starmap(
                                 [](std::vector<double> values) {
                                     values[5] = static_cast<double>(values.size());
                                     return values;
                                 },
                                 input)
                             .collect();
    REQUIRE(results.size() == 2);
    for (auto const& result : results) {
        REQUIRE(result.size() == doubles);
        CHECK(result[5] == doubles);
        CHECK(result.back() == 1.5);
    }
}

TEST_CASE("timers, log lines and private names do no harm")
{
    auto const input = std::vector<long>(50, 3);
    auto tasks = session().map(
        [](long x, starmap::Monitor& monitor) {
            auto const outer = monitor("outer");
            auto inner = monitor("reading");
            auto const nested = inner("parsing");
            if (monitor.task_no() == 1) monitor.info("a line");
            return x;
        },
        input, {.name = "_private"});
    CHECK(tasks.reduce() == 150);
}
