// One worker, with the test in the place of all others: what comes late, early or not at all.
#include "roles/worker.hpp"
#include "transport/queue.hpp"
#include "wire/frame.hpp"

#include <starmap/detail/kernel.hpp>
#include <starmap/node_array.hpp>

#include <doctest/doctest.h>

#include <unistd.h>

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

std::int64_t times_first(std::int64_t x, starmap::NodeArray<std::int64_t> const& array)
{
    return x * array[0];
}
using TimesFirst = CallKernel<starmap::Fn<times_first>, OneArgument<std::int64_t>,
                              starmap::NodeArray<std::int64_t>>;

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
        ends[from]->send(1, wire::encode_opening(open, job, {{state->view(), state}, {}}).joined());
    }
    /// An opening that names memory, with its bytes or only with a place for it.
    void open_array(std::uint32_t job, starmap::NodeArray<std::int64_t> const& array,
                    std::optional<SegmentHandle> place = std::nullopt,
                    std::vector<wire::Destination> onward = {})
    {
        auto const state = std::make_shared<Bytes>();
        SegmentCollector collector;
        encode(*state, array);
        REQUIRE(collector.notes.size() == 1);
        auto const segment = collector.notes[0].segment;
        wire::Open open;
        open.starmap = job;
        open.kernel = registration_of<TimesFirst>.index();
        open.onward = std::move(onward);
        open.segments = {segment->handle()};
        open.segments[0].fd = -1;
        if (place) open.segments[0] = *place;
        ends[0]->send(1, wire::encode_opening(
                             open, job, {{state->view(), state}, {{segment->bytes(), segment}}})
                             .joined());
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

TEST_CASE("a worker that cannot reach the memory of its node asks for the bytes, and waits")
{
    Stage stage;
    stage.welcome();
    starmap::NodeArray<std::int64_t> const array(std::vector<std::int64_t>(10'000, 10));
    // Nothing there; and something else there.
    for (std::uint32_t job = 1; job <= 2; ++job) {
        SegmentHandle const nowhere{
            .id = {job, 5}, .bytes = 80'000, .pid = job == 1 ? 1 << 30 : ::getpid(), .fd = 0};
        stage.chunk(job, 10 + job);
        stage.open_array(job, array, nowhere, {{.peer = 2, .node = 0}, {.peer = 3, .node = 9}});
        stage.run();
        auto const lacking = stage.next(0);
        REQUIRE(lacking);
        CHECK(lacking->kind == wire::Kind::lacking);
        CHECK(lacking->job == job);
        CHECK_FALSE(stage.next(0));
        CHECK(stage.next(2)); // it is handed on all the same
        stage.open_array(job, array);
        stage.run();
        stage.check_result(10 + job, starmap::TaskStatus::ok);
    }
    // One that is closed meanwhile has left nothing behind.
    stage.open_array(3, array,
                     SegmentHandle{.id = {3, 5}, .bytes = 80'000, .pid = 1 << 30, .fd = 0});
    stage.ends[0]->send(1, wire::encode_plain(wire::Kind::close, 3));
    stage.ends[0]->send(1, wire::encode_stop(0, 5));
    stage.run();
    CHECK(stage.worker->stopped());
}

TEST_CASE("bytes that came for the first of a node are a place for those behind it")
{
    Stage stage;
    stage.welcome();
    starmap::NodeArray<std::int64_t> const array(std::vector<std::int64_t>(10'000, 10));
    stage.open_array(1, array, std::nullopt, {{.peer = 2, .node = 0}, {.peer = 3, .node = 9}});
    stage.run();
    auto const opened = [&](std::uint32_t peer) {
        REQUIRE(stage.next(peer));
        ByteReader in(stage.taken.view());
        wire::read_header(in);
        return wire::read_open(in).segments.at(0);
    };
    CHECK(opened(3).fd < 0);
    CHECK(stage.taken.size() > 80'000);
    auto const place = opened(2);
    CHECK(place.fd >= 0);
    CHECK(place.pid == ::getpid());
    CHECK(stage.taken.size() < 1000);
    CHECK(Segment::attach(place)->bytes().size() == 80'000);
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
