#include <starmap/detail/bytes.hpp>
#include <starmap/error.hpp>

#include <doctest/doctest.h>

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <random>
#include <string>
#include <utility>
#include <vector>

using starmap::ProtocolError;
using starmap::detail::ByteReader;
using starmap::detail::Bytes;

TEST_CASE("what is put is read, in order, and never past the end")
{
    Bytes bytes;
    bytes.put(std::uint8_t{7});
    bytes.put(2.5);
    bytes.put_text("text");
    bytes.put_text("");
    bytes.append(nullptr, 0);
    ByteReader reader(bytes.view());
    CHECK(reader.get<std::uint8_t>() == 7);
    CHECK(reader.get<double>() == 2.5);
    CHECK(reader.get_text() == "text");
    CHECK(reader.get_text().empty());
    CHECK(reader.left() == 0);
    CHECK(reader.take(0).empty());
    CHECK_THROWS_AS(reader.get<std::uint8_t>(), ProtocolError);
    CHECK_THROWS_AS(reader.get_text(), ProtocolError);
}

TEST_CASE("a text longer than what is there is refused")
{
    Bytes bytes;
    bytes.put(std::uint32_t{5});
    bytes.append("abcd", 4);
    ByteReader reader(bytes.view());
    CHECK_THROWS_AS(reader.get_text(), ProtocolError);
}

TEST_CASE("values are patched where they were put, and lie aligned where that was asked for")
{
    Bytes bytes;
    bytes.align();
    CHECK(bytes.empty());
    bytes.put('x');
    bytes.align();
    CHECK(bytes.size() == 8);
    auto const at = bytes.size();
    bytes.put(std::uint64_t{0});
    bytes.put('y');
    bytes.patch(at, std::uint64_t{42});
    ByteReader reader(bytes.view());
    for (auto const filling : reader.take(8).subspan(1)) CHECK(filling == std::byte{0});
    CHECK(reader.get<std::uint64_t>() == 42);
    CHECK(reader.get<char>() == 'y');
}

TEST_CASE("moving leaves nothing behind, assigning over bytes frees them")
{
    Bytes a;
    a.put(1);
    Bytes b(std::move(a));
    CHECK(a.empty()); // NOLINT(bugprone-use-after-move): that is what is tested
    CHECK(b.size() == sizeof(int));
    Bytes c;
    c.put(2.0);
    c = std::move(b);
    CHECK(c.size() == sizeof(int));
    a = std::move(c);
    CHECK(ByteReader(a.view()).get<int>() == 1);
}

TEST_CASE("bytes grow as a vector does, over all sizes")
{
    std::mt19937_64 random(1);
    Bytes bytes;
    std::vector<unsigned char> expected;
    while (expected.size() < 20'000'000) {
        std::vector<unsigned char> part(random() % (expected.size() + 100));
        for (std::size_t i = 0; i < part.size(); i += 97)
            part[i] = static_cast<unsigned char>(random());
        bytes.append(part.data(), part.size());
        expected.insert(expected.end(), part.begin(), part.end());
        if (random() % 4 == 0) {
            expected.resize(expected.size() / 2);
            bytes.resize(expected.size());
        }
        REQUIRE(bytes.size() == expected.size());
        REQUIRE(bytes.capacity() >= bytes.size());
    }
    CHECK(std::memcmp(bytes.data(), expected.data(), expected.size()) == 0);
    bytes.reserve(30'000'000);
    CHECK(std::memcmp(bytes.data(), expected.data(), expected.size()) == 0);
    bytes.clear();
    CHECK(bytes.empty());
    Bytes const large(5'000'000);
    CHECK(large.size() == 5'000'000);
}
