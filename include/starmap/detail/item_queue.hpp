#pragma once

#include <cstdint>
#include <deque>
#include <optional>
#include <utility>

namespace starmap::detail {

/// Items that were read and are still needed, by their index in the input.
template <class Item>
class ItemQueue {
public:
    template <class T>
    void push(T&& item)
    {
        items_.emplace_back(std::forward<T>(item));
    }
    Item const& at(std::uint64_t index) const { return *items_[index - released_]; }
    void release(std::uint64_t index)
    {
        items_[index - released_].reset();
        while (!items_.empty() && !items_.front()) {
            items_.pop_front();
            ++released_;
        }
    }
    /// How many were ever pushed.
    std::uint64_t pushed() const noexcept { return released_ + items_.size(); }

private:
    std::deque<std::optional<Item>> items_;
    std::uint64_t released_ = 0;
};

} // namespace starmap::detail
