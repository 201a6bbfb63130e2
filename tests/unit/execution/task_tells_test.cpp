#include "base/clock.hpp"
#include "unit/execution/units.hpp"

#include <starmap/detail/chunk_run.hpp>

#include <doctest/doctest.h>

#include <cstdint>
#include <stdexcept>
#include <string_view>

using namespace starmap::detail;
using starmap::TaskStatus;

namespace {

class Host final : public RunHost {
public:
    bool interrupted() override { return false; }
    void flush(ChunkRun& run) override { run.take_out(); }
    void log(bool, std::string_view) override {}
};

RunContext context()
{
    RunContext result;
    result.stop_on_failure = false;
    return result;
}

} // namespace

TEST_CASE("what tasks tell of their ends and of other processes goes with their rows")
{
    starmap::base::VirtualClock const still; // no piece is sent for its age
    Bytes arguments;
    for (std::uint64_t i = 0; i < 6; ++i) put_unit(arguments, i, 1, 0, Bytes());
    Host host;
    ChunkRun run(context(), host, 0, 6, 6, ByteReader(arguments.view()), 0);
    CHECK(run.monitor().attempt() == 1);
    run.set_attempt(3);
    CHECK(run.monitor().attempt() == 3);
    auto const unit = [&](auto work) {
        run.open_unit();
        try {
            run.unpacked();
            work(run.monitor());
            run.computed();
            run.close_unit(1, 1);
        } catch (...) {
            run.fail_unit(1);
        }
    };
    unit([](auto&) {});
    unit([](auto& monitor) {
        monitor.used(1, 10);
        monitor.used(2, 5);
        monitor.outcome(TaskStatus::failed, 1, "first");
        monitor.outcome(TaskStatus::crashed, -6, "last");
    });
    unit([](auto& monitor) { monitor.outcome(TaskStatus::ok, 4); });
    unit([](auto& monitor) {
        monitor.outcome(TaskStatus::failed, 1, "it was not so bad");
        monitor.outcome(TaskStatus::ok, 0);
    });
    unit([](auto& monitor) {
        monitor.used(4, 0);
        monitor.outcome(TaskStatus::timeout, -9, "what is thrown says more");
        throw std::runtime_error("thrown");
    });
    unit([](auto& monitor) {
        monitor.outcome(TaskStatus::ok, 0);
        throw std::runtime_error("as ever");
    });
    REQUIRE(run.rows().size() == 6);
    TaskStatus const statuses[] = {TaskStatus::ok, TaskStatus::crashed, TaskStatus::ok,
                                   TaskStatus::ok, TaskStatus::timeout, TaskStatus::failed};
    int const codes[] = {0, -6, 4, 0, -9, 0};
    for (std::size_t i = 0; i < 6; ++i) {
        CAPTURE(i);
        CHECK(run.rows()[i].status == statuses[i]);
        CHECK(run.rows()[i].exit_code == codes[i]);
    }
    REQUIRE(run.uses().size() == 2);
    CHECK(run.uses()[0].row == 1);
    CHECK(run.uses()[0].cpu == 3);
    CHECK(run.uses()[0].peak_rss == 10);
    CHECK(run.uses()[1].row == 4);
    REQUIRE(run.told().size() == 2); // of those that returned
    CHECK(run.told()[0].position == 1);
    CHECK(run.told()[0].item == 1);
    CHECK(run.told()[0].task_no == 2);
    CHECK(run.told()[0].text == "last");
    CHECK(run.told()[1].status == TaskStatus::ok);
    REQUIRE(run.failures().size() == 2);
    CHECK(run.failures()[0].position == 4);
    CHECK(run.failures()[0].status == TaskStatus::timeout);
    CHECK(run.failures()[0].exit_code == -9);
    CHECK(run.failures()[0].text == "thrown");
    run.begin_piece();
    CHECK(run.told().empty());
    CHECK(run.uses().empty());
}

TEST_CASE("items of a map chunk tell of their ends one by one")
{
    starmap::base::VirtualClock const still; // no piece is sent for its age
    Bytes arguments;
    put_unit(arguments, 10, 4, unit_is_map, Bytes());
    Host host;
    ChunkRun run(context(), host, 20, 4, 1, ByteReader(arguments.view()), 0);
    run.open_unit();
    run.unpacked();
    for (std::uint32_t i = 0; i < 4; ++i) {
        run.enter_item(i);
        if (i == 0) continue;
        run.monitor().outcome(TaskStatus::failed, static_cast<int>(i));
        if (i != 2) continue;
        try {
            throw std::runtime_error("two");
        } catch (...) {
            CHECK(run.fail_item());
        }
    }
    run.computed();
    run.close_unit(4, 4);
    REQUIRE(run.told().size() == 2);
    CHECK(run.told()[0].position == 1);
    CHECK(run.told()[0].item == 11);
    CHECK(run.told()[0].task_no == 12);
    CHECK(run.told()[0].text == "exit code 1");
    CHECK(run.told()[1].position == 3);
    REQUIRE(run.failures().size() == 1);
    CHECK(run.failures()[0].exit_code == 2);
    CHECK(run.rows()[0].status == TaskStatus::failed);
}
