#pragma once

#include <starmap/detail/family.hpp>
#include <starmap/detail/item_queue.hpp>
#include <starmap/detail/layout.hpp>

#include <cstdint>
#include <utility>
#include <vector>

namespace starmap::detail {

/// Numbers from here on are of items that tasks have submitted.
inline constexpr std::uint64_t first_submitted = std::uint64_t{1} << 62;

/// The number of the task that a task has submitted at this place: 2^62 or more, the same in every
/// run, and different for different tasks in all likelihood (62 bits of SplitMix64's finaliser).
std::uint64_t number_of_child(std::uint64_t parent, std::uint64_t place) noexcept;

/// Items that tasks have submitted, from their arrival on rank 0 until their tasks are done. Their
/// indices have grown_bit.
template <class Item>
class GrownItems {
public:
    /// A new family of the task with this number; returns the family.
    std::uint64_t add(std::uint64_t parent, std::vector<Item> children)
    {
        ++families_;
        for (std::uint64_t place = 0; place < children.size(); ++place)
            born_.push(Born{
                std::move(children[place]), {families_, place}, number_of_child(parent, place)});
        return families_;
    }
    /// The first that was not placed yet, and how many there are; they count as placed then.
    std::pair<std::uint64_t, std::uint64_t> place()
    {
        auto const first = std::exchange(placed_, born_.pushed());
        return {first | grown_bit, placed_ - first};
    }
    Item const& item(std::uint64_t index) const { return born_.at(index & ~grown_bit).item; }
    Address address(std::uint64_t index) const { return born_.at(index & ~grown_bit).address; }
    std::uint64_t number(std::uint64_t index) const { return born_.at(index & ~grown_bit).number; }
    std::uint64_t families() const noexcept { return families_; }
    void release(std::uint64_t index) { born_.release(index & ~grown_bit); }

private:
    struct Born {
        Item item;
        Address address;
        std::uint64_t number;
    };
    ItemQueue<Born> born_;
    std::uint64_t families_ = 0;
    std::uint64_t placed_ = 0;
};

} // namespace starmap::detail
