#include "base/clock.hpp"
#include "unit/wire/frames.hpp"

#include <starmap/error.hpp>

#include <doctest/doctest.h>

#include <cstdint>

using namespace starmap::wire;
using starmap::ProtocolError;
using starmap::detail::ChunkRun;

TEST_CASE("what tasks have told comes back, and is held to the rest")
{
    Bytes arguments;
    for (std::uint64_t i = 0; i < 2; ++i)
        arguments.put(starmap::detail::UnitHead{
            .task_no = i + 1, .index = i, .weight = 2, .length = 0, .items = 1, .flags = 0});
    DeafHost host;
    starmap::base::VirtualClock const still; // no piece is sent for its age
    ChunkRun run({}, host, 10, 2, 2, ByteReader(arguments.view()), 0);
    for (std::uint64_t i = 0; i < 2; ++i) {
        run.open_unit();
        run.unpacked();
        if (i == 1) {
            run.monitor().used(0.25, 4096);
            run.monitor().outcome(starmap::TaskStatus::crashed, -7, "a bus error",
                                  ", its last words");
        }
        run.computed();
        run.close_unit(1, 1);
    }
    auto const frame = encode_result(9, 77, run, true, 0.5, 1 << 20, 3.25);
    ByteReader in(frame.view());
    CHECK(read_header(in).kind == Kind::result);
    auto const result = read_result(in);
    CHECK(in.left() == 0);
    CHECK(result.failures.empty());
    REQUIRE(result.told.size() == 1);
    CHECK(result.told[0].position == 1);
    CHECK(result.told[0].status == starmap::TaskStatus::crashed);
    CHECK(result.told[0].exit_code == -7);
    CHECK(result.told[0].text == "a bus error");
    CHECK(result.told[0].more == ", its last words");
    REQUIRE(result.uses.size() == 1);
    CHECK(result.uses[0].row == 1);
    CHECK(result.uses[0].cpu == 0.25);
    CHECK(result.uses[0].peak_rss == 4096);

    auto const spoilt = [&](auto spoil) {
        Bytes bytes;
        bytes.append(frame.data(), frame.size());
        ByteReader body(bytes.view());
        read_header(body);
        auto result_head = body.template get<ResultHead>();
        spoil(result_head);
        bytes.patch(bytes.size() - body.left() - sizeof(ResultHead), result_head);
        ByteReader again(bytes.view());
        read_header(again);
        CHECK_THROWS_AS(read_result(again), ProtocolError);
    };
    spoilt([](ResultHead& head) { head.done = 1; });
    spoilt([](ResultHead& head) { head.told = 0xffffffff; });
    spoilt([](ResultHead& head) { head.uses = 0xffffffff; });
}
