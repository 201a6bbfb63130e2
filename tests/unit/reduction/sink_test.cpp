#include <starmap/detail/queue_sink.hpp>

#include <doctest/doctest.h>

#include <algorithm>
#include <cstdint>
#include <memory>
#include <optional>
#include <random>
#include <string>
#include <vector>

using namespace starmap::detail;

namespace {

struct Part {
    std::uint64_t first = 0;
    std::uint64_t count = 0;
    std::optional<std::string> value;
};

/// Parts that cover 0 to n in random order; some are missing.
std::vector<Part> random_parts(std::mt19937_64& random, std::string& all)
{
    std::vector<Part> parts;
    std::uint64_t at = 0;
    for (auto n = random() % 20; n > 0; --n) {
        auto const count = random() % 4 + 1;
        std::optional<std::string> value;
        if (random() % 5 != 0) all += *(value = std::to_string(at) + ' ');
        parts.push_back({at, count, std::move(value)});
        at += count;
    }
    std::shuffle(parts.begin(), parts.end(), random);
    return parts;
}

} // namespace

TEST_CASE("neighbours are combined in order, whatever the order of arrival")
{
    for (std::uint64_t seed = 1; seed <= 300; ++seed) {
        CAPTURE(seed);
        std::mt19937_64 random(seed);
        std::string expected;
        auto const join = [](std::string a, std::string const& b) { return a + b; };
        NeighbourSink<std::string, decltype(join)> sink(join);
        auto const parts = random_parts(random, expected);
        for (auto const& part : parts) sink.take(part.first, part.count, 0, part.value, 1);
        auto const joined = sink.finish();
        CHECK(joined.has_value() == !expected.empty());
        CHECK(joined.value_or("") == expected);
        CHECK_FALSE(sink.finish());
    }
}

TEST_CASE("an ordered sink hands on in canonical order, as early as it can")
{
    for (std::uint64_t seed = 1; seed <= 300; ++seed) {
        CAPTURE(seed);
        std::mt19937_64 random(seed);
        std::string expected;
        std::string taken;
        auto const take = [&taken](std::string&& text, std::uint64_t) { taken += text; };
        OrderedSink<std::string, decltype(take)> sink(take);
        auto const parts = random_parts(random, expected);
        std::vector<Part const*> arrived;
        for (auto const& part : parts) {
            sink.take(part.first, part.count, 0, part.value, 1);
            arrived.push_back(&part);
            std::sort(arrived.begin(), arrived.end(),
                      [](auto const* a, auto const* b) { return a->first < b->first; });
            std::string so_far;
            std::uint64_t next = 0;
            for (auto const* each : arrived) {
                if (each->first != next) break;
                next += each->count;
                so_far += each->value.value_or("");
            }
            REQUIRE(taken == so_far);
        }
        CHECK(taken == expected);
    }
}

TEST_CASE("an arrival sink takes what comes as it comes, and nothing for what failed")
{
    std::string taken;
    auto const take = [&taken](std::string&& text) { taken += text; };
    ArrivalSink<std::string, decltype(take)> sink(take);
    sink.take(7, 1, 2, "b", 1);
    sink.take(3, 2, 0, std::nullopt, 1);
    sink.take(0, 1, 9, "a", 1);
    CHECK(taken == "ba");
}

TEST_CASE("a collecting sink sorts by task order and leaves no gap; values need only move")
{
    CollectSink<std::unique_ptr<int>> sink;
    sink.take(0, 1, 5, std::make_unique<int>(50), 1);
    sink.take(1, 1, 0, std::make_unique<int>(0), 1);
    sink.take(2, 1, 3, std::nullopt, 1);
    sink.take(3, 1, 2, std::make_unique<int>(20), 1);
    auto const values = sink.finish();
    REQUIRE(values.size() == 3);
    CHECK(*values[0] == 0);
    CHECK(*values[1] == 20);
    CHECK(*values[2] == 50);
    CHECK(sink.finish().empty());
}

TEST_CASE("a queue sink keeps values for its consumer and counts them")
{
    ResultQueue<int> queue;
    QueueSink<int> sink(queue);
    sink.take(4, 1, 4, 40, 7);
    sink.take(2, 1, 2, std::nullopt, 0);
    sink.take(0, 1, 0, 10, 5);
    CHECK(sink.backlog().values == 2);
    CHECK(sink.backlog().bytes == 12);
    CHECK(queue.front() == 40);
    queue.pop();
    CHECK(queue.front() == 10);
    CHECK(sink.backlog().values == 1);
    CHECK(sink.backlog().bytes == 5);
    sink.take_emitted({.address = {0, 5}}, 5, {1, 2, 3}, 9);
    CHECK(sink.backlog().bytes == 5 + 9);
}

TEST_CASE("an ordered queue counts what waits for others and what waits for its consumer")
{
    ResultQueue<int> queue;
    OrderedQueueSink<int> sink(queue);
    CHECK(sink.backlog().needed == 0);
    sink.take(2, 1, 0, 20, 100);
    sink.take(1, 1, 0, 10, 10);
    CHECK(queue.empty());
    CHECK(sink.backlog().values == 2);
    CHECK(sink.backlog().bytes == 110);
    CHECK(sink.backlog().needed == 0);
    sink.take(0, 1, 0, 0, 1);
    CHECK(queue.size() == 3);
    CHECK(sink.backlog().bytes == 111);
    CHECK(sink.backlog().needed == 3);
    queue.pop();
    queue.pop();
    CHECK(queue.front() == 20);
    CHECK(sink.backlog().bytes == 100);
    sink.take(4, 1, 0, 40, 5);
    sink.take(3, 1, 0, std::nullopt, 0);
    CHECK(queue.size() == 2);
    CHECK(sink.backlog().needed == 5);
}
