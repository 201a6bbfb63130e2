// The keeper of a process that runs tasks, with the test in the place of the process: what its
// successor is told, and what the manager hears.
#include "simulation/puppet.hpp"
#include "wire/frame.hpp"

#include <doctest/doctest.h>

#include <signal.h>

#include <cmath>
#include <cstdint>
#include <limits>
#include <string>

using simulation::Keeper;
using starmap::detail::ByteReader;
using starmap::detail::Bytes;
namespace wire = starmap::wire;

namespace {

constexpr std::uint32_t job = 1;

Bytes welcome()
{
    return wire::encode(wire::Welcome{
        .worker = 0, .node = 0, .seed = 1, .run_start = 0, .soft_mem = 1e9, .hard_mem = 1e9});
}

Bytes opening()
{
    wire::Open open;
    open.starmap = job;
    return wire::encode_opening(open, job, {}).joined();
}

/// A chunk of ten units, of which the keeper looks at the head alone.
Bytes chunk(std::uint64_t number, std::uint64_t first = 0)
{
    auto frame = wire::start_frame(wire::Kind::chunk, job);
    frame.put(wire::ChunkHead{.chunk = number, .first = first, .count = 10, .units = 1});
    wire::seal(frame);
    return frame;
}

/// That nothing was done of a chunk, and that it is let go.
void check_given_back(Bytes const& frame, std::uint64_t chunk)
{
    ByteReader in(frame.view());
    REQUIRE(wire::read_header(in).kind == wire::Kind::result);
    auto const head = wire::read_result(in).head;
    CHECK(head.chunk == chunk);
    CHECK(head.done == 0);
    CHECK(head.last != 0);
}

Bytes piece(std::uint64_t number, std::uint32_t done, bool last)
{
    auto frame = wire::start_frame(wire::Kind::result, job);
    frame.put(wire::ResultHead{.chunk = number, .done = done, .last = last ? 1U : 0U});
    wire::seal(frame);
    return frame;
}

} // namespace

TEST_CASE("a process that takes the place of a dead one is asked again for what was asked back")
{
    using wire::Kind;
    Keeper keeper;
    keeper.worker.send(welcome());
    keeper.worker.send(opening());
    keeper.worker.send(chunk(11));
    keeper.worker.send(chunk(12, 10));
    keeper.worker.send(wire::encode_recall(job, 12));
    keeper.now().dead = true; // before it began anything
    CHECK_FALSE(keeper.worker.poll());
    REQUIRE(keeper.processes.size() == 2);
    CHECK(keeper.now().kinds() ==
          std::vector<Kind>{Kind::welcome, Kind::open, Kind::chunk, Kind::chunk, Kind::recall});
    ByteReader in(keeper.now().got.back().view());
    wire::read_header(in);
    CHECK(in.get<std::uint64_t>() == 12);
    // What it answers to that is not asked for again.
    keeper.now().says.push_back(piece(12, 0, true));
    CHECK(keeper.worker.poll());
    keeper.now().dead = true;
    CHECK_FALSE(keeper.worker.poll());
    CHECK(keeper.now().kinds() == std::vector<Kind>{Kind::welcome, Kind::open, Kind::chunk});
}

TEST_CASE("what is left of a chunk that was reported in part goes back, and is not run here again")
{
    using wire::Kind;
    Keeper keeper;
    keeper.worker.send(welcome());
    keeper.worker.send(opening());
    keeper.worker.send(chunk(11));
    keeper.worker.send(chunk(12, 10));
    keeper.now().says.push_back(piece(11, 4, false));
    REQUIRE(keeper.worker.poll());
    SUBCASE("it died between two units")
    {
        keeper.now().at.chunk = 11;
        keeper.now().at.position = 3;
        keeper.now().at.count = 1;
        keeper.now().dead = true;
        auto const told = keeper.worker.poll();
        REQUIRE(told);
        check_given_back(*told, 11);
        CHECK_FALSE(keeper.worker.poll());
        CHECK(keeper.now().kinds() == std::vector<Kind>{Kind::welcome, Kind::open, Kind::chunk});
    }
    SUBCASE("its last results never came, and it died in the next chunk")
    {
        keeper.now().at.chunk = 12;
        keeper.now().at.finished = 11;
        keeper.now().at.position = 15;
        keeper.now().at.count = 1;
        keeper.now().dead = true;
        auto const died = keeper.worker.poll();
        REQUIRE(died);
        ByteReader in(died->view());
        CHECK(wire::read_header(in).kind == Kind::died);
        auto const death = wire::read_death(in);
        CHECK(death.chunk == 12);
        CHECK(death.position == 15);
        auto const told = keeper.worker.poll();
        REQUIRE(told);
        check_given_back(*told, 11);
        CHECK(keeper.now().kinds() == std::vector<Kind>{Kind::welcome, Kind::open});
    }
}

TEST_CASE("results that lie in the memory of a dead process count, and what ran is to blame")
{
    Keeper keeper;
    keeper.worker.send(welcome());
    keeper.worker.send(opening());
    keeper.worker.send(chunk(11, 20));
    auto& at = keeper.now().at;
    at.chunk = 11;
    at.count = 1;
    at.items.begin(11, 20, 5.0);
    std::uint32_t saved = 3;
    std::uint32_t blameless = 0;
    SUBCASE("an item ran") { at.position = 23; }
    SUBCASE("it died between two items")
    {
        at.position = 22;
        blameless = 1;
    }
    SUBCASE("it had ended the chunk")
    {
        at.chunk = 0;
        at.finished = 11;
        at.position = 22;
        blameless = 1;
    }
    SUBCASE("they are of an earlier chunk")
    {
        at.position = 23;
        at.items.chunk = 10;
        saved = 0;
    }
    at.items.results[0] = std::byte{42};
    at.items.count(3, 24);
    keeper.now().dead = true;
    auto const died = keeper.worker.poll();
    REQUIRE(died);
    ByteReader in(died->view());
    REQUIRE(wire::read_header(in).kind == wire::Kind::died);
    auto const death = wire::read_death(in);
    CHECK(death.chunk == 11);
    CHECK(death.saved == saved);
    CHECK(death.blameless == blameless);
    CHECK(death.count == 1 - blameless);
    if (saved == 0) return;
    REQUIRE(death.results.size() == 24);
    CHECK(death.results[0] == std::byte{42});
}

TEST_CASE("a kill that the kernel counts as one for want of memory is told as that")
{
    Keeper keeper;
    keeper.worker.send(welcome());
    keeper.worker.send(opening());
    keeper.worker.send(chunk(11));
    auto& process = keeper.now();
    process.at.chunk = 11;
    process.at.count = 1;
    auto expected = starmap::TaskStatus::crashed;
    SUBCASE("counted") { expected = starmap::TaskStatus::memory; }
    SUBCASE("not counted") {}
    process.for_memory = expected == starmap::TaskStatus::memory;
    process.dead = true;
    auto const died = keeper.worker.poll();
    REQUIRE(died);
    ByteReader in(died->view());
    wire::read_header(in);
    auto const death = wire::read_death(in);
    CHECK(death.status == expected);
    CHECK(death.exit_code == -SIGKILL);
    auto const told = death.text.find("for want of memory") != std::string::npos;
    CHECK(told == (expected == starmap::TaskStatus::memory));
}

TEST_CASE("what a task has overwritten in the shared memory is held to what can be")
{
    constexpr auto endless = std::numeric_limits<double>::infinity();
    for (auto const time : {std::nan(""), endless, -endless, 1e300, -1.0}) {
        CAPTURE(time);
        Keeper keeper;
        keeper.worker.send(welcome());
        keeper.worker.send(opening());
        keeper.worker.send(chunk(11, 20));
        auto& at = keeper.now().at;
        at.chunk = 11;
        at.position = ~std::uint64_t{0};
        at.count = ~std::uint32_t{0};
        at.opened = time;
        at.items.begin(11, 20, time);
        at.items.looked = time;
        at.items.count(~std::uint32_t{0}, ~std::uint32_t{0});
        keeper.now().dead = true;
        auto const died = keeper.worker.poll();
        REQUIRE(died);
        ByteReader in(died->view());
        REQUIRE(wire::read_header(in).kind == wire::Kind::died);
        auto const death = wire::read_death(in);
        CHECK(death.saved == 10);
        CHECK(death.count == 0);
        CHECK(death.results.size() == starmap::detail::ItemLog::size);
        for (auto const figure :
             {death.start, death.duration, death.saved_start, death.saved_seconds}) {
            CHECK(std::isfinite(figure));
            CHECK(std::abs(figure) < 1e12);
        }
    }
}

TEST_CASE("a process of tasks that speaks as others do is ended")
{
    for (auto const kind :
         {wire::Kind::lost, wire::Kind::died, wire::Kind::stop, wire::Kind::open}) {
        CAPTURE(static_cast<int>(kind));
        Keeper keeper;
        keeper.worker.send(welcome());
        keeper.worker.send(opening());
        keeper.worker.send(chunk(11));
        keeper.now().at.chunk = 11;
        keeper.now().at.count = 1;
        keeper.now().says.push_back(wire::encode_plain(kind, job));
        auto const died = keeper.worker.poll();
        REQUIRE(died);
        ByteReader in(died->view());
        REQUIRE(wire::read_header(in).kind == wire::Kind::died);
        CHECK(wire::read_death(in).text.find("made no sense") != std::string::npos);
        CHECK(keeper.processes.size() == 2);
    }
}
