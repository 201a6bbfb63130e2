#pragma once

#include "journal/content_hash.hpp"

#include <cstddef>
#include <cstdint>
#include <string_view>
#include <vector>

namespace starmap::farm {

/// Counts equal texts without keeping them: of each, 88 bits of its hash and the count are kept, in
/// 16 bytes of a flat table that is filled to between 70 and 88 %, so at most 23 bytes a text. That
/// of 1e9 texts two are taken for one another has a chance of 2e-9.
class Occurrences {
public:
    /// Which one of its kind this is, from 1.
    std::uint64_t count(std::string_view text);
    /// How many different ones there were.
    std::size_t distinct() const noexcept { return used_; }
    /// What the table takes now [bytes].
    std::size_t bytes() const noexcept { return slots_.size() * sizeof(Slot); }

private:
    /// 88 bits of the hash, and how often it was counted: 0 for a slot that is free.
    struct Slot {
        std::uint64_t first = 0;
        std::uint64_t second_and_count = 0;
    };
    static constexpr unsigned count_bits = 40;
    static constexpr std::uint64_t most_count = (std::uint64_t{1} << count_bits) - 1;

    std::size_t place_of(std::uint64_t first) const noexcept;
    Slot& slot_of(std::uint64_t first, std::uint64_t second) noexcept;
    void grow();

    std::vector<Slot> slots_;
    std::size_t used_ = 0;
};

} // namespace starmap::farm
