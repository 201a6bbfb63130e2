#include "unit/wire/frames.hpp"

#include <starmap/detail/arrivals.hpp>
#include <starmap/error.hpp>

#include <doctest/doctest.h>

#include <array>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <utility>
#include <vector>

using namespace starmap::wire;
using starmap::ProtocolError;
using starmap::detail::Arrivals;
using starmap::detail::ChunkRun;

namespace {

struct Triple {
    std::array<std::uint64_t, 3> values{};
};
using Triples = std::vector<Triple>;

std::shared_ptr<Triples const> triples(std::size_t count)
{
    auto made = std::make_shared<Triples>(count);
    for (std::size_t i = 0; i < count; ++i) (*made)[i].values = {i, 2 * i, 3 * i};
    return made;
}

std::vector<Bytes> parts_of(std::shared_ptr<Triples const> const& value, std::uint64_t chunk)
{
    std::vector<Bytes> frames;
    for (auto& part : encode_parts(
             7, chunk, ChunkRun::Attached{std::as_bytes(std::span(*value)), sizeof(Triple), value}))
        frames.push_back(std::move(part).joined());
    return frames;
}

template <class V>
void arrive(Arrivals<V>& arrivals, Bytes const& frame)
{
    ByteReader in(frame.view());
    auto const header = read_header(in);
    REQUIRE(header.kind == Kind::part);
    REQUIRE(header.job == 7);
    auto const head = in.get<PartHead>();
    arrivals.add(head.chunk, head.total, in.view());
}

} // namespace

TEST_CASE("a value comes together from its parts, whatever its size")
{
    for (std::size_t const count : {1UL, 100UL, 20'000UL, 50'001UL, 1'000'000UL}) {
        CAPTURE(count);
        auto const value = triples(count);
        auto const parts = parts_of(value, 3);
        CHECK(parts.size() <= 33);
        CHECK((parts.size() > 1) == (count * sizeof(Triple) > 256 * 1024));
        Arrivals<Triples> arrivals;
        for (auto const& part : parts) arrive(arrivals, part);
        auto const arrived = arrivals.take(3, count * sizeof(Triple));
        REQUIRE(arrived.size() == count);
        for (std::size_t i = 0; i < count; ++i) REQUIRE(arrived[i].values == (*value)[i].values);
    }
}

TEST_CASE("parts of several values may come in between one another")
{
    auto const one = triples(30'000);
    auto const two = triples(40'000);
    auto const parts_one = parts_of(one, 1);
    auto const parts_two = parts_of(two, 2);
    REQUIRE(parts_two.size() >= parts_one.size());
    Arrivals<Triples> arrivals;
    for (std::size_t i = 0; i < parts_two.size(); ++i) {
        arrive(arrivals, parts_two[i]);
        if (i < parts_one.size()) arrive(arrivals, parts_one[i]);
    }
    CHECK(arrivals.take(1, one->size() * sizeof(Triple)).size() == one->size());
    CHECK(arrivals.take(2, two->size() * sizeof(Triple)).size() == two->size());
}

TEST_CASE("parts that are missing, too many or of no such type are refused")
{
    auto const value = triples(30'000);
    auto const total = value->size() * sizeof(Triple);
    auto const parts = parts_of(value, 1);
    Arrivals<Triples> arrivals;
    CHECK_THROWS_AS(arrivals.take(1, total), ProtocolError);

    arrive(arrivals, parts.front());
    CHECK_THROWS_AS(arrivals.take(1, total), ProtocolError);

    for (auto const& part : parts) arrive(arrivals, part);
    arrive(arrivals, parts.front());
    CHECK_THROWS_AS(arrivals.take(1, total), ProtocolError);

    Arrivals<std::string> texts;
    arrive(texts, parts.front());
    CHECK_THROWS_AS(texts.take(1, total), ProtocolError);
}

TEST_CASE("a length that no memory can hold is an error of that value alone")
{
    Arrivals<Triples> arrivals;
    std::array<std::byte, sizeof(Triple)> const bytes{};
    arrivals.add(1, ~std::uint64_t{0}, bytes);
    arrivals.add(1, ~std::uint64_t{0}, bytes);
    arrivals.add(2, sizeof(Triple), bytes);
    CHECK_THROWS(arrivals.take(1, ~std::uint64_t{0}));
    CHECK(arrivals.take(2, sizeof(Triple)).size() == 1);
}
