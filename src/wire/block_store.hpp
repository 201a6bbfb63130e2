#pragma once

#include <cstddef>

/// Memory for large frames. The kernel takes about 5 us to bring in a fresh page of 4 KiB (it was
/// measured: 100 MB cost 125 ms), more than all else that happens to the bytes on it. So large
/// blocks are asked for in huge pages, grow by remapping, and are kept for the next frame.
namespace starmap::wire {

/// From this size on blocks come from here, below it from malloc.
inline constexpr std::size_t large_block = std::size_t{1} << 20;

struct Block {
    void* address = nullptr;
    std::size_t size = 0; ///< a multiple of the page size, at least what was asked for
};

/// Throws std::bad_alloc.
Block take_block(std::size_t size);
/// Makes a block larger; it may move. Throws std::bad_alloc, and then leaves it as it was.
Block grow_block(Block block, std::size_t size);
/// Keeps the block for the next take_block, or gives it back to the system.
void give_back(Block block) noexcept;

} // namespace starmap::wire
