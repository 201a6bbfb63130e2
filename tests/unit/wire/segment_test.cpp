#include "unit/wire/round_trip.hpp"

#include <starmap/detail/segment.hpp>
#include <starmap/error.hpp>
#include <starmap/node_array.hpp>
#include <starmap/serialization.hpp>

#include <doctest/doctest.h>

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <numeric>
#include <span>
#include <string>
#include <utility>
#include <vector>

using namespace starmap::detail;
using starmap::NodeArray;

namespace {

std::vector<double> numbers(std::size_t count)
{
    std::vector<double> all(count);
    std::iota(all.begin(), all.end(), 0.5);
    return all;
}

std::span<std::byte const> bytes_of(std::vector<double> const& values)
{
    return std::as_bytes(std::span(values));
}

/// Whether a child process, which knows nothing of this one's segments, finds what `ask` asks for.
bool in_another_process(std::function<bool()> const& ask)
{
    auto const child = ::fork();
    if (child == 0) ::_exit(ask() ? 0 : 1);
    int status = 0;
    ::waitpid(child, &status, 0);
    return status == 0;
}

} // namespace

TEST_CASE("a NodeArray is a range of its elements, and a copy the same range")
{
    auto const values = numbers(50'000);
    NodeArray const array(values);
    CHECK(array.size() == values.size());
    CHECK(std::equal(array.begin(), array.end(), values.begin(), values.end()));
    CHECK(array[7] == 7.5);
    std::span<double const> const span = array;
    CHECK(span.data() == array.data());
    auto const copy = array;
    CHECK(copy.data() == array.data());
    NodeArray<double> const part{std::span<double const>(values).first(3)};
    CHECK(part.size() == 3);
    NodeArray<int> const none;
    CHECK(none.empty());
    CHECK(none.begin() == none.end());
    CHECK(NodeArray<int>(std::vector<int>()).empty());
}

TEST_CASE("a segment can be reached through its handle, and only if all of it is right")
{
    auto const values = numbers(100'000);
    auto const segment = Segment::make(bytes_of(values));
    REQUIRE(segment->is_shared());
    auto const handle = segment->handle();
    CHECK(Segment::attach(handle) == segment); // in this process it is there
    // Not known here under another name: the file says that it is not the one that was meant.
    auto wrong = handle;
    wrong.id.low ^= 1;
    CHECK(Segment::attach(wrong) == nullptr);
    wrong = handle;
    wrong.id.low ^= 1;
    wrong.bytes += 8;
    CHECK(Segment::attach(wrong) == nullptr);
    wrong.pid = 1 << 30;
    CHECK(Segment::attach(wrong) == nullptr);
    // A pipe would make one wait that opens it.
    int ends[2];
    REQUIRE(::pipe(ends) == 0);
    wrong = handle;
    wrong.id.low ^= 1;
    wrong.fd = ends[0];
    CHECK(Segment::attach(wrong) == nullptr);
    ::close(ends[0]);
    ::close(ends[1]);
}

TEST_CASE("another process maps the same memory, and nobody can change it")
{
    auto const values = numbers(100'000);
    int to_child[2];
    int to_parent[2];
    REQUIRE(::pipe(to_child) == 0);
    REQUIRE(::pipe(to_parent) == 0);
    auto const child = ::fork(); // before there is a segment
    if (child == 0) {
        SegmentHandle handle;
        bool good = ::read(to_child[0], &handle, sizeof handle) == sizeof handle;
        auto const segment = good ? Segment::attach(handle) : nullptr;
        good = segment && std::ranges::equal(segment->bytes(), bytes_of(values));
        auto const path =
            "/proc/" + std::to_string(handle.pid) + "/fd/" + std::to_string(handle.fd);
        auto const file = ::open(path.c_str(), O_RDWR);
        good = good && (file < 0 || (::ftruncate(file, 0) != 0 && ::write(file, "x", 1) < 0));
        ::_exit(good ? 0 : 1);
    }
    auto const segment = Segment::make(bytes_of(values));
    auto const handle = segment->handle();
    CHECK(::write(to_child[1], &handle, sizeof handle) == sizeof handle);
    int status = 0;
    ::waitpid(child, &status, 0);
    CHECK(status == 0);
    for (auto const end : {to_child[0], to_child[1], to_parent[0], to_parent[1]}) ::close(end);
    // A forked child has what its parent has.
    CHECK(in_another_process([&] { return segment->bytes()[8] == bytes_of(values)[8]; }));
    CHECK(in_another_process([&] { return Segment::attach(handle) == segment; }));
}

TEST_CASE("what is gone cannot be reached any more, and its descriptor is closed")
{
    auto const values = numbers(100'000);
    auto segment = Segment::make(bytes_of(values));
    auto const handle = segment->handle();
    segment.reset();
    CHECK(Segment::attach(handle) == nullptr);
    CHECK(::fcntl(static_cast<int>(handle.fd), F_GETFD) == -1);
}

TEST_CASE("small ones are in ordinary memory")
{
    auto const values = numbers(10);
    auto const segment = Segment::make(bytes_of(values));
    CHECK_FALSE(segment->is_shared());
    CHECK(segment->handle().fd < 0);
    CHECK(std::ranges::equal(segment->bytes(), bytes_of(values)));
}

TEST_CASE("alone, in containers, in tuples: all bytes travel where nobody collects")
{
    for (std::size_t const count : {std::size_t{0}, std::size_t{3}, std::size_t{20'000}}) {
        NodeArray const array(numbers(count));
        auto const same = [&](NodeArray<double> const& other) {
            return std::equal(array.begin(), array.end(), other.begin(), other.end());
        };
        CHECK(same(round_trip(array)));
        CHECK(same(round_trip(std::vector{array}).at(0)));
        CHECK(same(round_trip(std::map<int, NodeArray<double>>{{1, array}}).at(1)));
        CHECK(same(std::get<1>(round_trip(std::tuple(std::string("x"), array)))));
    }
}

TEST_CASE("where segments are collected only large ones are named, each once")
{
    NodeArray const large(numbers(20'000));
    NodeArray const small(numbers(10));
    Bytes out;
    std::vector<SegmentCollector::Note> notes;
    {
        SegmentCollector collector;
        encode(out, std::vector{small, large, large});
        notes = std::move(collector.notes);
    }
    REQUIRE(notes.size() == 1);
    CHECK(notes[0].at < out.size());
    CHECK(out.size() < 200);
    std::vector<NodeArray<double>> back;
    ByteReader unknown(out.view());
    CHECK_THROWS_AS(decode(unknown, back), starmap::ProtocolError);
    std::vector const segments{notes[0].segment};
    SegmentSource const source(segments);
    ByteReader in(out.view());
    decode(in, back);
    REQUIRE(back.size() == 3);
    CHECK(back[0].size() == 10);
    CHECK(back[1].data() == large.data());
    CHECK(back[2].data() == large.data());
    Bytes whole;
    encode(whole, large);
    CHECK(whole.size() > 160'000); // the collector is gone
    NodeArray<std::int32_t> other;
    ByteReader cut(whole.view().first(1000));
    CHECK_THROWS_AS(decode(cut, other), starmap::ProtocolError);
}
