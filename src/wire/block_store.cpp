#include "wire/block_store.hpp"

#include <sys/mman.h>

#include <algorithm>
#include <array>
#include <mutex>
#include <new>

namespace starmap::wire {

namespace {

constexpr std::size_t huge_page = std::size_t{2} << 20;
/// What is kept for later, at most: enough for the frames that are under way at one time, and
/// little beside what a rank may use.
constexpr std::size_t most_kept = std::size_t{256} << 20;

std::size_t rounded(std::size_t size) { return (size + huge_page - 1) / huge_page * huge_page; }

struct Store {
    std::mutex mutex;
    std::array<Block, 8> kept{};
    std::size_t bytes = 0;
};

Store& store()
{
    static Store* const one = new Store; // outlives every buffer with static storage
    return *one;
}

} // namespace

Block take_block(std::size_t size)
{
    auto const wanted = rounded(size);
    {
        auto& in = store();
        std::scoped_lock const lock(in.mutex);
        // The smallest that fits, unless that would waste more than it holds.
        Block* best = nullptr;
        for (auto& block : in.kept)
            if (block.size >= wanted && block.size <= 2 * wanted &&
                (best == nullptr || block.size < best->size))
                best = &block;
        if (best != nullptr) {
            auto const found = *best;
            *best = {};
            in.bytes -= found.size;
            return found;
        }
    }
    void* const address =
        ::mmap(nullptr, wanted, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (address == MAP_FAILED) throw std::bad_alloc();
    ::madvise(address, wanted, MADV_HUGEPAGE); // advice: without huge pages it is only slower
    return {address, wanted};
}

Block grow_block(Block block, std::size_t size)
{
    auto const wanted = rounded(size);
    void* const address = ::mremap(block.address, block.size, wanted, MREMAP_MAYMOVE);
    if (address == MAP_FAILED) throw std::bad_alloc();
    ::madvise(address, wanted, MADV_HUGEPAGE);
    return {address, wanted};
}

void give_back(Block block) noexcept
{
    {
        auto& in = store();
        std::scoped_lock const lock(in.mutex);
        auto const free = std::find_if(in.kept.begin(), in.kept.end(),
                                       [](Block const& each) { return each.address == nullptr; });
        if (free != in.kept.end() && in.bytes + block.size <= most_kept) {
            *free = block;
            in.bytes += block.size;
            return;
        }
    }
    ::munmap(block.address, block.size);
}

} // namespace starmap::wire
