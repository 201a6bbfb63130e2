#include "base/clock.hpp"
#include "unit/wire/frames.hpp"

#include <starmap/error.hpp>

#include <doctest/doctest.h>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <stdexcept>
#include <string>
#include <utility>

using namespace starmap::wire;
using starmap::ProtocolError;
using starmap::detail::ChunkRun;
using starmap::detail::ResultMode;

namespace {

ByteReader body_of(Bytes const& frame, Kind kind, std::uint32_t job = 0)
{
    ByteReader in(frame.view());
    auto const header = read_header(in);
    CHECK(header.kind == kind);
    CHECK(header.job == job);
    return in;
}

} // namespace

Bytes result_frame()
{
    Bytes arguments;
    for (std::uint64_t i = 0; i < 3; ++i)
        arguments.put(starmap::detail::UnitHead{
            .task_no = i + 1, .index = i, .weight = 2, .length = 0, .items = 1, .flags = 0});
    DeafHost host;
    starmap::detail::RunContext context;
    context.stop_on_failure = false;
    starmap::base::VirtualClock const still; // no piece is sent for its age
    ChunkRun run(context, host, 10, 3, 3, ByteReader(arguments.view()), 0);
    for (std::uint64_t i = 0; i < 3; ++i) {
        run.open_unit();
        try {
            run.unpacked();
            auto const timer = run.monitor()("reading");
            if (i == 1) throw std::domain_error("one");
            run.computed();
            run.out().put(i);
            run.close_unit(1, 1);
        } catch (...) {
            run.fail_unit(1);
        }
    }
    return encode_result(9, 77, run, true, 0.5, 1 << 20, 3.25);
}

TEST_CASE("hello, welcome, log and texts come back as they were")
{
    auto const hello = encode(Hello{.registry_digest = 1,
                                    .registry_size = 2,
                                    .cores = 3,
                                    .pid = -4,
                                    .version = "1.2.3",
                                    .host = "",
                                    .node = "n",
                                    .program = "a program"});
    auto in = body_of(hello, Kind::hello);
    auto const read = read_hello(in);
    CHECK(read.registry_digest == 1);
    CHECK(read.registry_size == 2);
    CHECK(read.cores == 3);
    CHECK(read.pid == -4);
    CHECK(read.version == "1.2.3");
    CHECK(read.host.empty());
    CHECK(read.node == "n");
    CHECK(read.program == "a program");
    CHECK(in.left() == 0);

    auto const welcome = encode(Welcome{
        .worker = 5, .node = 4, .seed = 6, .run_start = 7.5, .soft_mem = 80, .hard_mem = 90});
    in = body_of(welcome, Kind::welcome);
    auto const welcomed = read_welcome(in);
    CHECK(welcomed.worker == 5);
    CHECK(welcomed.node == 4);
    CHECK(welcomed.seed == 6);
    CHECK(welcomed.run_start == 7.5);
    CHECK(welcomed.soft_mem == 80);
    CHECK(welcomed.hard_mem == 90);

    auto const log = encode_log(true, "line");
    in = body_of(log, Kind::log);
    auto const line = read_log(in);
    CHECK(line.warning);
    CHECK(line.text == "line");

    auto const fault = encode_text(Kind::fault, "why");
    in = body_of(fault, Kind::fault);
    CHECK(in.get_text() == "why");
    auto const stop = encode_stop(-3, 7, true);
    in = body_of(stop, Kind::stop);
    auto const stopped = read_stop(in);
    CHECK(stopped.exit_code == -3);
    CHECK(stopped.openings == 7);
    CHECK(stopped.alone);
    auto const lost = starmap::wire::encode_lost(11);
    in = body_of(lost, Kind::lost);
    CHECK(starmap::wire::read_lost(in) == 11);
    CHECK(in.left() == 0);
    auto const close = encode_plain(Kind::close, 8);
    in = body_of(close, Kind::close, 8);
    CHECK(in.left() == 0);
}

TEST_CASE("an open frame, with and without a combiner; the state follows")
{
    for (bool const combines : {true, false}) {
        Open open{.starmap = 3,
                  .kernel = 4,
                  .combiner = {},
                  .mode = ResultMode::combined,
                  .stop_on_failure = combines,
                  .repeated = combines};
        if (combines) open.combiner = 0;
        auto frame = encode(open, 6);
        frame.put_text("state");
        seal(frame);
        auto in = body_of(frame, Kind::open, 6);
        auto const read = read_open(in);
        CHECK(read.starmap == 3);
        CHECK(read.kernel == 4);
        CHECK(read.combiner == open.combiner);
        CHECK(read.mode == ResultMode::combined);
        CHECK(read.stop_on_failure == combines);
        CHECK(read.repeated == combines);
        CHECK(in.get_text() == "state");
    }
}

TEST_CASE("an open frame on its way: state and onward list come out, small or large")
{
    for (std::size_t const size : {std::size_t{0}, std::size_t{7}, std::size_t{100'001}})
        for (std::uint32_t hops = 0; hops < 4; ++hops) {
            auto const state = std::make_shared<Bytes>(size);
            for (std::size_t i = 0; i < size; ++i)
                state->data()[i] = static_cast<std::byte>(i % 251);
            Open open;
            for (std::uint32_t i = 0; i < hops; ++i)
                open.onward.push_back({.peer = 10 + i, .node = i % 2});
            auto parcel = encode_opening(open, 6, {{state->view(), state}, {}});
            if (size > 100'000) CHECK(parcel.body.data() == state->data()); // no copy
            auto const frame = std::move(parcel).joined();
            auto in = body_of(frame, Kind::open, 6);
            CHECK(read_open(in).onward == open.onward);
            CHECK(reinterpret_cast<std::uintptr_t>(in.view().data()) % 8 == 0);
            REQUIRE(in.left() == size);
            CHECK(std::equal(in.view().begin(), in.view().end(), state->data()));
        }
}

TEST_CASE("an open frame with segments: bytes where the handle leads nowhere, else the handle")
{
    auto const filled = [](std::size_t size, int with) {
        auto const bytes = std::make_shared<Bytes>(size);
        std::fill_n(bytes->data(), size, static_cast<std::byte>(with));
        return bytes;
    };
    for (std::size_t const size : {std::size_t{10}, std::size_t{200'000}}) {
        auto const state = filled(77, 1);
        auto const first = filled(size, 2);
        auto const last = filled(size + 1, 3);
        Open open;
        open.segments = {{.id = {1, 2}, .bytes = size, .pid = 5, .fd = -1},
                         {.id = {3, 4}, .bytes = 1 << 30, .pid = 5, .fd = 6},
                         {.id = {5, 6}, .bytes = size + 1, .pid = 0, .fd = -1}};
        OpenBody const body{{state->view(), state},
                            {{first->view(), first}, {}, {last->view(), last}}};
        auto const frame = encode_opening(open, 6, body).joined();
        auto in = body_of(frame, Kind::open, 6);
        auto const read = read_open(in);
        REQUIRE(read.segments.size() == 3);
        CHECK(read.segments[1].id == open.segments[1].id);
        CHECK(read.segments[1].fd == 6);
        auto const back = read_open_body(read, in, nullptr);
        CHECK(std::ranges::equal(back.state.bytes, state->view()));
        REQUIRE(back.segments.size() == 3);
        CHECK(std::ranges::equal(back.segments[0].bytes, first->view()));
        CHECK(back.segments[1].bytes.empty());
        CHECK(std::ranges::equal(back.segments[2].bytes, last->view()));
        CHECK(in.left() == 0);
        auto wrong = read;
        for (auto const bytes : {std::uint64_t{1} << 40, ~std::uint64_t{0}}) {
            wrong.segments[0].bytes = bytes;
            auto again = body_of(frame, Kind::open, 6);
            read_open(again);
            CHECK_THROWS_AS(read_open_body(wrong, again, nullptr), ProtocolError);
        }
    }
}

TEST_CASE("a result: rows, failures, operations and payload")
{
    auto const frame = result_frame();
    auto in = body_of(frame, Kind::result, 9);
    auto const result = read_result(in);
    CHECK(in.left() == 0);
    CHECK(result.head.chunk == 77);
    CHECK(result.head.done == 3);
    CHECK(result.head.last == 1);
    CHECK(result.head.weight == 6);
    CHECK(result.head.cpu == 0.5);
    CHECK(result.head.peak_rss == 1 << 20);
    CHECK(result.head.run_clock == 3.25);
    REQUIRE(result.rows.size() == 3);
    CHECK(result.rows[0].task_no == 1);
    CHECK(result.rows[0].status == starmap::TaskStatus::ok);
    CHECK(result.rows[0].received == 8);
    CHECK(result.rows[1].status == starmap::TaskStatus::failed);
    CHECK(result.rows[1].received == 0);
    REQUIRE(result.failures.size() == 1);
    CHECK(result.failures[0].position == 1);
    CHECK(result.failures[0].count == 1);
    CHECK(result.failures[0].weight == 2);
    CHECK(result.failures[0].item == 1);
    CHECK(result.failures[0].task_no == 2);
    CHECK(result.failures[0].type == "std::domain_error");
    CHECK(result.failures[0].text == "one");
    REQUIRE(result.operations.size() == 3);
    CHECK(result.operations[2].operation == "reading");
    CHECK(result.operations[2].counts == 1);
    CHECK(result.operations[2].task_no == 3);
    ByteReader payload(result.payload);
    CHECK(payload.get<std::uint64_t>() == 0);
    CHECK(payload.get<std::uint64_t>() == 2);
    CHECK(payload.left() == 0);
}

TEST_CASE("frames of others, of other versions, or cut off are refused")
{
    for (std::size_t byte = 0; byte < 6; ++byte) {
        auto frame = encode_stop(0);
        frame.data()[byte] ^= std::byte{0x10};
        ByteReader in(frame.view());
        CHECK_THROWS_AS(read_header(in), ProtocolError);
    }
    auto const frame = encode_stop(0);
    for (std::size_t size = 0; size < frame.size(); ++size) {
        ByteReader in(frame.view().first(size));
        CHECK_THROWS_AS(read_header(in), ProtocolError);
    }
    auto longer = encode_stop(0);
    longer.put('x');
    ByteReader in(longer.view());
    CHECK_THROWS_AS(read_header(in), ProtocolError);
}
