#include "base/clock.hpp"
#include "unit/execution/units.hpp"

#include <starmap/detail/chunk_run.hpp>
#include <starmap/error.hpp>

#include <doctest/doctest.h>

#include <chrono>
#include <cstdint>
#include <new>
#include <set>
#include <stdexcept>
#include <string>
#include <string_view>
#include <thread>
#include <utility>
#include <vector>

using namespace starmap::detail;
using starmap::TaskStatus;

namespace {

class Host final : public RunHost {
public:
    bool interrupted() override { return interrupt; }
    void flush(ChunkRun& run) override
    {
        pieces.push_back(run.done());
        rows += run.rows().size();
        run.take_out();
    }
    void log(bool warning, std::string_view text) override
    {
        lines.push_back((warning ? "w:" : "i:") + std::string(text));
    }
    bool interrupt = false;
    std::vector<std::uint32_t> pieces;
    std::size_t rows = 0;
    std::vector<std::string> lines;
};

RunContext context(bool stop_on_failure = false)
{
    RunContext result;
    result.session_seed = 7;
    result.starmap = 2;
    result.worker = 3;
    result.rank = 4;
    result.stop_on_failure = stop_on_failure;
    return result;
}

} // namespace

TEST_CASE("units are dealt out with their arguments, and a row is written for each")
{
    starmap::base::VirtualClock const still; // no piece is sent for its age
    Bytes arguments;
    for (std::uint64_t i = 0; i < 3; ++i) {
        Bytes body;
        body.put(10 * i);
        put_unit(arguments, i, 1, 0, body);
    }
    Host host;
    ChunkRun run(context(), host, 100, 3, 3, ByteReader(arguments.view()), 0);
    for (std::uint64_t i = 0; i < 3; ++i) {
        auto in = run.open_unit();
        CHECK(in.get<std::uint64_t>() == 10 * i);
        CHECK(in.left() == 0);
        run.unpacked();
        CHECK(run.monitor().task_no() == i + 1);
        CHECK(run.monitor().weight() == 1);
        CHECK(run.monitor().rank() == 4);
        CHECK(run.monitor().worker() == 3);
        run.computed();
        run.close_unit(1, 1);
    }
    CHECK(run.done() == 3);
    CHECK(run.weight_done() == 3);
    REQUIRE(run.rows().size() == 3);
    CHECK(run.rows()[2].task_no == 3);
    CHECK(run.rows()[2].sent == sizeof(UnitHead) + 8);
    CHECK(run.rows()[2].duration >= 0);
    CHECK(run.rows()[2].wait > 0);
    CHECK_THROWS_AS(run.open_unit(), starmap::ProtocolError);
}

TEST_CASE("items of a map chunk fail one by one, by their own index and weight")
{
    starmap::base::VirtualClock const still; // no piece is sent for its age
    Bytes arguments;
    put_unit(arguments, 5, 3, unit_is_map, Bytes(), {4, 2, 1}, {5, 9, 2});
    Host host;
    ChunkRun run(context(), host, 0, 3, 1, ByteReader(arguments.view()), 0);
    run.open_unit();
    run.unpacked();
    for (std::uint32_t i = 0; i < 3; ++i) {
        run.enter_item(i);
        CHECK(run.monitor().task_no() == std::vector{6U, 10U, 3U}[i]);
        CHECK(run.monitor().weight() == std::vector{4.0, 2.0, 1.0}[i]);
        if (i == 0) continue;
        try {
            throw std::out_of_range("item");
        } catch (...) {
            CHECK(run.fail_item());
        }
    }
    run.computed();
    run.close_unit(3, 3);
    REQUIRE(run.failures().size() == 2);
    CHECK(run.failures()[0].position == 1);
    CHECK(run.failures()[0].item == 9);
    CHECK(run.failures()[0].task_no == 10);
    CHECK(run.failures()[0].weight == 2);
    CHECK(run.failures()[1].position == 2);
    CHECK(run.failures()[1].type == "std::out_of_range");
    REQUIRE(run.rows().size() == 1);
    CHECK(run.rows()[0].items == 3);
    CHECK(run.rows()[0].status == TaskStatus::failed);
    CHECK(run.weight_done() == 7);
}

TEST_CASE("a chunk that is left early counts what was tried")
{
    starmap::base::VirtualClock const still; // no piece is sent for its age
    Bytes arguments;
    put_unit(arguments, 0, 4, unit_is_map, Bytes(), {4, 3, 2, 1});
    Host host;
    ChunkRun run(context(true), host, 0, 4, 1, ByteReader(arguments.view()), 0);
    run.open_unit();
    run.unpacked();
    run.enter_item(1);
    try {
        throw 42;
    } catch (...) {
        CHECK_FALSE(run.fail_item());
    }
    run.computed();
    run.close_unit(2, 2);
    CHECK(run.done() == 2);
    CHECK(run.weight_done() == 7);
    CHECK(run.failures()[0].type == "int");
    CHECK(run.rows()[0].items == 2);
}

TEST_CASE("a unit that is lost takes its results and the failures of its items with it")
{
    starmap::base::VirtualClock const still; // no piece is sent for its age
    Bytes arguments;
    put_unit(arguments, 0, 2, unit_is_map, Bytes());
    Host host;
    ChunkRun run(context(), host, 0, 2, 1, ByteReader(arguments.view()), 0);
    auto const before = run.out().size();
    run.open_unit();
    run.unpacked();
    run.enter_item(0);
    try {
        throw std::runtime_error("item");
    } catch (...) {
        run.fail_item();
    }
    run.out().put(1.0);
    try {
        throw std::bad_alloc();
    } catch (...) {
        run.fail_unit(2);
    }
    CHECK(run.out().size() == before);
    REQUIRE(run.failures().size() == 1);
    CHECK(run.failures()[0].status == TaskStatus::memory);
    CHECK(run.failures()[0].count == 2);
    CHECK(run.rows()[0].status == TaskStatus::memory);
    CHECK(run.done() == 2);
}

TEST_CASE("refused chunks: failed with a reason, or merely cancelled")
{
    starmap::base::VirtualClock const still; // no piece is sent for its age
    Bytes arguments;
    for (std::uint64_t i = 0; i < 3; ++i) put_unit(arguments, i, 1, 0, Bytes());
    Host host;
    ChunkRun refused(context(), host, 0, 3, 3, ByteReader(arguments.view()), 0);
    refused.refuse_all(TaskStatus::memory, "full");
    CHECK(refused.done() == 3);
    REQUIRE(refused.failures().size() == 3);
    CHECK(refused.failures()[2].position == 2);
    CHECK(refused.failures()[2].text == "full");
    CHECK(refused.failures()[2].status == TaskStatus::memory);
    for (auto const& row : refused.rows()) CHECK(row.status == TaskStatus::memory);

    ChunkRun cancelled(context(), host, 0, 3, 3, ByteReader(arguments.view()), 0);
    cancelled.refuse_all(TaskStatus::cancelled, "");
    CHECK(cancelled.done() == 0);
    CHECK(cancelled.weight_done() == 0);
    CHECK(cancelled.failures().empty());
    CHECK(cancelled.rows().size() == 3);
    for (auto const& row : cancelled.rows()) CHECK(row.status == TaskStatus::cancelled);
}

TEST_CASE("finished units of a slow bundle are sent before the rest is done")
{
    Bytes arguments;
    for (std::uint64_t i = 0; i < 4; ++i) put_unit(arguments, i, 1, 0, Bytes());
    Host host;
    ChunkRun run(context(), host, 20, 4, 4, ByteReader(arguments.view()), 0);
    for (std::uint64_t i = 0; i < 4; ++i) {
        run.open_unit();
        run.unpacked();
        std::this_thread::sleep_for(std::chrono::milliseconds(8));
        run.computed();
        run.close_unit(1, 1);
    }
    CHECK(host.pieces == std::vector{1U, 1U, 1U});
    CHECK(host.rows == 3);
    CHECK(run.first() == 23);
    CHECK(run.count() == 1);
    CHECK(run.done() == 1);
    CHECK(run.rows().size() == 1);
}

TEST_CASE("an interruption is noticed, once time has passed, and stays")
{
    Host host;
    ChunkRun run(context(), host, 0, 1, 1, ByteReader({}), 0);
    CHECK_FALSE(run.stop());
    host.interrupt = true;
    std::this_thread::sleep_for(std::chrono::milliseconds(3));
    int calls = 0;
    while (!run.stop() && ++calls < 10'000) {
    }
    CHECK(calls < 10'000);
    host.interrupt = false;
    CHECK(run.stop());
}

TEST_CASE("timers add up by operation and task, lines go to the host at once")
{
    starmap::base::VirtualClock const still; // no piece is sent for its age
    Bytes arguments;
    for (std::uint64_t i = 0; i < 2; ++i) put_unit(arguments, i, 1, 0, Bytes());
    Host host;
    ChunkRun run(context(), host, 0, 2, 2, ByteReader(arguments.view()), 0);
    for (std::uint64_t i = 0; i < 2; ++i) {
        run.open_unit();
        run.unpacked();
        for (int n = 0; n < 3; ++n) {
            auto outer = run.monitor()("outer");
            auto const inner = outer("inner");
        }
        run.monitor().info("a");
        run.monitor().warn("b");
        run.computed();
        run.close_unit(1, 1);
    }
    REQUIRE(run.operations().size() == 4);
    CHECK(run.operations()[0].operation == "outer/inner");
    CHECK(run.operations()[1].operation == "outer");
    CHECK(run.operations()[1].counts == 3);
    CHECK(run.operations()[1].task_no == 1);
    CHECK(run.operations()[3].task_no == 2);
    CHECK(run.operations()[1].seconds >= run.operations()[0].seconds);
    CHECK(host.lines == std::vector<std::string>{"i:a", "w:b", "i:a", "w:b"});
}

TEST_CASE("a seed is a function of the item, however it is chunked")
{
    starmap::base::VirtualClock const still; // no piece is sent for its age
    Host host;
    auto const seeds = [&](std::uint64_t first, std::uint32_t items, std::uint32_t flags,
                           std::vector<std::uint64_t> const& indices = {}) {
        Bytes arguments;
        put_unit(arguments, first, items, flags, Bytes(), {}, indices);
        ChunkRun run(context(), host, 0, items, 1, ByteReader(arguments.view()), 0);
        run.open_unit();
        std::vector<std::uint64_t> result;
        for (std::uint32_t i = 0; i < items; ++i) {
            run.enter_item(i);
            result.push_back(flags == unit_is_block ? run.monitor().seed(i) : run.monitor().seed());
        }
        if (flags == unit_is_block)
            CHECK_THROWS_AS(run.monitor().seed(items), starmap::UsageError);
        else
            CHECK(run.monitor().seed(1) != run.monitor().seed(0));
        return result;
    };
    auto const all = seeds(0, 6, unit_is_map);
    CHECK(std::set<std::uint64_t>(all.begin(), all.end()).size() == 6);
    CHECK(seeds(0, 6, unit_is_block) == all);
    CHECK(seeds(2, 2, unit_is_block) == std::vector{all[2], all[3]});
    CHECK(seeds(4, 1, 0) == std::vector{all[4]});
    CHECK(seeds(5, 3, unit_is_map, {5, 1, 2}) == std::vector{all[5], all[1], all[2]});
}
