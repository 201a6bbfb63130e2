#include "journal/content_hash.hpp"

#include <array>
#include <bit>
#include <cstring>

namespace starmap::journal {

namespace {

constexpr std::uint64_t factor_1 = 0x87c37b91114253d5;
constexpr std::uint64_t factor_2 = 0x4cf5ad432745937f;
constexpr std::size_t block_size = 16;

std::uint64_t mixed(std::uint64_t word, std::uint64_t before, int turn, std::uint64_t after)
{
    return std::rotl(word * before, turn) * after;
}

std::uint64_t finished(std::uint64_t word)
{
    word = (word ^ (word >> 33)) * 0xff51afd7ed558ccd;
    word = (word ^ (word >> 33)) * 0xc4ceb9fe1a85ec53;
    return word ^ (word >> 33);
}

} // namespace

ContentHash hash_of(std::span<std::byte const> bytes) noexcept
{
    std::uint64_t first = 0;
    std::uint64_t second = 0;
    std::array<std::uint64_t, 2> block{};
    auto const length = bytes.size();
    for (; bytes.size() >= block_size; bytes = bytes.subspan(block_size)) {
        std::memcpy(block.data(), bytes.data(), block_size);
        first ^= mixed(block[0], factor_1, 31, factor_2);
        first = (std::rotl(first, 27) + second) * 5 + 0x52dce729;
        second ^= mixed(block[1], factor_2, 33, factor_1);
        second = (std::rotl(second, 31) + first) * 5 + 0x38495ab5;
    }
    // What is left, filled up with zeros: a word of zeros changes nothing.
    block = {};
    if (!bytes.empty()) std::memcpy(block.data(), bytes.data(), bytes.size());
    second ^= mixed(block[1], factor_2, 33, factor_1);
    first ^= mixed(block[0], factor_1, 31, factor_2);
    first ^= length;
    second ^= length;
    first += second;
    second += first;
    first = finished(first);
    second = finished(second);
    first += second;
    second += first;
    return {first, second};
}

ContentHash hash_of(ContentHash const& left, ContentHash const& right, std::uint64_t kind) noexcept
{
    std::array const words{left.first, left.second, right.first, right.second, kind};
    return hash_of(std::as_bytes(std::span(words)));
}

} // namespace starmap::journal
