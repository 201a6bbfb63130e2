#include "base/clock.hpp"
#include "execution/inline_executor.hpp"
#include "unit/execution/units.hpp"

#include <starmap/detail/kernel.hpp>
#include <starmap/error.hpp>

#include <doctest/doctest.h>

#include <cstdint>
#include <span>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

using namespace starmap::detail;
namespace execution = starmap::execution;
namespace wire = starmap::wire;

namespace {

struct Host final : execution::ExecutorHost {
    bool interrupted(std::uint32_t) override { return false; }
    void send(std::vector<wire::Parcel> sent) override
    {
        for (auto& frame : sent) frames.push_back(std::move(frame).joined());
    }
    std::vector<Bytes> frames;
};

std::string shout(std::string const& text, std::string const& mark)
{
    if (text.empty()) throw std::domain_error("nothing to say");
    return text + mark;
}
std::string shout_each(std::string const& text, std::string const& mark, starmap::Monitor& monitor)
{
    return std::to_string(monitor.task_no()) + shout(text, mark);
}
std::int64_t count_bytes(std::span<std::string const> texts)
{
    std::int64_t bytes = 0;
    for (auto const& text : texts) bytes += static_cast<std::int64_t>(text.size());
    return bytes;
}

struct Join {
    std::string operator()(std::string&& a, std::string&& b) const { return a + b; }
};

using Call = CallKernel<starmap::Fn<shout>, OneArgument<std::string>, std::string>;
using Map = MapKernel<starmap::Fn<shout_each>, std::string, std::string>;
using Apply = CallKernel<starmap::Fn<count_bytes>, ItemBlock<std::string>>;

/// The number of a task type, which all have only once the registry is frozen.
template <class K>
std::uint32_t number_of()
{
    freeze_registry();
    return registration_of<K>.index();
}

/// An executor with job 1 open on it.
struct Fixture {
    Host host;
    execution::InlineExecutor executor{{.worker = 0, .rank = 0, .seed = 1, .run_clock = 0}, host};

    void open(std::uint32_t kernel, Bytes const& state, bool stop_on_failure = false,
              ResultMode mode = ResultMode::values,
              std::optional<std::uint32_t> combiner = std::nullopt)
    {
        auto frame = wire::encode(wire::Open{.starmap = 1,
                                             .kernel = kernel,
                                             .combiner = combiner,
                                             .mode = mode,
                                             .stop_on_failure = stop_on_failure},
                                  1);
        frame.append(state.data(), state.size());
        wire::seal(frame);
        executor.open(1, std::move(frame));
    }
    Bytes chunk(std::uint64_t first, std::uint32_t count, std::uint32_t units, Bytes const& body)
    {
        Bytes chunk;
        chunk.put(wire::ChunkHead{.chunk = 5, .first = first, .count = count, .units = units});
        chunk.append(body.data(), body.size());
        return chunk;
    }
    void run(std::uint64_t first, std::uint32_t count, std::uint32_t units, Bytes const& body)
    {
        auto const bytes = chunk(first, count, units, body);
        executor.run(1, ByteReader(bytes.view()), 0);
    }
    /// The one result that was sent.
    wire::Result result()
    {
        REQUIRE(host.frames.size() == 1);
        ByteReader in(host.frames.front().view());
        auto const header = wire::read_header(in);
        CHECK(header.kind == wire::Kind::result);
        CHECK(header.job == 1);
        auto read = wire::read_result(in);
        CHECK(read.head.chunk == 5);
        CHECK(read.head.last == 1);
        return read;
    }
};

Bytes calls(std::vector<std::string> const& texts)
{
    Bytes units;
    for (std::size_t i = 0; i < texts.size(); ++i) put_unit(units, i, 1, 0, encoded(texts[i]));
    return units;
}

Bytes items(std::vector<std::string> const& texts, std::uint32_t flags)
{
    Bytes body;
    body.put(std::uint64_t{texts.size()});
    for (auto const& text : texts) encode(body, text);
    Bytes units;
    put_unit(units, 0, static_cast<std::uint32_t>(texts.size()), flags, body);
    return units;
}

std::string next_value(ByteReader& payload)
{
    ByteReader one(payload.take(payload.get<std::uint64_t>()));
    std::string text;
    decode(one, text);
    return text;
}

std::vector<std::string> values(wire::Result const& result)
{
    ByteReader payload(result.payload);
    std::vector<std::string> all;
    decode(payload, all);
    return all;
}

} // namespace

TEST_CASE("calls: each unit has its value, a failure leaves none, under collect the rest is done")
{
    starmap::base::VirtualClock const still; // no piece is sent for its age
    Fixture fixture;
    fixture.open(number_of<Call>(), encoded(std::string("!")));
    fixture.run(0, 3, 3, calls({"a", "", "c"}));
    auto const result = fixture.result();
    CHECK(result.head.done == 3);
    REQUIRE(result.failures.size() == 1);
    CHECK(result.failures[0].position == 1);
    CHECK(result.failures[0].text == "nothing to say");
    ByteReader payload(result.payload);
    CHECK(next_value(payload) == "a!");
    CHECK(next_value(payload) == "c!");
    CHECK(payload.left() == 0);
}

TEST_CASE("under raise the first failure ends the chunk")
{
    starmap::base::VirtualClock const still; // no piece is sent for its age
    Fixture fixture;
    fixture.open(number_of<Call>(), encoded(std::string("!")), true);
    fixture.run(0, 3, 3, calls({"a", "", "c"}));
    auto const result = fixture.result();
    CHECK(result.head.done == 2);
    CHECK(result.rows.size() == 2);
    CHECK(result.failures.size() == 1);
}

TEST_CASE("arguments that are damaged fail their unit alone")
{
    starmap::base::VirtualClock const still; // no piece is sent for its age
    Fixture fixture;
    fixture.open(number_of<Call>(), encoded(std::string("!")));
    Bytes units;
    put_unit(units, 0, 1, 0, encoded(std::uint64_t{1} << 50));
    put_unit(units, 1, 1, 0, encoded(std::string("b")));
    fixture.run(0, 2, 2, units);
    auto const result = fixture.result();
    REQUIRE((result.head.done == 2 && result.failures.size() == 1));
    CHECK(result.failures[0].position == 0);
    CHECK(result.failures[0].type == "starmap::ProtocolError");
    ByteReader payload(result.payload);
    CHECK(next_value(payload) == "b!");
}

TEST_CASE("a chunk that is cut off anywhere is answered for all its units")
{
    starmap::base::VirtualClock const still; // no piece is sent for its age
    for (auto const map : {false, true}) {
        auto const units = map ? items({"a", "b"}, unit_is_map) : calls({"a", "b"});
        for (std::size_t size = 0; size < units.size(); ++size) {
            Fixture fixture;
            fixture.open(map ? number_of<Map>() : number_of<Call>(), encoded(std::string("!")));
            Bytes part;
            part.append(units.data(), size);
            fixture.run(0, 2, map ? 1 : 2, part);
            auto const result = fixture.result();
            CHECK(result.head.done == 2);
            REQUIRE_FALSE(result.failures.empty());
            CHECK(result.failures.back().type == "starmap::ProtocolError");
        }
    }
}

TEST_CASE("map: values of a chunk, combined as far as the tree allows, or discarded")
{
    starmap::base::VirtualClock const still; // no piece is sent for its age
    auto const units = items({"a", "b", "", "d", "e"}, unit_is_map);
    for (auto const mode : {ResultMode::values, ResultMode::combined, ResultMode::discard}) {
        Fixture fixture;
        fixture.open(number_of<Map>(), encoded(std::string(".")), false, mode,
                     combiner_registration<Combiner<std::string, Join>>.index());
        fixture.run(2, 5, 1, units);
        auto const result = fixture.result();
        CHECK(result.head.done == 5);
        REQUIRE(result.failures.size() == 1);
        CHECK(result.failures[0].position == 2);
        CHECK(result.failures[0].task_no == 3);
        if (mode == ResultMode::values)
            CHECK(values(result) == std::vector<std::string>{"1a.", "2b.", "4d.", "5e."});
        if (mode == ResultMode::combined) // positions 2 and 3 are a node; 5; 6
            CHECK(values(result) == std::vector<std::string>{"1a.2b.", "4d.", "5e."});
        if (mode == ResultMode::discard) CHECK(result.payload.empty());
    }
}

TEST_CASE("apply: one call for the block, which may stand for many positions")
{
    Fixture fixture;
    fixture.open(number_of<Apply>(), Bytes());
    fixture.run(0, 3, 1, items({"a", "bc", ""}, unit_is_block));
    auto const result = fixture.result();
    CHECK(result.head.done == 3);
    CHECK(result.rows.at(0).items == 3);
    ByteReader payload(result.payload);
    payload.get<std::uint64_t>();
    CHECK(payload.get<std::int64_t>() == 3);
}

TEST_CASE("state that cannot be unpacked fails the tasks, each with the reason")
{
    starmap::base::VirtualClock const still; // no piece is sent for its age
    Fixture fixture;
    fixture.open(number_of<Call>(), Bytes());
    fixture.run(0, 2, 2, calls({"a", "b"}));
    auto const result = fixture.result();
    CHECK(result.head.done == 2);
    REQUIRE(result.failures.size() == 2);
    CHECK(result.failures[1].text.find("could not be unpacked") != std::string::npos);
}

TEST_CASE("a task type that this program lacks fails the tasks too")
{
    Fixture fixture;
    fixture.open(1'000'000, Bytes());
    fixture.run(0, 1, 1, calls({"a"}));
    CHECK(fixture.result().failures.size() == 1);
}

TEST_CASE("refused chunks are answered without being run")
{
    starmap::base::VirtualClock const still; // no piece is sent for its age
    Fixture fixture;
    fixture.open(number_of<Call>(), encoded(std::string("!")));
    auto const chunk = fixture.chunk(0, 2, 2, calls({"a", "b"}));
    SUBCASE("for want of memory")
    {
        fixture.executor.refuse(1, ByteReader(chunk.view()), starmap::TaskStatus::memory, "full");
        auto const result = fixture.result();
        CHECK(result.head.done == 2);
        CHECK(result.failures.size() == 2);
    }
    SUBCASE("because nobody wants it")
    {
        fixture.executor.refuse(1, ByteReader(chunk.view()), starmap::TaskStatus::cancelled, "");
        auto const result = fixture.result();
        CHECK(result.head.done == 0);
        CHECK(result.failures.empty());
        CHECK(result.payload.empty());
    }
}

TEST_CASE("a job that was closed can be opened anew, with another state")
{
    Fixture fixture;
    for (std::string const mark : {"!", "?"}) {
        fixture.open(number_of<Call>(), encoded(mark));
        fixture.run(0, 1, 1, calls({"a"}));
        auto const result = fixture.result();
        ByteReader payload(result.payload);
        CHECK(next_value(payload) == "a" + mark);
        fixture.host.frames.clear();
        fixture.executor.close(1);
    }
}
