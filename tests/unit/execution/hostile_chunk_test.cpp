// What a frame says of itself is held to what it has.
#include "execution/inline_executor.hpp"
#include "unit/execution/units.hpp"

#include <starmap/detail/kernel.hpp>
#include <starmap/error.hpp>

#include <doctest/doctest.h>

#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

using namespace starmap::detail;
namespace execution = starmap::execution;
namespace wire = starmap::wire;
using starmap::ProtocolError;

namespace {

struct Seed {
    std::uint64_t operator()(long, starmap::Monitor& monitor) const { return monitor.seed(0); }
};
struct Add {
    std::uint64_t operator()(std::uint64_t a, std::uint64_t b) const { return a + b; }
};
using Map = MapKernel<Seed, long>;

/// An executor, and what it sends.
struct Fixture final : execution::ExecutorHost {
    std::vector<Bytes> frames;
    execution::InlineExecutor executor{{.seed = 1}, *this};

    bool interrupted(std::uint32_t) override { return false; }
    void send(std::vector<wire::Parcel> sent) override
    {
        for (auto& frame : sent) frames.push_back(std::move(frame).joined());
    }
    void open(std::uint32_t kernel, std::optional<std::uint32_t> combiner = std::nullopt)
    {
        wire::Open open{.starmap = 1, .kernel = kernel, .combiner = combiner};
        if (combiner) open.mode = ResultMode::combined;
        auto frame = wire::encode(open, 1);
        wire::seal(frame);
        executor.open(1, std::move(frame));
    }
    void run(wire::ChunkHead head, Bytes const& units)
    {
        Bytes chunk;
        chunk.put(head);
        chunk.append(units.data(), units.size());
        executor.run(1, ByteReader(chunk.view()), 0);
    }
    /// Of the one result that was sent.
    wire::Result result()
    {
        REQUIRE(frames.size() == 1);
        ByteReader in(frames.front().view());
        wire::read_header(in);
        return wire::read_result(in);
    }
    std::string why()
    {
        auto const all = result();
        REQUIRE(all.failures.size() == 1);
        return all.failures.front().text;
    }
};

std::uint32_t number(Registration const& registration)
{
    freeze_registry();
    return registration.index();
}

/// A chunk's one unit, which says that it has so many items.
Bytes unit(std::uint32_t said, std::vector<long> const& items)
{
    std::vector<std::uint64_t> indices;
    for (std::uint32_t i = 0; i < said; ++i) indices.push_back(10 * i);
    Bytes units;
    put_unit(units, 0, said, unit_is_map, encoded(items), {}, indices);
    return units;
}

} // namespace

TEST_CASE("more units than a chunk has bytes for are refused before any is told of")
{
    Fixture fixture;
    fixture.open(number(registration_of<Map>));
    auto const units = unit(1, {7});
    CHECK_THROWS_AS(fixture.run({.count = 1, .units = ~std::uint32_t{0}}, units), ProtocolError);
    CHECK(fixture.frames.empty());
}

TEST_CASE("a chunk of more or fewer items than it says fails, as what is said of each is not there")
{
    for (std::uint32_t const said : {0U, 1U, 2U, 3U}) {
        CAPTURE(said);
        Fixture fixture;
        fixture.open(number(registration_of<Map>));
        fixture.run({.count = 2, .units = 1}, unit(said, {7, 8}));
        if (said == 2)
            CHECK(fixture.result().failures.empty());
        else
            CHECK(fixture.why().find("another number of items") != std::string::npos);
    }
}

TEST_CASE("a chunk of a job that is not open fails")
{
    Fixture fixture;
    fixture.run({.count = 1, .units = 1}, unit(1, {7}));
    CHECK(fixture.why().find("not open") != std::string::npos);
}

TEST_CASE("an operation is no task and a task no operation, whatever a frame says")
{
    auto const map = number(registration_of<Map>);
    auto const add = number(combiner_registration<Combiner<std::uint64_t, Add>>);
    Fixture runs;
    runs.open(add);
    runs.run({.count = 1, .units = 1}, unit(1, {7}));
    CHECK(runs.why().find("runs no tasks") != std::string::npos);
    Fixture combines;
    combines.open(map, map);
    combines.run({.count = 1, .units = 1}, unit(1, {7}));
    CHECK(combines.why().find("does not combine") != std::string::npos);
}
