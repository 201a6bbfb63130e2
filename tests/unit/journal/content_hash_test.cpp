#include "journal/content_hash.hpp"

#include <doctest/doctest.h>

#include <span>
#include <string_view>

using starmap::journal::ContentHash;
using starmap::journal::hash_of;

namespace {
ContentHash hash(std::string_view text) { return hash_of(std::as_bytes(std::span(text))); }
} // namespace

TEST_CASE("the hash is the published one")
{
    // From SMHasher's users: what MurmurHash3_x64_128 gives for this sentence with seed 0.
    CHECK(hash("The quick brown fox jumps over the lazy dog") ==
          ContentHash{0xe34bbc7bbc071b6c, 0x7a433ca9c49a9347});
    CHECK(hash("").empty());
}

TEST_CASE("what differs a little differs in its hash")
{
    CHECK(hash("a") != hash(std::string_view("a\0", 2)));
    CHECK(hash("0123456789abcdef") != hash("0123456789abcdeg"));
    auto const a = hash("a");
    auto const b = hash("b");
    CHECK(hash_of(a, b, 1) != hash_of(b, a, 1));
    CHECK(hash_of(a, b, 1) != hash_of(a, b, 2));
}
