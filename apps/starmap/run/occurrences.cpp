#include "run/occurrences.hpp"

#include <algorithm>
#include <span>
#include <utility>

namespace starmap::farm {

/// The hash times the number of slots, divided by 2^64: slots need not be a power of two, so that
/// the table can grow by a quarter.
std::size_t Occurrences::place_of(std::uint64_t first) const noexcept
{
    auto const size = static_cast<std::uint64_t>(slots_.size());
    auto const low = (first & 0xffffffff) * size;
    return static_cast<std::size_t>(((first >> 32) * size + (low >> 32)) >> 32);
}

Occurrences::Slot& Occurrences::slot_of(std::uint64_t first, std::uint64_t second) noexcept
{
    // Ends, as there is always a free slot.
    for (auto at = place_of(first);; at = at + 1 == slots_.size() ? 0 : at + 1) {
        auto& slot = slots_[at];
        auto const free = (slot.second_and_count & most_count) == 0;
        if (free || (slot.first == first && slot.second_and_count >> count_bits == second))
            return slot;
    }
}

void Occurrences::grow()
{
    constexpr std::size_t smallest = 1024;
    auto const before = std::exchange(slots_, {});
    slots_.resize(std::max(smallest, before.size() + before.size() / 4));
    for (auto const& slot : before)
        if ((slot.second_and_count & most_count) != 0)
            slot_of(slot.first, slot.second_and_count >> count_bits) = slot;
}

std::uint64_t Occurrences::count(std::string_view text)
{
    if (used_ * 100 >= slots_.size() * 88) grow();
    auto const hash = journal::hash_of(std::as_bytes(std::span(text)));
    auto const second = hash.second >> count_bits;
    auto& slot = slot_of(hash.first, second);
    auto const before = slot.second_and_count & most_count;
    if (before == 0) ++used_;
    // A list of 2^40 lines is read for years.
    slot = {hash.first, second << count_bits | (before + 1)};
    return before + 1;
}

} // namespace starmap::farm
