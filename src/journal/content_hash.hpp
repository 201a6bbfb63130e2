#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <span>

namespace starmap::journal {

/// 128 bits that stand for some content: MurmurHash3_x64_128 of Austin Appleby (2010, in the public
/// domain), with seed 0. It keeps apart what is different by chance; it is no seal against forgery.
struct ContentHash {
    std::uint64_t first = 0;
    std::uint64_t second = 0;

    bool operator==(ContentHash const&) const = default;
    /// Stands for what has no content to be known by: it is never written or looked for.
    bool empty() const noexcept { return first == 0 && second == 0; }
};

ContentHash hash_of(std::span<std::byte const> bytes) noexcept;

/// Of a pair, in this order. `kind` keeps apart what is paired for different reasons.
ContentHash hash_of(ContentHash const& left, ContentHash const& right, std::uint64_t kind) noexcept;

/// For tables that are kept by hash: the bits are mixed already.
struct HashBits {
    std::size_t operator()(ContentHash const& hash) const noexcept { return hash.first; }
};

} // namespace starmap::journal
