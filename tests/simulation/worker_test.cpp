// One worker, with the test in the place of all others: what comes late, early or not at all.
#include "roles/worker.hpp"
#include "transport/queue.hpp"
#include "wire/frame.hpp"

#include <starmap/detail/kernel.hpp>

#include <doctest/doctest.h>

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

using namespace starmap::detail;
namespace wire = starmap::wire;

namespace {

std::int64_t times(std::int64_t x, std::int64_t factor) { return x * factor; }
using Times = CallKernel<starmap::Fn<times>, OneArgument<std::int64_t>, std::int64_t>;

/// The manager is peer 0, the worker 1; 2 and 3 are others.
struct Stage {
    starmap::transport::QueueHub hub{4};
    std::vector<std::unique_ptr<starmap::transport::Transport>> ends;
    std::unique_ptr<starmap::roles::Worker> worker;

    Stage()
    {
        freeze_registry();
        for (std::uint32_t i = 0; i < 4; ++i) ends.push_back(hub.end(i));
        worker = std::make_unique<starmap::roles::Worker>(*ends[1], 1, "test");
    }
    void welcome()
    {
        ends[0]->send(1, wire::encode(wire::Welcome{.worker = 0,
                                                    .node = 0,
                                                    .seed = 1,
                                                    .run_start = 0,
                                                    .soft_mem = 1e9,
                                                    .hard_mem = 1e9}));
    }
    void open(std::uint32_t from, std::uint32_t job, std::vector<wire::Destination> onward = {})
    {
        auto const state = std::make_shared<Bytes>();
        encode(*state, std::int64_t{10});
        wire::Open open;
        open.starmap = job;
        open.kernel = registration_of<Times>.index();
        open.onward = std::move(onward);
        ends[from]->send(1, wire::encode_opening(open, job, state->view(), state).joined());
    }
    void chunk(std::uint32_t job, std::uint64_t number)
    {
        auto frame = wire::start_frame(wire::Kind::chunk, job);
        frame.put(wire::ChunkHead{.chunk = number, .first = 0, .count = 1, .units = 1});
        frame.put(
            UnitHead{.task_no = 1, .index = 0, .weight = 1, .length = 8, .items = 1, .flags = 0});
        frame.put(std::int64_t{7});
        wire::seal(frame);
        ends[0]->send(1, std::move(frame));
    }
    void run()
    {
        while (worker->step() && !worker->stopped()) {
        }
    }
    /// The next frame that has come to a peer; its header is read.
    std::optional<wire::Header> next(std::uint32_t peer)
    {
        auto incoming = ends[peer]->poll();
        if (!incoming) return std::nullopt;
        taken = std::move(incoming->frame);
        ByteReader in(taken.view());
        return wire::read_header(in);
    }
    void check_result(std::uint64_t chunk, starmap::TaskStatus status)
    {
        auto const header = next(0);
        REQUIRE(header);
        REQUIRE(header->kind == wire::Kind::result);
        ByteReader in(taken.view());
        wire::read_header(in);
        auto const result = wire::read_result(in);
        CHECK(result.head.chunk == chunk);
        REQUIRE(result.rows.size() == 1);
        CHECK(result.rows[0].status == status);
        if (status != starmap::TaskStatus::ok) return;
        ByteReader payload(result.payload);
        payload.get<std::uint64_t>();
        CHECK(payload.get<std::int64_t>() == 70);
    }
    Bytes taken;
};

} // namespace

TEST_CASE("a chunk waits for the opening of its Starmap, and those of others pass it")
{
    Stage stage;
    stage.welcome();
    stage.chunk(1, 11);
    stage.open(0, 2);
    stage.chunk(2, 21);
    stage.run();
    stage.check_result(21, starmap::TaskStatus::ok);
    CHECK_FALSE(stage.next(0));
    stage.open(3, 1);
    stage.run();
    stage.check_result(11, starmap::TaskStatus::ok);
}

TEST_CASE("a chunk that is cancelled before its Starmap was opened is answered at once")
{
    Stage stage;
    stage.welcome();
    stage.chunk(1, 11);
    stage.run();
    CHECK_FALSE(stage.next(0));
    stage.ends[0]->send(1, wire::encode_plain(wire::Kind::cancel, 1));
    stage.run();
    stage.check_result(11, starmap::TaskStatus::cancelled);
}

TEST_CASE("an opening is handed on before the welcome is there, after the close, after the stop")
{
    Stage stage;
    stage.open(3, 1, {{.peer = 2, .node = 0}, {.peer = 3, .node = 0}});
    stage.run();
    CHECK_FALSE(stage.next(2));
    stage.welcome();
    stage.run();
    REQUIRE(stage.next(2));
    REQUIRE(stage.next(3));
    stage.chunk(1, 11);
    stage.run();
    stage.check_result(11, starmap::TaskStatus::ok);

    stage.ends[0]->send(1, wire::encode_plain(wire::Kind::close, 2));
    stage.run();
    stage.open(3, 2, {{.peer = 2, .node = 0}});
    stage.run();
    auto const on = stage.next(2);
    REQUIRE(on);
    CHECK(on->kind == wire::Kind::open);
    CHECK(on->job == 2);

    stage.ends[0]->send(1, wire::encode_stop(5, 3));
    stage.run();
    CHECK_FALSE(stage.worker->stopped());
    CHECK_FALSE(stage.next(0));
    stage.open(3, 3, {{.peer = 2, .node = 0}});
    stage.run();
    CHECK(stage.worker->stopped());
    CHECK(stage.worker->exit_code() == 5);
    CHECK(stage.next(2));
    auto const last = stage.next(0);
    REQUIRE(last);
    CHECK(last->kind == wire::Kind::goodbye);
}
