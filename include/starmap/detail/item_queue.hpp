#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <memory>
#include <optional>
#include <utility>

namespace starmap::detail {

/// Items that were read and are still needed, by their index in the input. One that is needed for
/// long keeps its block, and not those that were read after it: the memory is that of what is
/// needed, and 8 bytes a block of what was read since the oldest of it.
template <class Item>
class ItemQueue {
public:
    template <class T>
    void push(T&& item)
    {
        auto const place = pushed_ % block_size;
        if (place == 0) blocks_.push_back(std::make_unique<Block>());
        auto& block = *blocks_.back();
        block.items[place].emplace(std::forward<T>(item));
        ++block.left;
        ++pushed_;
    }
    Item const& at(std::uint64_t index) const { return *block(index)->items[index % block_size]; }
    void release(std::uint64_t index)
    {
        auto& block = blocks_[index / block_size - gone_];
        block->items[index % block_size].reset();
        // The last one is still being filled.
        if (--block->left != 0 || pushed_ - index / block_size * block_size < block_size) return;
        block.reset();
        while (!blocks_.empty() && !blocks_.front()) {
            blocks_.pop_front();
            ++gone_;
        }
    }
    /// How many were ever pushed.
    std::uint64_t pushed() const noexcept { return pushed_; }

private:
    static constexpr auto block_size = std::clamp<std::size_t>(4096 / sizeof(Item), 1, 64);
    struct Block {
        std::array<std::optional<Item>, block_size> items;
        std::size_t left = 0; ///< that are needed
    };
    std::unique_ptr<Block> const& block(std::uint64_t index) const
    {
        return blocks_[index / block_size - gone_];
    }

    std::deque<std::unique_ptr<Block>> blocks_; ///< null: nothing of it is needed any more
    std::uint64_t gone_ = 0;                    ///< blocks that came before these
    std::uint64_t pushed_ = 0;
};

} // namespace starmap::detail
